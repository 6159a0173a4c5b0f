import { setImmediate, setTimeout } from 'node:timers/promises';
import { bringIndexUpToDate } from '../masking/values/known-values.ts';
import type { SeenValues } from '../redaction/seen-values.ts';
import { bringMatcherUpToDate, hasMatcher } from '../redaction/value-matcher.ts';
import type { Lane } from './lane.ts';
import { pack } from './packed-values.ts';
import type { SeenNews } from './protocol.ts';

/** So many values are taken in at a time; */
const ADDED_AT_ONCE = 1_000;
/** and so many forms of values made ready to be searched for, which takes a few milliseconds. */
const FORMS_AT_ONCE = 500;
/** Milliseconds between two times: it is done when nobody needs it, and must not take the processor from who does. */
const PAUSE = 20;

const numbers = new WeakMap<SeenValues, number>();
let next = 0;

/** What a worker calls the values of one cluster by. */
export function numberOf(seen: SeenValues): number {
  let number = numbers.get(seen);
  if (number === undefined) {
    next += 1;
    number = next;
    numbers.set(seen, number);
  }
  return number;
}

const told = new WeakMap<Lane, Map<number, { trims: number; added: number }>>();

/** What a worker has not been told of the values seen; null where it knows all. */
export function newsOf(seen: SeenValues, lane: Lane): SeenNews | null {
  const number = numberOf(seen);
  const ofLane = told.get(lane) ?? new Map<number, { trims: number; added: number }>();
  told.set(lane, ofLane);
  const known = ofLane.get(number);
  // What was dropped here may go on being known there for a while, which masks more and not less.
  const from = known?.trims === seen.trims ? known.added : 0;
  const values = seen.addedAfter(from);
  ofLane.set(number, { trims: seen.trims, added: from + values.length });
  return values.length === 0 ? null : { seen: number, values: pack(values) };
}

/** Adds what a worker found, and begins to make it ready to be searched for. A few at a time, so that nobody waits. */
export async function noteFound(seen: SeenValues, values: Iterable<Uint8Array>): Promise<void> {
  let added = 0;
  for (const value of values) {
    seen.add(value);
    added += 1;
    if (added % ADDED_AT_ONCE === 0) await setImmediate();
  }
  if (added > 0) void makeReady(seen);
}

/** Makes everything seen ready to be searched for, a little at a time: for who has to search here and can wait. */
export async function ready(seen: SeenValues, what: 'errors' | 'streams'): Promise<void> {
  const bring = what === 'errors' ? bringIndexUpToDate : bringMatcherUpToDate;
  while (!bring(seen, FORMS_AT_ONCE)) await setImmediate();
}

const underWay = new WeakSet<SeenValues>();

async function makeReady(seen: SeenValues): Promise<void> {
  if (underWay.has(seen)) return;
  underWay.add(seen);
  const pause = () => setTimeout(PAUSE, undefined, { ref: false });
  while (!bringIndexUpToDate(seen, FORMS_AT_ONCE)) await pause();
  while (hasMatcher(seen) && !bringMatcherUpToDate(seen, FORMS_AT_ONCE)) await pause();
  underWay.delete(seen);
}
