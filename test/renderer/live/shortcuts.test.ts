import { describe, expect, test } from 'vitest';
import { appShortcut } from '../../../renderer/live/shortcuts.ts';
import { press } from '../pressed-keys.ts';

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
    ['Ctrl+a', false, true, null],
    ['Ctrl+r', false, true, null],
  ] as const)('%s (mac: %s, in a terminal: %s) is %s', (keys, mac, inTerminal, shortcut) => {
    expect(appShortcut(press(keys), mac, inTerminal)).toBe(shortcut);
  });
});
