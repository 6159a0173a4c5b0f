import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Folders } from '../../../main/folders.ts';
import { GatewayService } from '../../../main/gateway/gateway-service.ts';
import { type GatewayProtocol, gatewayProtocol } from '../../../main/gateway-host/protocol.ts';
import { type HostEmit, type HostHandlers, serveHost } from '../../../main/hosts/host-server.ts';
import { HostError } from '../../../main/hosts/protocol.ts';
import type { Fork } from '../../../main/hosts/supervised-host.ts';
import type { GatewayStatus } from '../../../preload/contract.ts';
import * as data from '../../renderer/bridge-data.ts';

/** A utility process that serves the gateway's protocol in this one: it knows what it was told since its start. */
class Host extends EventEmitter {
  readonly stdout = null;
  readonly stderr = null;
  readonly clusters = new Set<string>();
  readonly accesses = new Map<string, string | null>();
  authority: unknown = null;
  saidFarewell = false;
  started: unknown = null;
  emitEvent: HostEmit<GatewayProtocol> = () => {};
  readonly #listeners: Array<(message: unknown) => void> = [];

  constructor() {
    super();
    serveHost(
      gatewayProtocol,
      {
        post: (message) => setImmediate(() => this.emit('message', message)),
        onMessage: (listener) => this.#listeners.push((message) => listener(message, [])),
      },
      (emit) => {
        this.emitEvent = emit;
        return this.#handlers();
      },
    );
  }
  postMessage(message: unknown): void {
    for (const listener of this.#listeners) listener(message);
  }
  kill(): boolean {
    setImmediate(() => this.emit('exit', 9));
    return true;
  }
  #handlers(): HostHandlers<typeof gatewayProtocol> {
    const never = () => Promise.reject(new Error('not asked for here'));
    return {
      start: (started) => {
        this.started = started;
        const { authority } = started;
        this.authority = authority ?? { certificate: 'the first', privateKey: '' };
        const journalFindings = found.splice(0);
        return { url: 'https://127.0.0.1:4001', port: 4001, authority: this.authority as never, journalFindings };
      },
      connectCluster: ({ context }) => {
        if (deadly.delete(context)) {
          this.kill();
          return new Promise(() => {});
        }
        if (refused.has(context)) throw new HostError('context-unknown', `there is no ${context}`);
        this.clusters.add(context);
        return { slug: context };
      },
      disconnectCluster: (slug) => void this.clusters.delete(slug),
      openAccess: ({ id, cluster, namespace }) => {
        if (cluster !== null && !this.clusters.has(cluster)) throw new HostError('cluster-not-connected', 'connect it');
        this.accesses.set(id, namespace);
        return { kubeconfig: `/kubeconfigs/${id}.yaml` };
      },
      closeAccess: (id) => void this.accesses.delete(id),
      stop: () => {
        this.saidFarewell = true;
      },
      listContexts: never,
      lookAtCluster: never,
      waitingPolicy: never,
      acceptPolicy: never,
      policyUpgrade: never,
      takeOverPolicy: never,
      approvals: never,
      review: never,
      journal: never,
      policy: never,
      streams: never,
      endStream: never,
      answerSignIn: never,
      cancelSignIn: never,
    };
  }
}

/** What the next start finds missing of the journal. */
const found: string[] = [];
const hosts: Host[] = [];
const refused = new Set<string>();
/** The process dies of the next try to connect one of these. */
const deadly = new Set<string>();
const fork: Fork = () => {
  const host = new Host();
  hosts.push(host);
  return host;
};

const statuses: GatewayStatus[] = [];
const lost: Array<[string, string]> = [];
let gateway: GatewayService;
let kept: number;
const port = {
  get: () => kept,
  set: (next: number) => {
    kept = next;
  },
};
beforeEach(async () => {
  for (const list of [hosts, statuses, lost]) list.splice(0);
  refused.clear();
  kept = 0;
  gateway = new GatewayService({
    fork,
    entry: 'gateway-host.js',
    environment: {},
    folders: { logs: '/logs', policy: '/policy', data: '/data', kubeconfigs: '/kubeconfigs', keys: '/keys' } as Folders,
    keys: {
      maskKey: { kid: 'k', key: new Uint8Array(32) },
      journalKey: null,
      policyKey: { key: new Uint8Array(32), origin: 'made' },
    },
    principal: { user: 'local:dana', groups: [] },
    notices: ['the key store is not safe'],
    port,
    log: () => {},
  });
  gateway.events
    .on('status', (status) => statuses.push(status))
    .on('clusterLost', (slug, reason) => lost.push([slug, reason]));
  await gateway.start();
});
afterEach(() => gateway.stop());

const source = (context: string) => ({ kubeconfigFiles: [], context, labels: {} });
const terminal = { kind: 'inAppTerminal', id: 't-1', cluster: 'staging', namespace: 'web', writeTo: null } as const;
async function end(): Promise<Host> {
  hosts.at(-1)?.kill();
  await expect.poll(() => statuses.at(-1)?.state).toBe('restarting');
  await expect.poll(() => statuses.at(-1)?.state).toBe('running');
  return hosts.at(-1) as Host;
}

