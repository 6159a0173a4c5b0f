import { describe, expect, test } from 'vitest';
import { pending, setUp } from '../bridge/call-doubles.ts';

const from = { sender: {} } as never;
const vote = { id: 'a-1', verdict: 'approve', comment: null } as const;
const refused = expect.objectContaining({ code: 'approval-not-shown' });

/** A page that listed what waits, long enough ago. */
async function listed() {
  const made = setUp();
  await made.handlers['approvals.list'](undefined, from);
  made.world.now += 5_000;
  made.steps.splice(0);
  return made;
}

describe('a vote of the page', () => {
  test('is taken for a request that was listed in a window that can be seen', async () => {
    const { handlers, steps } = await listed();
    await handlers['approvals.review'](vote, from);
    expect(steps).toEqual([['gateway.call', 'review', { ...vote, by: 'local:dana' }]]);
  });

  test('is that of whoever uses the app, whatever the page says', async () => {
    const { handlers, steps } = await listed();
    const forged = { ...vote, by: 'local:somebody-else' };
    await handlers['approvals.review'](forged, from);
    expect(steps[0]?.[2]).toMatchObject({ by: 'local:dana' });
  });

  test.each([
    ['there is no window', null],
    ['the window is hidden', { visible: false, minimized: false }],
    ['the window is minimised', { visible: true, minimized: true }],
  ])('is refused while %s, and the gateway hears nothing', async (_why, window) => {
    const { handlers, steps, world } = await listed();
    world.window = window;
    await expect(handlers['approvals.review'](vote, from)).rejects.toEqual(refused);
    expect(steps).toEqual([]);
  });

  test('is refused for a request that was never told, and right after it was', async () => {
    const { handlers, steps, world } = setUp();
    world.now = 60_000;
    await expect(handlers['approvals.review'](vote, from)).rejects.toEqual(refused);
    await handlers['approvals.list'](undefined, from);
    await expect(handlers['approvals.review'](vote, from)).rejects.toEqual(refused);
    expect(steps.map(([, call]) => call)).toEqual(['approvals']);
  });

  test('is refused for another request than the one that was shown', async () => {
    const { handlers } = await listed();
    await expect(handlers['approvals.review']({ ...vote, id: 'a-2' }, from)).rejects.toEqual(refused);
  });

  test('is refused once a list says that the request was decided', async () => {
    const { handlers, shownApprovals } = await listed();
    shownApprovals.told([{ ...pending, state: 'EXPIRED' }]);
    await expect(handlers['approvals.review'](vote, from)).rejects.toEqual(refused);
  });
});
