import { describe, expect, test } from 'vitest';
import { documentOf } from '../../../main/protection/document-of.ts';

const main = { origin: 'app://gatehouse', parent: null };
type Frame = Parameters<typeof documentOf>[0];

describe('which document a frame is', () => {
  test.each<[string, unknown, string | null]>([
    ['the main document', main, 'gatehouse'],
    ['the player in its window', { origin: 'app://player', parent: null }, 'player'],
    ['a terminal in the main document', { origin: 'app://terminal', parent: main }, 'terminal'],
    ['approvals in the main document', { origin: 'app://approvals', parent: main }, 'approvals'],
    ['a Secret in the main document', { origin: 'app://secret', parent: main }, 'secret'],
    ['a frame that is gone', null, null],
    ['the main document in a frame', { origin: 'app://gatehouse', parent: main }, null],
    ['the window of a plugin that asks', { origin: 'app://sign-in', parent: null }, 'sign-in'],
    ['such a window in a frame', { origin: 'app://sign-in', parent: main }, null],
    ['the player in a frame', { origin: 'app://player', parent: main }, null],
    ['approvals alone in a window', { origin: 'app://approvals', parent: null }, null],
    ['approvals in the player', { origin: 'app://approvals', parent: { origin: 'app://player', parent: null } }, null],
    [
      'approvals in a frame of the main document',
      { origin: 'app://approvals', parent: { origin: 'app://terminal', parent: main } },
      null,
    ],
    ['a foreign page', { origin: 'https://example.com', parent: null }, null],
    ['a name that only begins like ours', { origin: 'app://approvals.example.com', parent: main }, null],
    ['another scheme', { origin: 'https://approvals', parent: main }, null],
    ['an opaque origin', { origin: 'null', parent: main }, null],
  ])('%s', (_what, frame, document) => {
    expect(documentOf(frame as Frame)).toBe(document);
  });
});
