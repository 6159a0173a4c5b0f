import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { type GatewayProcess, startGatewayProcess } from '../environment/gateway-process.ts';
import { customKind, type LargeObject, largeObjects, largeWrites, manySecrets } from '../environment/large-objects.ts';
import { gatewayConnection, type RawAnswer, rawRequest } from '../environment/raw-request.ts';
import type { TestedCluster } from '../environment/tested-cluster.ts';

/** Milliseconds of the gateway's event loop. */
const LONGEST_TASK = 50;
/**
 * Of a Deployment with thousands of fields that are owned: the API server's answers to the questions of evaluation are twice as
 * large as it is, and the serving thread parses them (docs/decisions/large-bodies.md).
 */
const LONGEST_TASK_OF_MANY_FIELDS = 250;
/** How much longer than without the object anybody may wait, */
const TIMES = 3;
/**
 * and what is not told from what else the machine does: the wall clock counts the threads and programs that have the
 * processors, which are two with ten that want them. How long the gateway itself takes is told by its longest task.
 * Milliseconds.
 */
const FLOOR = 3_000;
const RUNS = 3;
const MOST_YAML = 1024 * 1024;
/** Milliseconds between two looks at what waits for a person. */
const LOOKS = 50;

const JSON_BODY = { 'Content-Type': 'application/json' };
const APPLY = { 'Content-Type': 'application/apply-patch+yaml' };
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

/**
 * What others notice of the largest objects that an API server takes: nothing.
 * @param part of the largest size; the demo cluster, in the test's own process, takes long over the largest.
 */
