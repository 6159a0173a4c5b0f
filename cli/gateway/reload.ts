import type { Gateway, GatewayLog } from '../../proxy/gateway-door.ts';

/** What reading a gateway's policy and kubeconfig anew came to, as one line of its log. */
export async function reload(gateway: Gateway, cluster: string, log: GatewayLog): Promise<void> {
  const before = gateway.policy();
  const { kubeconfigProblem, kubeconfigChanged } = await gateway.readAnew(cluster);
  const { digest, status, problems, waiting } = gateway.policy();
  const fields = {
    policy: digest,
    ...(digest === before.digest ? {} : { before: before.digest }),
    ...(waiting === null ? {} : { waiting: waiting.digest }),
    ...(problems.length === 0 ? {} : { problems }),
    kubeconfig: kubeconfigChanged ? 'changed' : 'unchanged',
    ...(kubeconfigProblem === null ? {} : { kubeconfigProblem }),
  };
  if (status === 'loaded' && kubeconfigProblem === null)
    log.info({ event: 'reloaded', ...fields }, 'policy and kubeconfig were read anew');
  else log.warn({ event: 'reloaded', ...fields }, 'policy and kubeconfig were read anew, and not all of it is good');
}

/**
 * Runs a reload at a time; one that is asked for meanwhile follows, and as many as are asked for are one.
 * @param work settles when it is done; never rejects.
 */
export function oneReloadAtATime(work: () => Promise<void>): () => void {
  let isRunning = false;
  let isWanted = false;
  const run = async (): Promise<void> => {
    isRunning = true;
    do {
      isWanted = false;
      await work();
    } while (isWanted);
    isRunning = false;
  };
  return () => {
    isWanted = true;
    if (!isRunning) void run();
  };
}
