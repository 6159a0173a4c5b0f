import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDemoCluster } from '../../../demo/cluster.ts';
import type { AuditedRequest, TestedCluster } from './tested-cluster.ts';

/**
 * The demo cluster in this process, in a folder of its own.
 * @param way whether its pods come and go in moments.
 */
export async function startDemo(way: { readonly isBrisk?: boolean } = {}): Promise<TestedCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-demo-'));
  const demo = await startDemoCluster({ folder, ...way });
  return {
    name: 'demo',
    kubeconfig: demo.kubeconfigFile,
    context: demo.contexts.admin,
    runsPods: true,
    auditLog: async () =>
      demo.audit().map(
        ({ auditId, requestUri, verb, user, impersonatedUser, objectRef }): AuditedRequest => ({
          auditID: auditId,
          requestURI: requestUri,
          verb,
          user,
          ...(impersonatedUser === null ? {} : { impersonatedUser }),
          ...(objectRef === null ? {} : { objectRef }),
        }),
      ),
    close: async () => {
      await demo.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
