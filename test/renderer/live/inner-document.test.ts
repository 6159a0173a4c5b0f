import { describe, expect, test } from 'vitest';
import { readFromInner, readToInner } from '../../../renderer/live/inner-document.ts';
import { secrets } from '../bridge-data.ts';

const [secret] = secrets;

describe('what the main document may say to a document inside it', () => {
  test.each<[string, unknown]>([
    ['where the keyboard goes', { type: 'focus' }],
    ['which request to show', { type: 'showApproval', id: 'a-1' }],
    ['which Secret to show', { type: 'showSecret', shown: { cluster: 'demo', secret } }],
  ])('%s', (_what, message) => {
    expect(readToInner(message)).toEqual(message);
  });

  test.each<[string, unknown]>([
    ['nothing', null],
    ['a vote', { type: 'approve', id: 'a-1' }],
    ['a press', { type: 'key', key: 'a' }],
    ['a reveal', { type: 'reveal', key: 'password' }],
    ['a request that is no id', { type: 'showApproval', id: { toString: 'a-1' } }],
    ['a Secret without keys', { type: 'showSecret', shown: { cluster: 'demo', secret: { ...secret, keys: 'all' } } }],
    ['a Secret of no cluster', { type: 'showSecret', shown: { secret } }],
  ])('never %s', (_what, message) => {
    expect(readToInner(message)).toBeNull();
  });

  test('carries nothing beyond what it names', () => {
    const shown = { cluster: 'demo', secret: { ...secret, value: 'hunter2' }, approve: true };
    expect(readToInner({ type: 'showSecret', shown })).toEqual({
      type: 'showSecret',
      shown: { cluster: 'demo', secret },
    });
  });
});

describe('what a document inside the main document tells it', () => {
  test.each<[unknown]>([
    [{ type: 'ready' }],
    [{ type: 'key', key: 'Escape' }],
    [{ type: 'shortcut', shortcut: 'palette' }],
  ])('%j', (message) => {
    expect(readFromInner(message)).toEqual(message);
  });

  test.each<[unknown]>([
    ['ready'],
    [{ type: 'value', value: 'hunter2' }],
    [{ type: 'key', key: 'a' }],
    [{ type: 'shortcut', shortcut: 'approve' }],
  ])('never %j', (message) => {
    expect(readFromInner(message)).toBeNull();
  });
});
