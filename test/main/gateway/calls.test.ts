import { describe, expect, test } from 'vitest';
import { setUp } from '../bridge/call-doubles.ts';

const from = { sender: {} } as never;

describe('what the journal is asked', () => {
  test('has no field that the page left open', async () => {
    const { handlers, steps } = setUp();
    await handlers['journal.query']({ filter: { cluster: undefined, text: 'pods' }, limit: 50 }, from);
    const asked = steps[0]?.[2] as { filter: object; before: unknown };
    expect(Object.keys(asked.filter)).toEqual(['text']);
    expect(asked).toEqual({ filter: { text: 'pods' }, limit: 50, before: null });
  });

  test('may begin at the first record', async () => {
    const { handlers, steps } = setUp();
    await handlers['journal.query']({ filter: {}, limit: 1, before: 0 }, from);
    expect(steps).toEqual([['gateway.call', 'journal', { filter: {}, limit: 1, before: 0 }]]);
  });
});

test('a stream is ended in the name of whoever uses the app, whatever the page says', async () => {
  const { handlers, steps } = setUp();
  const end = { auditId: 's-1', comment: 'enough', by: 'local:somebody-else' };
  await handlers['streams.end'](end, from);
  expect(steps).toEqual([['gateway.call', 'endStream', { auditId: 's-1', comment: 'enough', by: 'local:dana' }]]);
});
