import { z } from 'zod';
import type { ApprovalRequest } from '../../model/approval.ts';
import type { ClusterReach } from '../../model/cluster-reach.ts';
import type { ContextListing } from '../../model/context-listing.ts';
import type { JournalRecord } from '../../model/journal-record.ts';
import type { LiveStream } from '../../model/live-stream.ts';
import type { WaitingChange } from '../../model/policy-change.ts';
import type { PolicyState } from '../../model/policy-state.ts';
import type { PolicyUpgrade, PolicyUpgraded } from '../../model/policy-upgrade.ts';
import type { SignInQuestion } from '../../preload/contract.ts';
import type { JournalFilter } from '../../proxy/journal/journal.ts';
import { type HostProtocol, objectOf } from '../hosts/protocol.ts';

const keyPair = z.object({ certificate: z.string(), privateKey: z.string() });

/** What a gateway process is started with: `GatewayOptions` as far as it can cross a process border. */
export const gatewayStart = z.object({
  /** The port of the last run, tried first; 0 chooses one. */
  port: z.number().int().min(0).max(65_535),
  /** Null at the first start of a launch: the host makes the authority and answers with it. */
  authority: keyPair.nullable(),
  policyFolder: z.string(),
  dataFolder: z.string(),
  kubeconfigFolder: z.string(),
  logFile: z.string(),
  principal: z.object({ user: z.string(), groups: z.array(z.string()) }),
  maskKey: z.object({ kid: z.string(), key: z.instanceof(Uint8Array) }),
  journalKey: z.string().nullable(),
  /** A file that keeps how far the journal reached. */
  journalWitness: z.string(),
  policyKey: z.object({ key: z.instanceof(Uint8Array), origin: z.enum(['kept', 'made', 'launch']) }),
});
export type GatewayStart = z.infer<typeof gatewayStart>;

export const gatewayProtocol = {
  name: 'gateway',
  calls: {
    start: {
      argument: gatewayStart,
      answer: z.object({
        url: z.string(),
        port: z.number().int(),
        authority: keyPair,
        /** What of the journal was missing or changed at this start, in words. */
        journalFindings: z.array(z.string()),
      }),
    },
    listContexts: { argument: z.array(z.string()), answer: z.array(objectOf<ContextListing>()) },
    connectCluster: {
      argument: z.object({
        kubeconfigFiles: z.array(z.string()),
        context: z.string(),
        labels: z.record(z.string(), z.string()),
      }),
      answer: z.object({ slug: z.string() }),
    },
    disconnectCluster: { argument: z.string(), answer: z.void() },
    /** Answers within half a minute, or once a person whom the plugin asks has answered; five minutes at most. */
    lookAtCluster: {
      argument: z.object({ slug: z.string(), look: z.enum(['quietly', 'connecting', 'signing-in']) }),
      answer: objectOf<ClusterReach>(),
    },
    openAccess: {
      argument: z.object({
        kind: z.enum(['inAppTerminal', 'outside', 'app']),
        id: z.string(),
        cluster: z.string().nullable(),
        namespace: z.string().nullable(),
        /** Null: a file of the session's own in the kubeconfig folder. */
        writeTo: z.string().nullable(),
      }),
      answer: z.object({ kubeconfig: z.string() }),
    },
    closeAccess: { argument: z.string(), answer: z.void() },
    approvals: { argument: z.void(), answer: z.array(objectOf<ApprovalRequest>()) },
    review: {
      argument: z.object({
        id: z.string(),
        verdict: z.enum(['approve', 'deny']),
        by: z.string(),
        comment: z.string().nullable(),
      }),
      answer: objectOf<ApprovalRequest>(),
    },
    journal: {
      argument: z.object({
        filter: objectOf<JournalFilter>(),
        limit: z.number().int(),
        before: z.number().int().nullable(),
      }),
      answer: z.array(objectOf<JournalRecord>()),
    },
    policy: { argument: z.void(), answer: objectOf<PolicyState>() },
    /** What of the policy folder waits until the person confirms it; null: nothing. */
    waitingPolicy: { argument: z.void(), answer: objectOf<WaitingChange>().nullable() },
    acceptPolicy: {
      argument: z.object({ digest: z.string(), by: z.string() }),
      answer: objectOf<PolicyState>(),
    },
    /** The policy folder beside the built-in policy of this version. */
    policyUpgrade: { argument: z.void(), answer: objectOf<PolicyUpgrade>() },
    /** Writes built-in texts into it, chosen by id from those that it said are available. */
    takeOverPolicy: {
      argument: z.object({ digest: z.string(), parts: z.array(z.string()), by: z.string() }),
      answer: objectOf<PolicyUpgraded>(),
    },
    /** Exec, attach and port-forward: what people hold open. Watches and logs come and go by the hundred. */
    streams: { argument: z.void(), answer: z.array(objectOf<LiveStream>()) },
    endStream: {
      argument: z.object({ auditId: z.string(), by: z.string(), comment: z.string().nullable() }),
      answer: z.boolean(),
    },
    /** What a person typed for the plugin that asks; nothing keeps it. */
    answerSignIn: { argument: z.object({ id: z.string(), text: z.string() }), answer: z.void() },
    /** Ends that plugin. */
    cancelSignIn: { argument: z.object({ id: z.string() }), answer: z.void() },
    stop: { argument: z.void(), answer: z.void() },
  },
  events: {
    /** Gathered for 50 ms, so that a busy watch does not flood main. */
    records: z.array(objectOf<JournalRecord>()),
    approval: objectOf<ApprovalRequest>(),
    policy: objectOf<PolicyState>(),
    /** Those of the call of this name, each time that one opened or ended. */
    streams: z.array(objectOf<LiveStream>()),
    /** The journal cannot be written, in words; null: it can again. */
    journalProblem: z.string().nullable(),
    /** What a credential plugin asks a person now; null: nothing. */
    signIn: objectOf<SignInQuestion>().nullable(),
  },
} as const satisfies HostProtocol;
export type GatewayProtocol = typeof gatewayProtocol;
