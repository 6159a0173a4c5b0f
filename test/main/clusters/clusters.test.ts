import { beforeEach, describe, expect, test } from 'vitest';
import { Clusters } from '../../../main/clusters/clusters.ts';
import type { DemoCluster } from '../../../main/clusters/demo-cluster.ts';
import type { GatewayService } from '../../../main/gateway/gateway-service.ts';
import { HostError } from '../../../main/hosts/protocol.ts';
import type { ClusterReach } from '../../../model/cluster-reach.ts';
import type { ContextListing } from '../../../model/context-listing.ts';

const listing = (context: string, problem: string | null = null): ContextListing => ({
  context,
  slug: context,
  server: 'https://192.0.2.1',
  user: 'dana',
  namespace: 'default',
  file: '/home/dana/.kube/config',
  plugin: null,
  passedOver: [],
  problem,
});

const UNREACHABLE: ClusterReach = {
  state: 'unreachable',
  trouble: 'refused',
  problem: 'nothing listens there',
  checkedAt: '2026-03-01T10:00:00.000Z',
  latency: null,
  serverVersion: null,
  certificateExpires: null,
  signIn: { plugin: null, expires: null, due: false, user: null },
};

let inFiles: ContextListing[];
let refusal: HostError | null;
let clusters: Clusters;
let connected: object[];
beforeEach(() => {
  inFiles = [listing('staging'), listing('production-eu')];
  refusal = null;
  connected = [];
  clusters = new Clusters({
    gateway: {
      call: async () => inFiles,
      connectCluster: async (source: object) => {
        connected.push(source);
        if (refusal) throw refusal;
      },
      disconnectCluster: async () => {},
    } as unknown as GatewayService,
    demo: { started: null } as DemoCluster,
    files: () => ['/home/dana/.kube/config'],
  });
});
const states = () => clusters.entries().map(({ slug, state, problem }) => [slug, state, problem]);

describe('the clusters', () => {
  test('are those of the kubeconfig files, production ones marked', async () => {
    await clusters.refresh();
    expect(clusters.entries().map(({ slug, production }) => [slug, production])).toEqual([
      ['staging', false],
      ['production-eu', true],
    ]);
  });

  test('say why one could not be connected', async () => {
    refusal = new HostError('upstream-unreachable', 'nobody answers');
    await expect(clusters.connect('staging')).rejects.toThrow('nobody answers');
    expect(states()[0]).toEqual(['staging', 'failed', 'nobody answers']);
    refusal = null;
    expect(await clusters.connect('staging')).toMatchObject({ state: 'connected', problem: null });
  });

  test('keep a connected one that its file has lost, until it is disconnected', async () => {
    await clusters.connect('staging');
    inFiles = [];
    await clusters.refresh();
    expect(clusters.connected('staging').context).toBe('staging');
    await clusters.disconnect('staging');
    expect(states()).toEqual([]);
  });

  test('keep saying that one did not come back with the gateway, also when its file has lost it', async () => {
    await clusters.connect('staging');
    inFiles = [];
    clusters.lost('staging', 'no such context');
    await clusters.refresh();
    expect(states()).toEqual([['staging', 'failed', 'no such context']]);
    expect(() => clusters.connected('staging')).toThrow('Connect staging first');
  });
});

describe('what a look found of a cluster', () => {
  test('is told with it while it is connected, and no longer', async () => {
    const told: unknown[] = [];
    clusters.events.on('connected', (slug) => told.push(slug));
    await clusters.connect('staging');
    expect(told).toEqual(['staging']);
    clusters.found('staging', UNREACHABLE);
    expect(clusters.entry('staging')).toMatchObject({ state: 'connected', reach: UNREACHABLE });
    await clusters.disconnect('staging');
    clusters.found('staging', UNREACHABLE);
    expect(clusters.entry('staging')).toMatchObject({ state: 'available', reach: null });
    await clusters.connect('staging');
    expect(clusters.entry('staging').reach).toBeNull();
  });
});

describe('kubeconfig files that were written while the app runs', () => {
  test('are told with what they hold now, and not where they say the same', async () => {
    await clusters.refresh();
    const told: unknown[] = [];
    clusters.events.on('changed', (entries) => told.push(entries.map(({ slug }) => slug)));
    await clusters.reread();
    expect(told).toEqual([]);
    inFiles = [...inFiles, listing('fresh')];
    await clusters.reread();
    expect(told).toEqual([['staging', 'production-eu', 'fresh']]);
  });

  test('say of a connected cluster that they have lost it', async () => {
    await clusters.connect('staging');
    inFiles = [];
    await clusters.reread();
    expect(clusters.entries()).toMatchObject([{ slug: 'staging', state: 'connected', gone: true }]);
    inFiles = [listing('staging')];
    await clusters.reread();
    expect(clusters.entries()).toMatchObject([{ slug: 'staging', state: 'connected', gone: false }]);
  });
});

