import type { CallHandlers } from '../../preload/contract.ts';
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
  /** Opens the window in which the person confirms a change of the policy. */
  reviewPolicy: () => void,
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

    'policy.state': async () => (await services).gateway.call('policy', undefined),
    'policy.upgrade': async () => (await services).gateway.call('policyUpgrade', undefined),
    'policy.takeOver': async (chosen) => {
      const { gateway, principal } = await services;
      return gateway.call('takeOverPolicy', { ...chosen, by: principal });
    },
    'policy.waiting': async () => (await services).gateway.call('waitingPolicy', undefined),
    'policy.review': () => reviewPolicy(),
    'policy.accept': async (digest) => {
      const { gateway, principal } = await services;
      return gateway.call('acceptPolicy', { digest, by: principal });
    },
  };
}
