import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Outgoing } from '../../../proxy/pipeline/outgoing.ts';
import { sendPinned } from '../../../proxy/pipeline/send.ts';
import { readRequest } from '../../../proxy/request/read-request.ts';
import { SECRET_PATH } from './objects.ts';

const request = readRequest({ method: 'PUT', target: SECRET_PATH, rawHeaders: ['Host', 'gatehouse'] });

/** A write with these bodies, each made when the one before has lost its race. */
function inTurn([first = '', ...later]: readonly string[]): Outgoing {
  const body = Buffer.from(first);
  return { request, body, again: async () => (later.length === 0 ? null : inTurn(later)) };
}

describe('a write that lost a race', () => {
  it.each([
    [1, 'one'],
    [2, 'two'],
    [3, 'three'],
    [9, 'three'],
  ])('says which body it was that was answered: won at the %ith time', async (wins, expected) => {
    const sent: string[] = [];
    const { answered, outgoing } = await sendPinned(inTurn(['one', 'two', 'three']), async ({ body }) => {
      sent.push(String(body));
      return { status: sent.length === wins ? 200 : 409, headers: [], body: Readable.from([]) };
    });
    expect(answered).toMatchObject({ status: wins === 9 ? 409 : 200 });
    expect([String(outgoing.body), sent.at(-1)]).toEqual([expected, expected]);
  });
});
