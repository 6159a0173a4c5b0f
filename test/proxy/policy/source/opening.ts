import type { PolicyEvent, PolicyOpening } from '../../../../proxy/policy/policy-source.ts';
import type { AcceptanceOptions } from '../../../../proxy/policy/source/acceptance.ts';
import { acceptedInMemory } from '../../../../proxy/policy/source/accepted-policy.ts';

/** A policy folder of which each change is taken, for tests that are about something else than who accepts it. */
export const trusted = (): AcceptanceOptions => ({ store: acceptedInMemory(), trustsFolder: true });

/** What a gateway would hand in; its journal is the list of records. */
export function opening({ wasAccepted = false } = {}): PolicyOpening & { readonly records: string[]; isFull: boolean } {
  const records: string[] = [];
  const journal = {
    records,
    /** Takes nothing more. */
    isFull: false,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    record: async (event: PolicyEvent, detail: string) => {
      if (journal.isFull) throw new Error('the disk is full');
      records.push(`${event} ${detail}`);
    },
    wasAccepted: async () => wasAccepted || records.some((record) => record.startsWith('policy-accepted ')),
  };
  return journal;
}
