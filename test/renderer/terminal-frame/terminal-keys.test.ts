import { describe, expect, test } from 'vitest';
import { clipboardKey } from '../../../renderer/terminal-frame/terminal-keys.ts';
import { press } from '../pressed-keys.ts';

describe('copy and paste in a terminal', () => {
  test.each([
    ['Ctrl+Shift+C', false, false, 'copy'],
    ['Ctrl+Shift+V', false, false, 'paste'],
    ['Ctrl+c', false, true, 'copy'],
    ['Ctrl+c', false, false, 'shell'],
    ['Ctrl+v', false, true, 'shell'],
    ['Cmd+c', true, false, 'copy'],
    ['Cmd+v', true, false, 'paste'],
    ['Ctrl+c', true, true, 'shell'],
    ['Ctrl+Alt+Shift+C', false, true, 'shell'],
    ['c', false, true, 'shell'],
  ] as const)('%s (mac: %s, selection: %s) is for: %s', (keys, mac, selection, meaning) => {
    expect(clipboardKey(press(keys), { mac, selection })).toBe(meaning);
  });
});
