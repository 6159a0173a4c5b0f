import type { JournalRecord } from '../../model/journal-record.ts';
import type { CallHandlers } from '../../preload/contract.ts';
import { HostError } from '../hosts/protocol.ts';
import { withoutUndefined } from '../hosts/without-undefined.ts';
import type { GatewayService } from './gateway-service.ts';

/** Of the services, what these calls are answered with. */
export interface CalledGateway {
  readonly principal: string;
  readonly gateway: Pick<GatewayService, 'status' | 'restart' | 'call'>;
}

/** What the gateway's process is asked: how it is, its journal, its policy, and the streams that people hold open. */
export function gatewayCalls(
  services: Promise<CalledGateway>,
  copy: (text: string) => void,
): CallHandlers<'gateway' | 'journal' | 'policy' | 'streams'> {
  return {
    'gateway.status': async () => (await services).gateway.status(),
    'gateway.restart': async () => (await services).gateway.restart(),

    'streams.list': async () => (await services).gateway.call('streams', undefined),
    'streams.end': async (end) => {
      const { gateway, principal } = await services;
      return gateway.call('endStream', { ...end, by: principal });
    },

    'journal.query': async ({ filter, limit, before }) =>
      (await services).gateway.call('journal', { filter: withoutUndefined(filter), limit, before: before ?? null }),
    'journal.copy': async (wanted) => {
      const { gateway } = await services;
      const records: JournalRecord[] = [];
      for (const seq of wanted) {
        const page = await gateway.call('journal', { filter: {}, limit: 1, before: seq + 1 });
        records.push(...page.filter((record) => record.seq === seq));
      }
      if (records.length < wanted.length)
        throw new HostError('record-unknown', 'A record is not in the journal any more');
      copy(JSON.stringify(records.length === 1 ? records[0] : records, null, 2));
    },

    'policy.state': async () => (await services).gateway.call('policy', undefined),
    'policy.upgrade': async () => (await services).gateway.call('policyUpgrade', undefined),
    'policy.takeOver': async (chosen) => (await services).gateway.call('takeOverPolicy', chosen),
  };
}
