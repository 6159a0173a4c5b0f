import type { PolicyOpening } from '../../../../proxy/policy/policy-source.ts';
import type { AcceptanceOptions } from '../../../../proxy/policy/source/acceptance.ts';
import { acceptedInMemory } from '../../../../proxy/policy/source/accepted-policy.ts';

/** A policy folder of which each change is taken, for tests that are about something else than who accepts it. */
export const trusted = (): AcceptanceOptions => ({ store: acceptedInMemory(), trustsFolder: true });

/** What a gateway would hand in; its journal is the list of records. */
export function opening({ wasAccepted = false } = {}): PolicyOpening & { readonly records: string[] } {
  const records: string[] = [];
  return {
    records,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    record: (event, detail) => void records.push(`${event} ${detail}`),
    wasAccepted: async () => wasAccepted || records.some((record) => record.startsWith('policy-accepted ')),
  };
}