export function describeLargeObjects(startCluster: () => Promise<TestedCluster>, part = 1): void {
  let cluster: TestedCluster;
  let gateway: GatewayProcess;
  let asker: Worker;
  beforeAll(async () => {
    cluster = await startCluster();
    gateway = await startGatewayProcess(cluster);
    asker = new Worker(new URL('../environment/version-asker.mjs', import.meta.url), {
      workerData: await gatewayConnection(gateway.kubeconfig),
    });
    // What is asked first is compiled first.
    for (const small of largeObjects('default', 0.05).slice(0, 1)) await prepared(small)();
    await prepared(largeWrites('default', 0.05).deployment)();
  });
  afterAll(async () => {
    await asker?.terminate();
    await gateway?.close();
    await cluster?.close();
  });

  const asked = (method: string, target: string, headers = {}, body?: string): Promise<RawAnswer> =>
    rawRequest(gateway.kubeconfig, method, target, headers, body);
  const direct = (method: string, target: string, headers = {}, body?: string): Promise<RawAnswer> =>
    rawRequest(cluster.kubeconfig, method, target, headers, body);

  /** Made, read, listed, watched, written back with its masks, applied in YAML, and deleted. */
  function prepared({ collection, name, object }: LargeObject): () => Promise<void> {
    const path = `${collection}/${name}`;
    const only = `fieldSelector=metadata.name%3D${name}`;
    const json = JSON.stringify(object);
    const yaml = stringify(object, { aliasDuplicateObjects: false });
    // More YAML than that is refused; kubectl sends JSON here, which is YAML too.
    const apply = yaml.length < MOST_YAML ? yaml : json;
    return async () => {
      expect(await asked('POST', collection, JSON_BODY, json)).toMatchObject({ status: 201 });
      const read = await asked('GET', path);
      expect(read.status).toBe(200);
      expect((await asked('GET', `${collection}?${only}`)).status).toBe(200);
      expect((await asked('GET', `${collection}?${only}`, { Accept: TABLE })).status).toBe(200);
      expect((await asked('GET', `${collection}?${only}&watch=true&timeoutSeconds=1`)).body).toContain('"ADDED"');
      expect(await writtenBack(path, read.body)).toMatchObject({ status: 200 });
      const applied = await asked('PATCH', `${path}?fieldManager=large&force=true`, APPLY, apply);
      expect(applied.status, applied.body).toBe(200);
      expect((await asked('DELETE', path)).status).toBe(200);
      await gone(path);
    };
  }

  /** What has finalizers, as a CustomResourceDefinition has, is there for a while after it is deleted. */
  async function gone(path: string): Promise<void> {
    await vi.waitFor(async () => expect((await direct('GET', path)).status).toBe(404), { timeout: 60_000 });
  }

  /** What a controller wrote into meanwhile is read again. */
  async function writtenBack(path: string, first: string): Promise<RawAnswer> {
    let written = await asked('PUT', path, JSON_BODY, first);
    for (let again = 0; written.status === 409 && again < 5; again += 1) {
      written = await asked('PUT', path, JSON_BODY, (await asked('GET', path)).body);
    }
    return written;
  }

  /** The longest that anybody waited for `/version`, asked all the while. */
  async function waitedBeside(what: () => Promise<unknown>): Promise<number> {
    await waited();
    await what();
    return waited();
  }

  async function waited(): Promise<number> {
    asker.postMessage('longest');
    const [longest] = await once(asker, 'message');
    return longest as number;
  }

  /** @param small the same with nothing large in it. */
  async function nobodyWaits(
    small: () => Promise<unknown>,
    large: () => Promise<unknown>,
    most = LONGEST_TASK,
  ): Promise<void> {
    const usual = await waitedBeside(small);
    let [task, beside] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    // What else the machine does adds to the time of a processor too, and takes nothing away: the least of a few counts.
    for (let run = 0; run < RUNS && task >= most; run += 1) {
      await gateway.longestTask();
      beside = Math.min(beside, await waitedBeside(large));
      task = Math.min(task, await gateway.longestTask());
    }
    expect(task).toBeLessThan(most);
    // The demo cluster answers from this process, which is busy with the object itself.
    if (cluster.name === 'real') expect(beside).toBeLessThan(Math.max(TIMES * usual, FLOOR));
  }

  /** What waits for a person is agreed to. */
  async function agreed(what: () => Promise<unknown>): Promise<void> {
    let isOver = false;
    const person = (async () => {
      while (!isOver) {
        await gateway.agree();
        await new Promise((done) => setTimeout(done, LOOKS));
      }
    })();
    await what().finally(() => {
      isOver = true;
    });
    await person;
  }

  describe('case 66: nobody waits for the largest legal objects', () => {
    const small = largeObjects('default', 0.001);
    it.each(largeObjects('default', part).map((one, at) => [one.what, one, small[at] ?? one] as const))(
      '%s',
      async (_what, one, without) => nobodyWaits(prepared(without), prepared(one)),
    );

    const [writes, smallWrites] = [largeWrites('default', part), largeWrites('default', 0.02)];
    it(writes.deployment.what, () =>
      nobodyWaits(prepared(smallWrites.deployment), prepared(writes.deployment), LONGEST_TASK_OF_MANY_FIELDS),
    );

    it(writes.definition.what, async ({ skip }) => {
      if (cluster.name === 'demo') skip('the demo cluster takes no other kinds');
      await agreed(() => nobodyWaits(prepared(smallWrites.definition), prepared(writes.definition)));
    });

    it(writes.custom.what, async ({ skip }) => {
      if (cluster.name === 'demo') skip('the demo cluster takes no other kinds');
      const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
      await direct('POST', definitions, JSON_BODY, JSON.stringify(customKind('deeps', 'Deep')));
      await expect
        .poll(async () => (await direct('GET', writes.custom.collection)).status, { timeout: 20_000 })
        .toBe(200);
      await nobodyWaits(prepared(smallWrites.custom), prepared(writes.custom));
    });

    it('a list of 500 Secrets', async () => {
      const secrets = '/api/v1/namespaces/default/secrets';
      const many = manySecrets('default', part);
      const [clear = ''] = Object.values(Object(many[0]?.['data'])).map(String);
      for (const secret of many) {
        expect((await direct('POST', secrets, JSON_BODY, JSON.stringify(secret))).status).toBe(201);
      }
      const list = (limit: string) => async () => {
        const read = await asked('GET', `${secrets}?labelSelector=many%3Dsecrets${limit}`);
        expect(read).toMatchObject({ status: 200 });
        expect(read.body).not.toContain(clear);
      };
      await nobodyWaits(list('&limit=1'), list(''));
    });
  });
}
