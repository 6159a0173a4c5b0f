import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, test } from 'vitest';
import type { GatewayServiceEvents } from '../../main/gateway/gateway-service.ts';
import type { TerminalServiceEvents } from '../../main/terminals/terminal-service.ts';
import { startHosts, stopHosts, type WiredServices, wire } from '../../main/wiring.ts';
import * as data from '../renderer/bridge-data.ts';

/** Services that note, in order, what each of them and of the hearers was told. */
function setUp() {
  const heard: unknown[][] = [];
  const note =
    (who: string) =>
    (...what: unknown[]): void =>
      void heard.push([who, ...what]);
  const world = { demoComesBack: true, recordingsListed: true };
  const gatewayEvents = new EventEmitter<GatewayServiceEvents>();
  const terminalHostEvents = new EventEmitter<TerminalServiceEvents>();
  const services = {
    gateway: { events: gatewayEvents, start: async () => note('gateway.start')(), stop: async () => {} },
    demo: { events: new EventEmitter<{ restarted: [] }>(), stop: async () => {} },
    clusters: {
      events: new EventEmitter<{ changed: [typeof data.clusters]; connected: [string] }>(),
      lost: note('clusters.lost'),
      reconnectDemo: async () => {
        note('clusters.reconnectDemo')();
        if (!world.demoComesBack) throw new Error('it is gone');
      },
    },
    reachWatch: {
      follow: note('reachWatch.follow'),
      lookNow: async (...what) => note('reachWatch.lookNow')(...what),
      lookSoon: note('reachWatch.lookSoon'),
      forget: note('reachWatch.forget'),
      recorded: note('reachWatch.recorded'),
    },
    terminalService: {
      events: terminalHostEvents,
      start: async () => note('terminalService.start')(),
      stop: async () => {},
    },
    terminals: {
      events: new EventEmitter<{ changed: [typeof data.terminals]; moved: [string] }>(),
      recorded: note('terminals.recorded'),
      exited: note('terminals.exited'),
      prompted: note('terminals.prompted'),
      inFolder: note('terminals.inFolder'),
      startOn: note('terminals.startOn'),
      recordingFailed: note('terminals.recordingFailed'),
      lost: note('terminals.lost'),
    },
    workspace: { changed: note('workspace.changed') },
    recordings: {
      list: async () => {
        if (!world.recordingsListed) throw new Error('the host is gone');
        return [...data.recordings];
      },
    },
  } satisfies WiredServices;
  wire(services, {
    tell: note('page'),
    notifications: { changed: note('notifications.changed') },
    showSignIn: note('showSignIn'),
    log: { line: note('log') },
  });
  return { services, heard, world };
}

