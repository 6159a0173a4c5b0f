import { textAt } from '../fields.ts';
import { waysToHost } from './node.ts';
import { anyone, type Gained, serviceAccount } from './service-account.ts';
import { holdsToken } from './workload.ts';

/**
 * Whom whoever gets into a pod can act as: the service account that it runs as, `default` too, because it may have been
 * given rights; and the node itself, where the pod is no boundary.
 * @param pod null where it could not be read.
 * @param runs commands can be run there: a forwarded port reaches what listens, and nothing of the host by itself.
 */
export function gainedByExec(namespace: string, name: string, pod: unknown, runs = true): Gained[] {
  if (pod === null) return [anyone('exec', `the service account of pod ${name}, which could not be read`)];
  const ways = runs ? [...waysToHost(pod, 'pods')] : [];
  const node = ways.length === 0 ? [] : [anyone('exec', `root on the node that runs pod ${name} (${ways.join(', ')})`)];
  if (!holdsToken(pod)) return node;
  const account = textAt(pod, 'spec', 'serviceAccountName') || 'default';
  return [serviceAccount('exec', namespace, account, `, as which pod ${name} runs`), ...node];
}
