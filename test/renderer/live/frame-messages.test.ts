import { describe, expect, test } from 'vitest';
import { readFromFrame } from '../../../renderer/live/frame-messages.ts';

describe('messages of a terminal frame', () => {
  test.each([
    ['no object', 'ready'],
    ['an unknown type', { type: 'eval', text: 'x' }],
    ['text to type or paste', { type: 'paste', text: 'x' }],
    ['a text for the clipboard', { type: 'copy', text: 'x' }],
    ['a shortcut that is none of ours', { type: 'shortcut', shortcut: 'approve' }],
    ['a result without numbers', { type: 'found', index: '0', count: 1 }],
  ])('%s is dropped', (_name, data) => {
    expect(readFromFrame(data)).toBeNull();
  });

  test('a known one passes, with its known fields alone', () => {
    expect(readFromFrame({ type: 'found', index: 0, count: 1, more: 1 })).toEqual({
      type: 'found',
      index: 0,
      count: 1,
    });
  });
});
