import { describe, expect, test } from 'vitest';
import { readFromFrame } from '../../../renderer/live/frame-messages.ts';

describe('messages of a terminal frame', () => {
  test.each([
    ['no object', 'ready'],
    ['an unknown type', { type: 'eval', text: 'x' }],
    ['a text that is none', { type: 'pasteQuestion', text: 7 }],
    ['a text for the clipboard', { type: 'copy', text: 'x' }],
    ['a shortcut that is none of ours', { type: 'shortcut', shortcut: 'approve' }],
    ['a result without numbers', { type: 'found', index: '0', count: 1 }],
  ])('%s is dropped', (_name, data) => {
    expect(readFromFrame(data)).toBeNull();
  });

  test('a known one passes, with its known fields alone', () => {
    expect(readFromFrame({ type: 'pasteQuestion', text: 'x', more: 1 })).toEqual({ type: 'pasteQuestion', text: 'x' });
  });
});
