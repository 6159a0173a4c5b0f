import { expect, test } from 'vitest';
import { DEFAULT_SETTINGS, readSettings } from '../../../main/settings/read-settings.ts';

test('one bad line in the settings file costs that setting alone', () => {
  const stored = { theme: 'dark', terminalFontSize: 900, revealSeconds: '30', unknown: 1, shell: '/bin/zsh' };
  expect(readSettings(stored)).toEqual({ ...DEFAULT_SETTINGS, theme: 'dark', shell: '/bin/zsh' });
});

test.each([null, 'text', 7, []])('a settings file that holds %j gives the defaults', (stored) => {
  expect(readSettings(stored)).toEqual(DEFAULT_SETTINGS);
});
