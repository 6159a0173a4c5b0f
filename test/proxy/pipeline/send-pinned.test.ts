import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { UpstreamResponse } from '../../../proxy/forward/upstream.ts';
import type { Outgoing } from '../../../proxy/pipeline/outgoing.ts';
import { sendPinned } from '../../../proxy/pipeline/send.ts';
import { Refusal } from '../../../proxy/refusal.ts';
import { apiRequest } from '../masking/requests.ts';

const answer = (status: number): UpstreamResponse => ({ status, headers: [], body: Readable.from([]) });

/** An object at a version that others change: `changes` times before they stop. */
function contested(changes: number) {
  let version = 1;
  const bound = (to: number): Outgoing => ({
    request: apiRequest({ verb: 'update' }),
    body: Buffer.from(String(to)),
    pinnedTo: String(to),
    again: async () => (to === version ? null : bound(version)),
  });
  const sent: number[] = [];
  let left = changes;
  const send = async ({ body }: Outgoing) => {
    if (left > 0) version += 1;
    left -= 1;
    sent.push(Number(body));
    return answer(Number(body) === version ? 200 : 409);
  };
  return { first: bound(1), send, sent };
}

describe('case 37: a write whose masks were put back and that loses a race', () => {
  it('is made again from what is there now, and never sends an older value twice', async () => {
    const { first, send, sent } = contested(2);
    expect(await sendPinned(first, send)).toMatchObject({ answered: { status: 200 } });
    expect(sent).toEqual([1, 2, 3]);
  });

  it('gives up with the conflict where the object does not come to rest', async () => {
    const { first, send, sent } = contested(100);
    expect(await sendPinned(first, send)).toMatchObject({ answered: { status: 409 } });
    expect(sent).toHaveLength(5);
  });

  it('passes on a conflict of another kind: the object is the one that was read', async () => {
    const { first } = contested(0);
    let sent = 0;
    const conflict = async () => {
      sent += 1;
      return answer(409);
    };
    expect(await sendPinned(first, conflict)).toMatchObject({ answered: { status: 409 } });
    expect(sent).toBe(1);
  });

  it('leaves conflicts to a client that named the version itself', async () => {
    const { again: _, pinnedTo: __, ...first } = contested(0).first;
    expect(await sendPinned(first, async () => answer(409))).toMatchObject({ answered: { status: 409 } });
  });

  it('says so where the mask has become stale meanwhile', async () => {
    const stale = new Refusal('mask-written-back', 'stale');
    const first = { ...contested(0).first, again: () => Promise.reject(stale) };
    await expect(sendPinned(first, async () => answer(409))).rejects.toBe(stale);
  });
});
