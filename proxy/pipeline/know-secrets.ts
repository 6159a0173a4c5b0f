import { ready } from '../large-bodies/large-bodies.ts';
import { showsPod } from '../pod-secrets/pod-secrets.ts';
import { policyQuestion } from '../policy/policy-question.ts';
import { effectiveIdentity } from '../request/impersonation.ts';
import { policyCluster } from './ask-policy.ts';
import type { Judged } from './evaluate.ts';
import type { Passage } from './passage.ts';

/**
 * Of a permitted request that shows what a pod prints: reads the pod's Secrets, so that their values are known before its
 * first byte. Each read is on record before it is made.
 * @returns to be called when the answer is over.
 * @throws {Refusal} as `PodSecrets.know`, and `journal-unavailable`.
 */
export async function knowSecrets(passage: Passage, { request }: Judged): Promise<() => void> {
  const { parts, exchange, cluster, auditId } = passage;
  if (!showsPod(request)) return () => undefined;
  const { unread, letGo } = await parts.podSecrets.know({
    request,
    cluster,
    signal: exchange.signal,
    decide: (read) => parts.policy.decide(policyQuestion(exchange.principal, policyCluster(cluster), read)),
    onReads: async (reads, as) => {
      await parts.journal.append(
        {
          type: 'own-read',
          auditId,
          effective: as === null ? null : effectiveIdentity(as),
          credential: cluster.credentialName,
          cluster: cluster.slug,
          resource: 'secrets',
          namespace: request.info.namespace,
          reads,
        },
        { durable: false },
      );
    },
  });
  passage.unread = unread;
  await ready(parts.seen.of(cluster), 'streams');
  return letGo;
}
