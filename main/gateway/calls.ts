import type { JournalRecord } from '../../model/journal-record.ts';
import type { CallHandlers } from '../../preload/contract.ts';
import { HostError } from '../hosts/protocol.ts';
import { withoutUndefined } from '../hosts/without-undefined.ts';
import type { GatewayService } from './gateway-service.ts';
import { type TakeOverQuestion, takeOverQuestion } from './take-over-question.ts';

/** Of the services, what these calls are answered with. */
export interface CalledGateway {
  readonly principal: string;
  readonly gateway: Pick<GatewayService, 'status' | 'restart' | 'call' | 'signIn'>;
}

/** What the gateway's process is asked: how it is, its journal, its policy, the streams that people hold open, and what plugins ask. */
export function gatewayCalls(
  services: Promise<CalledGateway>,
  options: {
    readonly copy: (text: string) => void;
    /** Opens the window in which the person confirms a change of the policy. */
    readonly reviewPolicy: () => void;
    /** Puts something to the person in a dialog of the system's. */
    readonly confirm: (question: TakeOverQuestion) => Promise<boolean>;
  },
): CallHandlers<'gateway' | 'journal' | 'policy' | 'streams' | 'signIn'> {
  const { copy, reviewPolicy, confirm } = options;
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

    'signIn.question': async () => (await services).gateway.signIn(),
    'signIn.answer': async (answer) => (await services).gateway.call('answerSignIn', answer),
    'signIn.cancel': async (cancelled) => (await services).gateway.call('cancelSignIn', cancelled),

    'policy.state': async () => (await services).gateway.call('policy', undefined),
    'policy.upgrade': async () => (await services).gateway.call('policyUpgrade', undefined),
    'policy.takeOver': async (chosen) => {
      const { gateway, principal } = await services;
      const question = takeOverQuestion(await gateway.call('policyUpgrade', undefined), chosen);
      // A folder that is another one by now is refused by the gateway, which says so.
      if (question !== null && !(await confirm(question))) return null;
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
