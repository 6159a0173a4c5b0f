import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type GatewayProcess, startGatewayProcess } from '../environment/gateway-process.ts';
import { type LargeObject, largeObjects } from '../environment/large-objects.ts';
import { type RawAnswer, rawRequest } from '../environment/raw-request.ts';
import type { TestedCluster } from '../environment/tested-cluster.ts';

/** Milliseconds of the gateway's event loop. */
const LONGEST_TASK = 50;
const EVERY = 20;

const JSON_BODY = { 'Content-Type': 'application/json' };
const APPLY = { 'Content-Type': 'application/apply-patch+yaml' };

/**
 * What others notice of the largest objects that an API server takes: nothing.
 * @param part of the largest size; the demo cluster, in the test's own process, takes long over the largest.
 */
export function describeLargeObjects(startCluster: () => Promise<TestedCluster>, part = 1): void {
  let cluster: TestedCluster;
  let gateway: GatewayProcess;
  beforeAll(async () => {
    cluster = await startCluster();
    gateway = await startGatewayProcess(cluster);
    // What is asked first is compiled first.
    for (let ask = 0; ask < 20; ask += 1) await asked('GET', '/version');
    await throughEveryRoad(largeObjects('default', 0.05)[0] as LargeObject);
  });
  afterAll(async () => {
    await gateway?.close();
    await cluster?.close();
  });

  const asked = (method: string, target: string, headers = {}, body?: string): Promise<RawAnswer> =>
    rawRequest(gateway.kubeconfig, method, target, headers, body);

  /** Made, read, listed, watched, written back with its masks, applied in YAML, and deleted. */
  async function throughEveryRoad({ collection, name, object }: LargeObject): Promise<void> {
    const path = `${collection}/${name}`;
    const only = `fieldSelector=metadata.name%3D${name}`;
    expect(await asked('POST', collection, JSON_BODY, JSON.stringify(object))).toMatchObject({ status: 201 });
    const read = await asked('GET', path);
    expect(read.status).toBe(200);
    expect((await asked('GET', `${collection}?${only}`)).status).toBe(200);
    expect((await asked('GET', `${collection}?${only}`, { Accept: TABLE })).status).toBe(200);
    expect((await asked('GET', `${collection}?${only}&watch=true&timeoutSeconds=1`)).body).toContain('"ADDED"');
    expect(await asked('PUT', path, JSON_BODY, read.body)).toMatchObject({ status: 200 });
    const applied = await asked('PATCH', `${path}?fieldManager=large&force=true`, APPLY, stringify(object));
    expect(applied).toMatchObject({ status: 200 });
    expect((await asked('DELETE', path)).status).toBe(200);
  }

  /** The longest that anybody waited for `/version`, asked all the while. */
  async function waitedBeside(what: () => Promise<unknown>): Promise<number> {
    let isOver = false;
    let longest = 0;
    const beside = (async () => {
      while (!isOver) {
        const began = performance.now();
        expect((await asked('GET', '/version')).status).toBe(200);
        longest = Math.max(longest, performance.now() - began);
        await new Promise((done) => setTimeout(done, EVERY));
      }
    })();
    try {
      await what();
    } finally {
      isOver = true;
      await beside;
    }
    return longest;
  }

  describe('case 66: nobody waits for the largest legal objects', () => {
    it.each(largeObjects('default', part).map((one) => [one.what, one] as const))('%s', async (_what, one) => {
      await gateway.longestTask();
      await waitedBeside(() => throughEveryRoad(one));
      expect(await gateway.longestTask()).toBeLessThan(LONGEST_TASK);
    });
  });
}

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