/** What follows of an event is told by promises that wait for nothing: they have all settled by then. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

let made: ReturnType<typeof setUp>;
beforeEach(() => {
  made = setUp();
});

const approval = data.waitingImpersonation(new Date());
const [one, two] = data.journal;
const records = one && two ? [one, two] : [];
const recordingsTold = ['page', 'recordings.changed', data.recordings];

describe('of what a service tells', () => {
  test.each<[string, (services: typeof made.services) => void, unknown[][]]>([
    [
      "the gateway's state, the page hears, and clusters are looked at anew",
      ({ gateway }) => gateway.events.emit('status', data.gateway),
      [['page', 'gateway.changed', data.gateway], ['reachWatch.lookSoon']],
    ],
    [
      'a gateway that is gone, the page hears, and what it knew of clusters is forgotten',
      ({ gateway }) => gateway.events.emit('status', { ...data.gateway, state: 'restarting' }),
      [['page', 'gateway.changed', { ...data.gateway, state: 'restarting' }], ['reachWatch.forget']],
    ],
    [
      'a cluster that a person connected, it is looked at',
      ({ clusters }) => clusters.events.emit('connected', 'staging'),
      [['reachWatch.lookNow', 'staging', 'connecting']],
    ],
    [
      'a cluster that did not come back with the gateway, the clusters hear',
      ({ gateway }) => gateway.events.emit('clusterLost', 'staging', 'no such context'),
      [['clusters.lost', 'staging', 'no such context']],
    ],
    [
      'journal records, the page hears at once and the terminals one by one',
      ({ gateway }) => gateway.events.emit('records', records),
      [
        ['page', 'journal.appended', records],
        ['terminals.recorded', one],
        ['terminals.recorded', two],
        ['reachWatch.recorded', records],
      ],
    ],
    [
      'a request that waits, the page hears, then the person is notified',
      ({ gateway }) => gateway.events.emit('approval', approval),
      [
        ['page', 'approvals.changed', approval],
        ['notifications.changed', approval],
      ],
    ],
    [
      'that a credential plugin asks nothing any more, its window hears and the page does not',
      ({ gateway }) => gateway.events.emit('signIn', null),
      [['showSignIn', null]],
    ],
    [
      'the policy, the page hears',
      ({ gateway }) => gateway.events.emit('policy', data.policy),
      [['page', 'policy.changed', data.policy]],
    ],
    [
      'open streams, the page hears, and that the recordings are others',
      ({ gateway }) => gateway.events.emit('streams', [...data.streams]),
      [['page', 'streams.changed', data.streams], recordingsTold],
    ],
    [
      'a demo cluster that came back, the clusters hear',
      ({ demo }) => demo.events.emit('restarted'),
      [['clusters.reconnectDemo']],
    ],
    [
      'clusters, the page hears, and the connected ones are followed',
      ({ clusters }) => clusters.events.emit('changed', data.clusters),
      [
        ['page', 'clusters.changed', data.clusters],
        ['reachWatch.follow', data.clusters.filter(({ state }) => state === 'connected').map(({ slug }) => slug)],
        ['terminals.startOn', data.clusters.filter(({ state }) => state === 'connected').map(({ slug }) => slug)],
        ['workspace.changed'],
      ],
    ],
    [
      'a shell that ended, its terminal hears, and the page of the recording',
      ({ terminalService }) => terminalService.events.emit('exited', { id: 't-1', code: 3 }),
      [['terminals.exited', 't-1', 3], recordingsTold],
    ],
    [
      'a prompt, its terminal hears',
      ({ terminalService }) => terminalService.events.emit('prompt', { id: 't-1', kubeconfig: '/elsewhere' }),
      [['terminals.prompted', 't-1', '/elsewhere']],
    ],
    [
      'a recording that failed, its terminal hears',
      ({ terminalService }) => terminalService.events.emit('recordingFailed', { id: 't-1', message: 'no space' }),
      [['terminals.recordingFailed', 't-1', 'no space']],
    ],
    [
      'a terminal host that died, the terminals hear',
      ({ terminalService }) => terminalService.events.emit('state', 'restarting'),
      [['terminals.lost']],
    ],
    [
      'a terminal host that died too often, the terminals hear',
      ({ terminalService }) => terminalService.events.emit('state', 'failed'),
      [['terminals.lost']],
    ],
    [
      'a terminal host that runs, the page hears by its recordings',
      ({ terminalService }) => terminalService.events.emit('state', 'running'),
      [recordingsTold],
    ],
    [
      'a terminal host that starts or was stopped, nobody hears',
      ({ terminalService }) => {
        terminalService.events.emit('state', 'starting');
        terminalService.events.emit('state', 'stopped');
      },
      [],
    ],
  ])('%s', async (_what, tell, expected) => {
    tell(made.services);
    await settled();
    expect(made.heard).toEqual(expected);
  });

  test('terminals, the page hears, and of recordings where there is one more or less', async () => {
    const { services, heard } = made;
    const [first] = data.terminals;
    const changes = [data.terminals, data.terminals, first ? [first] : []];
    for (const entries of changes) {
      services.terminals.events.emit('changed', entries);
      await settled();
    }
    expect(heard.filter(([who]) => who === 'page').map(([, event]) => event)).toEqual([
      'terminals.changed',
      'recordings.changed',
      'terminals.changed',
      'terminals.changed',
      'recordings.changed',
    ]);
  });

  test('recordings that cannot be listed now, nobody hears', async () => {
    const { services, heard, world } = made;
    world.recordingsListed = false;
    services.terminalService.events.emit('state', 'running');
    await settled();
    expect(heard).toEqual([]);
  });

  test('a demo cluster that cannot be connected again, the log hears', async () => {
    const { services, heard, world } = made;
    world.demoComesBack = false;
    services.demo.events.emit('restarted');
    await settled();
    expect(heard.at(-1)).toEqual(['log', 'the demo cluster could not be connected again', new Error('it is gone')]);
  });
});

describe('the hosts', () => {
  test('are started and not waited for; one that does not start is told to the log alone', async () => {
    const { services, heard } = made;
    const failed = new Error('no port');
    services.gateway.start = () => Promise.reject(failed);
    startHosts(services, { line: (...line) => void heard.push(['log', ...line]) });
    await settled();
    expect(heard).toEqual([['terminalService.start'], ['log', 'the gateway did not start', failed]]);
  });

  test('are stopped together, and the demo cluster once nothing speaks to it any more', async () => {
    const { services } = made;
    const order: string[] = [];
    const ends = new Map<string, () => void>();
    const stop = (name: string) => () => {
      order.push(`${name} stops`);
      return new Promise<void>((resolve) => ends.set(name, resolve));
    };
    services.terminalService.stop = stop('terminals');
    services.gateway.stop = stop('gateway');
    services.demo.stop = stop('demo');
    let stopped = false;
    const stopping = stopHosts(services).then(() => {
      stopped = true;
    });
    expect(order).toEqual(['terminals stops', 'gateway stops']);
    ends.get('terminals')?.();
    await settled();
    expect(order).toHaveLength(2);
    ends.get('gateway')?.();
    await settled();
    expect(order.at(-1)).toBe('demo stops');
    expect(stopped).toBe(false);
    ends.get('demo')?.();
    await stopping;
  });
});
