import { expect, onTestFinished, test } from 'vitest';
import { openLocalAuthority } from '../../../proxy/approvals/local-authority.ts';
import { intent } from './intents.ts';

/** An authority on two clocks that a test moves; no timer of its own comes to run. */
function onHandClocks() {
  const clocks = { wall: Date.parse('2026-08-14T12:00:00Z'), monotonic: 5_000 };
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const authority = openLocalAuthority({
    log,
    now: () => clocks.wall,
    monotonic: () => clocks.monotonic,
    onRecord: async () => undefined,
  });
  onTestFinished(() => authority.close());
  const asked = intent({ requirement: { requestTtl: 20_000, grantTtl: 10_000 } });
  const hold = () => authority.hold(asked, { holdMs: 0, signal: new AbortController().signal });
  const approve = () =>
    authority.review({ id: authority.list()[0]?.id ?? '', verdict: 'approve', by: 'local:ada', comment: null });
  return { authority, clocks, hold, approve };
}

type Clock = 'wall' | 'monotonic';
// A laptop that sleeps stops the one, and a person can set back the other.
const clocks: ReadonlyArray<[Clock]> = [['wall'], ['monotonic']];

test.each(clocks)('a grant ends when the %s clock alone says so', async (clock) => {
  const { clocks, hold, approve, authority } = onHandClocks();
  await hold();
  await approve();
  clocks[clock] += 10_000;
  expect(authority.list()).toMatchObject([{ state: 'APPROVED', grant: { state: 'EXPIRED' } }]);
  expect(await hold()).toMatchObject({ outcome: 'pending' });
});

test.each(clocks)('a request ends when the %s clock alone says so, and cannot be approved any more', async (clock) => {
  const { clocks, hold, approve, authority } = onHandClocks();
  await hold();
  clocks[clock] += 20_000;
  await expect(approve()).rejects.toMatchObject({ code: 'not-pending' });
  expect(authority.list()).toMatchObject([{ state: 'EXPIRED', grant: null }]);
});

test('up to then both stand', async () => {
  const { clocks, hold, approve } = onHandClocks();
  await hold();
  clocks.wall += 19_999;
  clocks.monotonic += 19_999;
  await approve();
  clocks.wall += 9_999;
  clocks.monotonic += 9_999;
  expect(await hold()).toMatchObject({ outcome: 'granted' });
});
