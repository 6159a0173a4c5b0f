import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { PolicyState } from '../../model/policy-state.ts';
import type { WatchedCluster } from '../../proxy/clusters/credential-at-hand.ts';
import { openCluster } from '../../proxy/clusters/kubeconfig-cluster.ts';
import type { Surroundings } from '../../proxy/policy/never-matches/surroundings.ts';
import type { PolicySource } from '../../proxy/policy/policy-source.ts';
import { PolicySurroundings } from '../../proxy/policy-surroundings.ts';
import { NO_POLICY } from './control/no-policy.ts';
import { type LoopbackCertificate, loopbackCertificate } from './fixtures/loopback-tls.ts';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

let folder: string;
let tls: LoopbackCertificate;
let server: Server;
let asked: string[];
/** What the API server has: paths with their answers. */
let answers: Map<string, readonly [status: number, json: unknown]>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-surroundings-'));
  tls = await loopbackCertificate();
  asked = [];
  answers = new Map();
  server = createServer({ cert: tls.certificate, key: tls.privateKey }, (request, response) => {
    asked.push(request.url ?? '');
    const [status, json] = answers.get(request.url ?? '') ?? [404, { kind: 'Status' }];
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

const serve = (group: string, ...names: string[]) => {
  answers.set(`/apis/${group}`, [200, { kind: 'APIGroup', versions: [{ version: 'v1' }] }]);
  answers.set(`/apis/${group}/v1`, [200, { kind: 'APIResourceList', resources: names.map((name) => ({ name })) }]);
};

async function open(context = 'shop', user: object = { token: 't' }): Promise<WatchedCluster> {
  const file = join(folder, 'config');
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const authority = Buffer.from(tls.certificate).toString('base64');
  const text = stringify({
    clusters: [{ name: 'c', cluster: { server: url, 'certificate-authority-data': authority } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: context, context: { cluster: 'c', user: 'u' } }],
  });
  await writeFile(file, text);
  return openCluster({ kubeconfigFiles: [file], context, labels: {} }, { log: silent });
}

/** A policy whose rules name those groups. */
function policyNaming(...groups: string[]) {
  const told: Surroundings[] = [];
  const listeners = new Set<(state: PolicyState) => void>();
  let state: PolicyState = { ...NO_POLICY.policy(), digest: 'one' };
  const policy: Pick<PolicySource, 'state' | 'onChange' | 'surroundedBy' | 'groupsToLookAt'> = {
    state: () => state,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    surroundedBy: (around) => {
      told.push(around);
      for (const look of watchers) look();
    },
    groupsToLookAt: () => groups,
  };
  const watchers = new Set<() => void>();
  const served = (group: string) => told.at(-1)?.clusters.map((one) => one.served.get(group) ?? null);
  return {
    policy: policy as PolicySource,
    told,
    served,
    change: (digest: string) => {
      state = { ...state, digest };
      for (const listener of listeners) listener(state);
    },
    until: (holds: () => boolean) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (!holds()) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
      }),
  };
}

function surroundingsOf(policy: PolicySource, askAgain = 60_000): PolicySurroundings {
  const principal = { user: 'local:ada', groups: ['gatehouse:local'] };
  return new PolicySurroundings({ policy, sessions: ['headless'], principal, log: silent, askAgain });
}

describe('what a policy is told of where the gateway runs', () => {
  it('clusters as they come and go, and the other contexts of their kubeconfigs; no cluster is asked anything', async () => {
    const { policy, told } = policyNaming();
    const surroundings = surroundingsOf(policy);
    const cluster = await open();
    surroundings.connected(cluster, ['shop', 'test']);
    expect(told.at(-1)).toMatchObject({ clusters: [{ name: 'shop', slug: 'shop' }], otherContexts: ['test'] });
    surroundings.disconnected('shop');
    expect(told.at(-1)).toMatchObject({ clusters: [], otherContexts: [], sessions: ['headless'] });
    await surroundings.close();
    expect(asked).toEqual([]);
  });

  it('what a cluster serves of the groups that rules name, and that it has nothing of one', async () => {
    serve('example.com', 'widgets', 'widgets/status');
    const { policy, served } = policyNaming('absent.example.com', 'example.com');
    const surroundings = surroundingsOf(policy);
    surroundings.connected(await open(), []);
    await surroundings.settled();
    expect(served('example.com')).toEqual([new Set(['widgets', 'widgets/status'])]);
    expect(served('absent.example.com')).toEqual([new Set()]);
    expect(asked).toEqual(['/apis/absent.example.com', '/apis/example.com', '/apis/example.com/v1']);
    await surroundings.close();
  });

  it.each<[string, readonly [number, unknown]]>([
    ['it may not be asked', [403, { kind: 'Status' }]],
    ['the group is served by something that is down', [503, 'service unavailable']],
    ['the answer is of another form', [200, { versions: 'many' }]],
    ['the answer holds what is no name', [200, { versions: [{ version: '../../x' }] }]],
  ])('nothing where %s', async (_why, answer) => {
    answers.set('/apis/example.com', answer);
    const { policy, served } = policyNaming('example.com');
    const surroundings = surroundingsOf(policy);
    surroundings.connected(await open(), []);
    await surroundings.settled();
    expect(served('example.com')).toEqual([null]);
    await surroundings.close();
  });

  it('nothing of a cluster whose plugin would have to run', async () => {
    const { policy, served } = policyNaming('example.com');
    const surroundings = surroundingsOf(policy);
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'signs-in', interactiveMode: 'Never' };
    surroundings.connected(await open('shop', { exec }), []);
    await surroundings.settled();
    expect(served('example.com')).toEqual([null]);
    expect(asked).toEqual([]);
    await surroundings.close();
  });

  it('what a cluster says once it answers, which it is asked for again', async () => {
    answers.set('/apis/example.com', [503, null]);
    const { policy, served, until } = policyNaming('example.com');
    const surroundings = surroundingsOf(policy, 10);
    surroundings.connected(await open(), []);
    await surroundings.settled();
    expect(served('example.com')).toEqual([null]);
    serve('example.com', 'widgets');
    await until(() => served('example.com')?.[0] !== null);
    expect(served('example.com')).toEqual([new Set(['widgets'])]);
    await surroundings.close();
  });

  it('what a cluster has for each policy anew: a definition may have come with the rule', async () => {
    const { policy, served, change } = policyNaming('example.com');
    const surroundings = surroundingsOf(policy);
    surroundings.connected(await open(), []);
    await surroundings.settled();
    expect(served('example.com')).toEqual([new Set()]);
    serve('example.com', 'widgets');
    change('two');
    await surroundings.settled();
    expect(served('example.com')).toEqual([new Set(['widgets'])]);
    await surroundings.close();
  });

  it('nothing after it was closed, also where a cluster never answers', async () => {
    server.removeAllListeners('request');
    const { policy, told } = policyNaming('example.com');
    const surroundings = surroundingsOf(policy);
    const arrived = once(server, 'request');
    surroundings.connected(await open(), []);
    await arrived;
    const before = told.length;
    await surroundings.close();
    expect(told.length).toBe(before);
  });
});
