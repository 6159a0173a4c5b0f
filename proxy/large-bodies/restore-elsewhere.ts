import type { SeenValues } from '../redaction/seen-values.ts';
import { Refusal } from '../refusal.ts';
import type { LiveRead, LiveReads } from '../rehydration/live-objects.ts';
import type { Origin } from '../rehydration/mask-origins.ts';
import type { Rehydrated } from '../rehydration/rehydrate.ts';
import type { Lane } from './lane.ts';
import { unpack } from './packed-values.ts';
import type { Refused, Restoring, Wanted } from './protocol.ts';
import { refusedAs } from './refused-as.ts';
import { newsOf, noteFound, numberOf } from './seen-news.ts';
import { nextSession } from './session-number.ts';

export interface RestoringOptions extends Omit<Restoring, 'seen'> {
  readonly seen: SeenValues;
  readonly reads: LiveReads;
  readonly originOf: (token: string) => Origin | undefined;
}

/** As `rehydrate`, by a worker: what that wants to know on the way is read here. */
export async function restoreElsewhere(
  lane: Lane,
  { seen, reads, originOf, head, body, masks, isMasked, key }: RestoringOptions,
): Promise<Rehydrated | null> {
  const session = nextSession();
  const over = lane.take();
  const copy = new Uint8Array(body);
  const restoring = { head, body: copy, masks, isMasked, key: { kid: key.kid, key: key.key }, seen: numberOf(seen) };
  try {
    const question = { what: 'restore', session, restoring, news: newsOf(seen, lane) } as const;
    let turn = await lane.ask(question, [copy.buffer]);
    while ('wanted' in turn) turn = await lane.ask(await answerTo(turn.wanted));
    await noteFound(seen, unpack(turn.values));
    const { restored } = turn;
    return restored && { body: Buffer.from(restored.body.buffer), pinnedTo: restored.pinnedTo };
  } finally {
    lane.tell({ what: 'close', session });
    over();
  }

  async function answerTo(wanted: Wanted) {
    if ('target' in wanted) return { what: 'read', session, read: await readOf(wanted.target, reads) } as const;
    const known = wanted.origins.map((token) => [token, originOf(token)] as const);
    const origins = known.filter((entry): entry is readonly [string, Origin] => entry[1] !== undefined);
    return { what: 'origins', session, origins } as const;
  }
}

/** Some reads may fail without harm, and who knows that is the worker. */
async function readOf(target: string, reads: LiveReads): Promise<LiveRead | null | Refused> {
  try {
    return await reads.read(target);
  } catch (error) {
    if (error instanceof Refusal) return refusedAs(error);
    throw error;
  }
}
