import { describe, expect, test } from 'vitest';
import { appShortcut } from '../../../renderer/live/shortcuts.ts';
import { press } from '../pressed-keys.ts';

test('the key of the plus sign makes text larger, with and without Shift', () => {
  for (const shiftKey of [true, false]) {
    expect(appShortcut({ ...press('Ctrl+x'), key: '+', shiftKey }, false, true)).toBe('largerText');
  }
});

describe('shortcuts of the app', () => {
  test.each([
    ['Ctrl+k', false, false, 'palette'],
    ['Ctrl+k', false, true, null],
    ['Ctrl+Shift+K', false, true, 'palette'],
    ['Cmd+k', true, true, 'palette'],
    ['Ctrl+Shift+A', false, true, 'waiting'],
    ['Cmd+a', true, true, null],
    ['Cmd+Shift+a', true, true, 'waiting'],
    ['Ctrl+Shift+T', false, true, 'newTerminal'],
    ['Ctrl+Shift+F', false, true, 'find'],
    ['Ctrl+Tab', false, true, 'nextTerminal'],
    ['Ctrl+Shift+Tab', false, true, 'previousTerminal'],
    ['Ctrl+Tab', true, true, 'nextTerminal'],
    ['Tab', false, true, null],
    ['Shift+Tab', false, false, null],
    ['Ctrl+Alt+Tab', false, true, null],
    ['Cmd+Tab', true, true, null],
    ['Ctrl+Shift+W', false, true, 'closeTerminal'],
    ['Ctrl+w', false, true, null],
    ['Cmd+w', true, true, 'closeTerminal'],
    ['Ctrl+=', false, true, 'largerText'],
    ['Ctrl+-', false, true, 'smallerText'],
    ['Ctrl+0', false, true, 'usualText'],
    ['Cmd+-', true, true, 'smallerText'],
    ['Ctrl+-', true, true, null],
    ['Ctrl+Shift+_', false, true, null],
    ['Ctrl+Alt+-', false, true, null],
    ['-', false, true, null],
    ['Ctrl+a', false, true, null],
    ['Ctrl+r', false, true, null],
  ] as const)('%s (mac: %s, in a terminal: %s) is %s', (keys, mac, inTerminal, shortcut) => {
    expect(appShortcut(press(keys), mac, inTerminal)).toBe(shortcut);
  });
});
