import { describe, expect, test } from 'vitest';
import type { Caller } from '../../../main/caller.ts';
import { approvalsCaller, pending, setUp } from '../bridge/call-doubles.ts';

const vote = { id: 'a-1', verdict: 'approve', comment: null } as const;
const refused = expect.objectContaining({ code: 'approval-not-shown' });
const from = approvalsCaller;

/** A document that shows the request, long enough ago. */
async function shown(caller: Caller = from) {
  const made = setUp();
  await made.handlers['approvals.shows']('a-1', caller);
  made.world.now += 5_000;
  return made;
}

describe('a vote of a document', () => {
  test('is taken for the request that it shows in a window that can be seen', async () => {
    const { handlers, steps } = await shown();
    await handlers['approvals.review'](vote, from);
    expect(steps).toEqual([['gateway.call', 'review', { ...vote, by: 'local:dana' }]]);
  });

  test('is that of whoever uses the app, whatever the page says', async () => {
    const { handlers, steps } = await shown();
    const forged = { ...vote, by: 'local:somebody-else' };
    await handlers['approvals.review'](forged, from);
    expect(steps[0]?.[2]).toMatchObject({ by: 'local:dana' });
  });

  test.each([
    ['there is no window', null],
    ['the window is hidden', { visible: false, minimized: false }],
    ['the window is minimised', { visible: true, minimized: true }],
  ])('is refused while %s, and the gateway hears nothing', async (_why, window) => {
    const { handlers, steps, world } = await shown();
    world.window = window;
    await expect(handlers['approvals.review'](vote, from)).rejects.toEqual(refused);
    expect(steps).toEqual([]);
  });

  test('is refused for a request that it only listed, and right after it shows it', async () => {
    const { handlers, steps, world } = setUp();
    await handlers['approvals.list'](undefined, from);
    world.now = 60_000;
    await expect(handlers['approvals.review'](vote, from)).rejects.toEqual(refused);
    await handlers['approvals.shows']('a-1', from);
    await expect(handlers['approvals.review'](vote, from)).rejects.toEqual(refused);
    expect(steps.map(([, call]) => call)).toEqual(['approvals']);
  });

  test('is refused for another request than the one that it shows', async () => {
    const { handlers } = await shown();
    await expect(handlers['approvals.review']({ ...vote, id: 'a-2' }, from)).rejects.toEqual(refused);
  });

  test('is refused for what another frame of the same document shows', async () => {
    const { handlers } = await shown();
    await expect(handlers['approvals.review'](vote, { ...from, frame: '9/9' })).rejects.toEqual(refused);
  });
});

describe("a vote of a Secret's document", () => {
  const secret = { ...from, document: 'secret', frame: '9/9' } as const;

  test('is taken for a reveal', async () => {
    const { handlers, steps, world } = await shown(secret);
    const { intent } = pending;
    world.approvals = [{ ...pending, intent: { ...intent, request: { ...intent.request, revealKey: 'password' } } }];
    await handlers['approvals.review'](vote, secret);
    expect(steps.at(-1)).toEqual(['gateway.call', 'review', { ...vote, by: 'local:dana' }]);
  });

  test.each<[string, (typeof pending)[]]>([
    ['any other request', [pending]],
    ['one that is there no more', []],
  ])('is refused for %s, though it said that it shows it', async (_what, approvals) => {
    const { handlers, steps, world } = await shown(secret);
    world.approvals = approvals;
    await expect(handlers['approvals.review'](vote, secret)).rejects.toMatchObject({ code: 'sender-refused' });
    expect(steps.map(([, call]) => call)).toEqual(['approvals']);
  });
});
