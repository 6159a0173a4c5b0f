import type { Testimony } from './head-witness.ts';
import type { SignedStatement } from './signed-head.ts';

/** A part of a check that could not be made: what, and why, in words that say how to mend it. */
export interface Unchecked {
  readonly what: 'records' | 'signature' | 'reach' | 'end';
  readonly why: string;
}

/** A running gateway signs once a second; a slow disk is given this long before an end counts as left unsigned. */
const SIGNED_WITHIN = 60_000;

/** What a check had to go by where it found nothing wrong. */
export interface Evidence {
  readonly hasKey: boolean;
  readonly head: SignedStatement | null;
  readonly anchor: SignedStatement | null;
  /** Null: no second place was asked. */
  readonly testimony: Testimony | null;
  readonly last: { readonly seq: number; readonly time: string } | null;
}

/** "Whole and unchanged" is said only of what was checked: this is what was not. */
export function uncheckedParts(evidence: Evidence): Unchecked[] {
  return [...records(evidence), ...signature(evidence), ...reach(evidence), ...end(evidence)];
}

function records({ head, last }: Evidence): Unchecked[] {
  if (last !== null || head !== null) return [];
  return [{ what: 'records', why: 'the folder has no record and no head: whether it ever had any cannot be told' }];
}

function signature({ hasKey, head, anchor, last }: Evidence): Unchecked[] {
  if (hasKey || (head === null && last === null)) return [];
  const signed = head?.signature != null;
  const first = signed
    ? 'public-key.pem is gone: give a copy of it with --public-key, or start the gateway, which writes it anew'
    : 'the journal is not signed, as by an app without a keystore, or its signature was taken away';
  const removed = anchor === null ? '' : `; that retention removed what was up to record ${anchor.seq} is not proved`;
  return [{ what: 'signature', why: `${first}. Who rewrites all of it leaves no trace${removed}` }];
}

function reach({ head, testimony }: Evidence): Unchecked[] {
  if (testimony === null) return [];
  const lost = 'whether a later part of the journal was removed as a whole cannot be told';
  if (testimony.says === 'nothing') return [{ what: 'reach', why: `nothing is kept in ${testimony.place}: ${lost}` }];
  if (testimony.says === 'unusable') return [{ what: 'reach', why: `${testimony.why}: ${lost}` }];
  const known = testimony.head;
  if (head === null || head.seq <= known.seq || !isLater(head.time, known.time)) return [];
  const since = `${testimony.place} was last written at ${known.time}, for record ${known.seq}`;
  return [{ what: 'reach', why: `${since}: does the gateway write to another place? Since then ${lost}` }];
}

function end({ hasKey, head, testimony, last }: Evidence): Unchecked[] {
  const known = testimony?.says === 'head' ? testimony.head : null;
  const newest = known !== null && known.seq > (head?.seq ?? 0) ? known : head;
  if (!hasKey || newest === null || last === null || last.seq <= newest.seq) return [];
  if (!isLater(last.time, newest.time)) return [];
  const which = `records ${newest.seq + 1} to ${last.seq}`;
  const why = `${which} reach to ${last.time}, and the newest signature is of ${newest.time}: they are chained only, and a gateway signs once a second`;
  return [{ what: 'end', why }];
}

function isLater(time: string, than: string): boolean {
  return Date.parse(time) - Date.parse(than) > SIGNED_WITHIN;
}
