import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type KnownDifference, knownDifferences } from '../demo/conformance/known-differences.ts';
import { type Difference, differences } from '../demo/conformance/normalise.ts';
import { type ConformanceRequest, conformanceRequests } from '../demo/conformance/requests.ts';
import { type ConformanceClient, conformanceClient } from '../demo/conformance/send.ts';
import { startDemo } from '../gateway/environment/demo.ts';
import type { TestedCluster } from '../gateway/environment/tested-cluster.ts';
import { type ControlPlane, controlPlanePrograms, startControlPlane } from './control-plane/start-control-plane.ts';

/** What differs in one answer, less what is known to. */
interface Comparison {
  readonly unexpected: readonly Difference[];
  readonly known: ReadonlySet<KnownDifference>;
}

describe.skipIf(controlPlanePrograms === null)('the demo cluster answers as a real API server', () => {
  let real: ControlPlane;
  let demo: TestedCluster;
  let clients: readonly [real: ConformanceClient, demo: ConformanceClient];
  const met = new Set<KnownDifference>();

  beforeAll(async () => {
    [real, demo] = await Promise.all([startControlPlane(), startDemo()]);
    clients = [
      await conformanceClient(await real.kubeconfigFor('conformance', ['system:masters']), 'real'),
      await conformanceClient(demo.kubeconfig, demo.context),
    ];
  });
  afterAll(async () => {
    for (const client of clients ?? []) client.close();
    await demo?.close();
    await real?.close();
    const rows = [...met].map(({ request, path, reason }) => `  ${request.source} at ${path.source}: ${reason}`);
    console.log(`Where the demo cluster differs from kube-apiserver, knowingly:\n${rows.join('\n')}`);
  });

  async function compare(asked: ConformanceRequest): Promise<Comparison> {
    const [expected, given] = await Promise.all(clients.map((client) => client.send(asked)));
    const known = new Set<KnownDifference>();
    const unexpected = differences(expected, given, asked.contained === true).filter(({ path }) => {
      const excuse = knownDifferences.find(({ request, path: where }) => request.test(asked.name) && where.test(path));
      if (excuse) known.add(excuse);
      return !excuse;
    });
    return { unexpected, known };
  }

  it.each(conformanceRequests)('$name', async (asked) => {
    const { unexpected, known } = await compare(asked);
    for (const excuse of known) met.add(excuse);
    expect(unexpected).toEqual([]);
  });

  it('every known difference is still one', () => {
    expect(knownDifferences.filter((known) => !met.has(known))).toEqual([]);
  });
});