describe('a gateway that ended by itself', () => {
  test('comes back with its authority, its clusters and its sessions', async () => {
    await gateway.connectCluster(source('staging'));
    await gateway.openAccess(terminal);
    const again = await end();
    expect(hosts).toHaveLength(2);
    expect(again.authority).toEqual(hosts[0]?.authority);
    expect([...again.clusters]).toEqual(['staging']);
    expect([...again.accesses]).toEqual([['t-1', 'web']]);
  });

  test('says which cluster did not come back, and gives its terminals their way in when it is connected again', async () => {
    await gateway.connectCluster(source('staging'));
    await gateway.connectCluster(source('other'));
    await gateway.openAccess(terminal);
    refused.add('staging');
    const again = await end();
    expect(lost).toEqual([['staging', 'there is no staging']]);
    expect([...again.clusters]).toEqual(['other']);
    expect([...again.accesses]).toEqual([]);

    refused.clear();
    await gateway.connectCluster(source('staging'));
    expect([...again.accesses]).toEqual([['t-1', 'web']]);
  });

  test('and again while its clusters came back has lost none of them', async () => {
    await gateway.connectCluster(source('staging'));
    deadly.add('staging');
    hosts[0]?.kill();
    await expect.poll(() => hosts.length).toBe(3);
    await expect.poll(() => gateway.status().state).toBe('running');
    expect([...(hosts[2]?.clusters ?? [])]).toEqual(['staging']);
    expect(lost).toEqual([]);
  });

  test('forgets the sessions that were closed', async () => {
    await gateway.connectCluster(source('staging'));
    await gateway.openAccess(terminal);
    await gateway.closeAccess('t-1');
    expect([...(await end()).accesses]).toEqual([]);
  });

  test('makes a call wait until it is back', async () => {
    hosts[0]?.kill();
    await expect.poll(() => statuses.at(-1)?.state).toBe('restarting');
    await gateway.connectCluster(source('staging'));
    expect([...(hosts[1]?.clusters ?? [])]).toEqual(['staging']);
  });
});

test('a gateway that a person restarts is told to stop first, so that what waits there gets an answer', async () => {
  await gateway.connectCluster(source('staging'));
  await gateway.restart();
  await expect.poll(() => hosts.length).toBe(2);
  await expect.poll(() => gateway.status().state).toBe('running');
  expect(hosts[0]?.saidFarewell).toBe(true);
  expect([...(hosts[1]?.clusters ?? [])]).toEqual(['staging']);
});

describe('what the gateway process', () => {
  test('is started with is where the app keeps its things, and the port of before', async () => {
    expect(hosts[0]?.started).toMatchObject({
      port: 0,
      authority: null,
      policyFolder: '/policy',
      dataFolder: '/data',
      kubeconfigFolder: '/kubeconfigs',
      logFile: '/logs/gateway.log',
      principal: { user: 'local:dana' },
      journalKey: null,
    });
    expect(kept).toBe(4001);
    expect((await end()).started).toMatchObject({ port: 4001 });
  });

  test.each([
    ['records', data.journal.slice(0, 2)],
    ['approval', data.waitingImpersonation(new Date())],
    ['policy', data.policy],
    ['streams', [...data.streams]],
  ] as const)('tells of %s is heard, also of the one that takes its place', async (event, payload) => {
    const heard: unknown[] = [];
    gateway.events.on(event, (told: unknown) => heard.push(told));
    hosts[0]?.emitEvent(event, payload as never);
    await expect.poll(() => heard).toEqual([payload]);
    (await end()).emitEvent(event, payload as never);
    await expect.poll(() => heard).toEqual([payload, payload]);
  });

  test('says of its journal stands among the notices for as long as it holds', async () => {
    expect(gateway.status().notices).toEqual(['the key store is not safe']);
    hosts[0]?.emitEvent('journalProblem', 'no space left');
    await expect.poll(() => statuses.at(-1)?.notices).toEqual(['the key store is not safe', 'no space left']);
    hosts[0]?.emitEvent('journalProblem', null);
    await expect.poll(() => statuses.at(-1)?.notices).toEqual(['the key store is not safe']);
    hosts[0]?.emitEvent('journalProblem', 'no space left');
    await expect.poll(() => statuses.at(-1)?.notices.length).toBe(2);
    await end();
    expect(gateway.status().notices).toEqual(['the key store is not safe']);
  });

  test('case 64: found missing of its journal at a start is told for as long as the app runs, and told once', async () => {
    found.push('records 5 to 8 are missing');
    const started = await end();
    expect(started.started).toMatchObject({ journalWitness: '/keys/journal-head.json' });
    const notice = expect.stringMatching(/^The journal is not whole: records 5 to 8 are missing\. Activity/);
    expect(statuses.at(-1)?.notices).toEqual(['the key store is not safe', notice]);
    await end();
    expect(gateway.status().notices).toEqual(['the key store is not safe', notice]);
  });

  test('was told to leave alone it does not find again in the next one', async () => {
    await gateway.connectCluster(source('staging'));
    await gateway.connectCluster(source('other'));
    await gateway.disconnectCluster('staging');
    expect([...(hosts[0]?.clusters ?? [])]).toEqual(['other']);
    expect([...(await end()).clusters]).toEqual(['other']);
  });

  test('has for an address is told only while it runs', async () => {
    expect(gateway.status()).toMatchObject({ state: 'running', url: 'https://127.0.0.1:4001', restarts: 0 });
    await end();
    const states = statuses.map(({ state, url }) => [state, url]);
    expect(states).toContainEqual(['restarting', null]);
    expect(gateway.status()).toMatchObject({ url: 'https://127.0.0.1:4001', restarts: 1, problem: null });
  });
});