describe('a cluster that was connected when the app ended', () => {
  test('is connected again', async () => {
    await clusters.refresh();
    await clusters.comeBack('staging');
    expect(states()[0]).toEqual(['staging', 'connected', null]);
  });

  test('waits for a person where a plugin gives its credential, and says so', async () => {
    inFiles = [{ ...listing('staging'), plugin: 'kubelogin' }];
    await clusters.refresh();
    await clusters.comeBack('staging');
    expect(connected).toEqual([]);
    expect(states()[0]).toEqual(['staging', 'signed-out', null]);
    expect(await clusters.connect('staging')).toMatchObject({ state: 'connected' });
  });

  test.each(['nowhere', 'broken', '../../etc', ''])('is left alone where it cannot be had: %j', async (slug) => {
    inFiles = [listing('broken', 'it has no user')];
    await clusters.refresh();
    await clusters.comeBack(slug);
    expect(connected).toEqual([]);
  });
});

test.each([
  ['production-eu', 'production'],
  ['eu_live', 'production'],
  ['PRD2', 'production'],
  ['staging', 'other'],
  ['product-catalogue', 'other'],
  ['olive', 'other'],
])('policy is told that %s is of the environment %s', async (context, environment) => {
  inFiles = [listing(context)];
  await clusters.connect(context);
  expect(connected).toEqual([{ kubeconfigFiles: ['/home/dana/.kube/config'], context, labels: { environment } }]);
});

test('a cluster is asked for nothing before it is connected, nor once it is not any more', async () => {
  await clusters.refresh();
  const refused = expect.objectContaining({ code: 'cluster-not-connected' });
  expect(() => clusters.connected('staging')).toThrow(refused);
  await clusters.connect('staging');
  expect(clusters.connected('staging')).toMatchObject({ slug: 'staging' });
  await clusters.disconnect('staging');
  expect(() => clusters.connected('staging')).toThrow(refused);
  expect(() => clusters.connected('nowhere')).toThrow(expect.objectContaining({ code: 'cluster-unknown' }));
});

test('each change of the clusters is told', async () => {
  const told: unknown[] = [];
  clusters.events.on('changed', (entries) => told.push(entries.find(({ slug }) => slug === 'staging')?.state));
  await clusters.connect('staging');
  clusters.lost('staging', 'gone');
  await clusters.disconnect('staging');
  expect(told).toEqual(['connecting', 'connected', 'failed', 'available']);
});

describe('a cluster that its kubeconfig makes unusable', () => {
  test('is not even tried', async () => {
    inFiles = [listing('legacy', 'the client certificate expired: get a new kubeconfig')];
    await expect(clusters.connect('legacy')).rejects.toMatchObject({
      code: 'cluster-unusable',
      message: 'the client certificate expired: get a new kubeconfig',
    });
    expect(connected).toEqual([]);
  });
});

describe('the demo cluster', () => {
  /** What the gateway and the demo's process were asked, in order. */
  function withDemo() {
    const steps: unknown[][] = [];
    let started: { kubeconfig: string; context: string } | null = null;
    const all = new Clusters({
      gateway: {
        call: (async (_name: string, files: readonly string[]) =>
          files.includes('/demo/kubeconfig.yaml') ? [listing('demo')] : inFiles) as GatewayService['call'],
        connectCluster: async ({ kubeconfigFiles, labels }) => {
          steps.push(['connect', kubeconfigFiles, labels]);
          return 'demo';
        },
        disconnectCluster: async (slug) => void steps.push(['disconnect', slug]),
      },
      demo: {
        get started() {
          return started;
        },
        start: async () => {
          started = { kubeconfig: '/demo/kubeconfig.yaml', context: 'demo' };
          return started;
        },
        stop: async () => {
          started = null;
          steps.push(['stop']);
        },
      },
      files: () => ['/home/dana/.kube/config'],
    });
    return { all, steps };
  }
  const connect = ['connect', ['/demo/kubeconfig.yaml'], { environment: 'demo' }];

  test('is connected when it is started, from its own kubeconfig alone', async () => {
    const { all, steps } = withDemo();
    expect(await all.startDemo()).toMatchObject({ slug: 'demo', demo: true, state: 'connected' });
    expect(steps).toEqual([connect]);
    expect(all.entries().map(({ slug, demo }) => [slug, demo])).toEqual([
      ['staging', false],
      ['production-eu', false],
      ['demo', true],
    ]);
  });

  test('is disconnected before it is stopped, and listed no longer', async () => {
    const { all, steps } = withDemo();
    await all.startDemo();
    await all.stopDemo();
    expect(steps).toEqual([connect, ['disconnect', 'demo'], ['stop']]);
    expect(all.entries().some(({ demo }) => demo)).toBe(false);
  });

  test('that came back by itself is connected again, and left alone where nobody had connected it', async () => {
    const { all, steps } = withDemo();
    await all.startDemo();
    await all.reconnectDemo();
    expect(steps).toEqual([connect, ['disconnect', 'demo'], connect]);
    await all.disconnect('demo');
    steps.splice(0);
    await all.reconnectDemo();
    expect(steps).toEqual([]);
  });
});
