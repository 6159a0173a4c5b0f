import { describe, expect, test } from 'vitest';
import { readFromFrame } from '../../../renderer/live/frame-messages.ts';
import { appShortcut } from '../../../renderer/live/shortcuts.ts';
import { clipboardKey } from '../../../renderer/terminal-frame/terminal-keys.ts';

function press(keys: string) {
  const parts = keys.split('+');
  return {
    key: parts.at(-1) ?? '',
    ctrlKey: parts.includes('Ctrl'),
    metaKey: parts.includes('Cmd'),
    shiftKey: parts.includes('Shift'),
    altKey: parts.includes('Alt'),
  };
}

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

describe('messages of a terminal frame', () => {
  test.each([
    ['no object', 'ready'],
    ['an unknown type', { type: 'eval', text: 'x' }],
    ['a text that is none', { type: 'copy', text: 7 }],
    ['a shortcut that is none of ours', { type: 'shortcut', shortcut: 'approve' }],
    ['a result without numbers', { type: 'found', index: '0', count: 1 }],
  ])('%s is dropped', (_name, data) => {
    expect(readFromFrame(data)).toBeNull();
  });

  test('a known one passes, with its known fields alone', () => {
    expect(readFromFrame({ type: 'copy', text: 'x', more: 1 })).toEqual({ type: 'copy', text: 'x' });
  });
});
