import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { gatewayHandlers } from '../../../main/gateway-host/gateway-handlers.ts';
import type { GatewayStart } from '../../../main/gateway-host/protocol.ts';
import type { JournalRecord } from '../../../model/journal-record.ts';
import type { Gateway, GatewayOptions } from '../../../proxy/gateway-door.ts';
import { FIRST_POLICY } from '../../proxy/policy/upgrade/first-policy.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-host-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function setUp(taken: number | null = null) {
  const options: GatewayOptions[] = [];
  const listeners = new Map<string, (payload: unknown) => void>();
  const events: Array<[string, unknown]> = [];
  const open: Array<{ auditId: string; kind: string }> = [];
  const ended: Array<[string, object]> = [];
  const asked: unknown[][] = [];
  const accepts: object[] = [];
  const policy = { status: 'loaded', digest: '', waiting: null as object | null };
  const note =
    (name: string, answer?: unknown) =>
    async (...given: unknown[]) => {
      asked.push([name, ...given]);
      return answer;
    };
  let authorities = 0;
  const handlers = gatewayHandlers(
    {
      openTerminalPair: null,
      largeBodyWorker: new URL('file:///large-body-worker.js'),
      async createGateway(given) {
        options.push(given);
        const { port } = given.listen;
        if (port === taken) throw Object.assign(new Error('in use'), { code: 'EADDRINUSE' });
        return {
          address: { host: '127.0.0.1', port: port || 5555, url: `https://127.0.0.1:${port || 5555}` },
          journalFindings: () => ['record 7 is missing'],
          streams: () => open,
          endStream: (auditId: string, reason: object) => ended.push([auditId, reason]) > 0,
          on: (name: string, listener: (payload: unknown) => void) => listeners.set(name, listener),
          connectCluster: note('connectCluster', { slug: 'staging' }),
          disconnectCluster: note('disconnectCluster'),
          openAccess: note('openAccess', { kubeconfig: '/kubeconfigs/t-1.yaml', url: 'https://127.0.0.1' }),
          closeAccess: note('closeAccess'),
          review: note('review', { id: 'a-1' }),
          policy: () => policy,
          acceptPolicy: async (accepted: object) => void accepts.push(accepted),
          journal: note('journal', []),
          close: note('close'),
        } as unknown as Gateway;
      },
      createCertificateAuthority: async () => {
        authorities += 1;
        return { certificate: `certificate ${authorities}`, privateKey: 'key' };
      },
      listContexts: async () => [],
    },
    (name, payload) => events.push([name, payload]),
  );
  return { handlers, options, listeners, events, open, ended, asked, accepts, policy };
}
const start = (change: Partial<GatewayStart> = {}): GatewayStart => ({
  port: 0,
  authority: null,
  policyFolder: folder,
  dataFolder: folder,
  kubeconfigFolder: folder,
  logFile: join(folder, 'gateway.log'),
  principal: { user: 'local:dana', groups: [] },
  maskKey: { kid: 'k', key: new Uint8Array(32) },
  journalKey: null,
  journalWitness: join(folder, 'journal-head.json'),
  policyKey: { key: new Uint8Array(32), origin: 'made' },
  ...change,
});

describe('the gateway host', () => {
  test('makes the authority at the first start of a launch, and takes it again after that', async () => {
    const { handlers, options } = setUp();
    const first = await handlers.start(start(), []);
    expect(first).toMatchObject({ port: 5555, authority: { certificate: 'certificate 1' } });
    await handlers.start(start({ authority: first.authority, port: first.port }), []);
    expect(options[1]).toMatchObject({
      certificateAuthority: first.authority,
      listen: { host: '127.0.0.1', port: 5555 },
    });
  });

  test('chooses another port when the one of the last run is taken', async () => {
    const { handlers } = setUp(4444);
    expect((await handlers.start(start({ port: 4444 }), [])).port).toBe(5555);
  });

  test("writes what failed inside into the gateway's log, with the stack", async () => {
    const { handlers, options } = setUp();
    await handlers.start(start(), []);
    options[0]?.log.error(
      { event: 'internal-error', error: new Error('a bug of ours'), auditId: 'a-1' },
      'The gateway failed',
    );
    const [entry] = readFileSync(join(folder, 'gateway.log'), 'utf8').trim().split('\n');
    expect(JSON.parse(entry ?? '')).toMatchObject({
      level: 50,
      msg: 'The gateway failed',
      auditId: 'a-1',
      error: {
        type: 'Error',
        message: 'a bug of ours',
        stack: expect.stringMatching(/^Error: a bug of ours\n +at .*gateway-handlers\.test\.ts/),
      },
    });
  });

  test('says so when it is asked before it was started', async () => {
    expect(() => setUp().handlers.policy(undefined, [])).toThrow(/not started/);
    expect(() => setUp().handlers.policyUpgrade(undefined, [])).toThrow(/not started/);
  });

  test('compares its policy folder, and writes into it what was chosen of what it showed', async () => {
    const { handlers } = setUp();
    for (const [name, text] of FIRST_POLICY) writeFileSync(join(folder, name), text);
    await handlers.start(start(), []);
    const { digest } = await handlers.policyUpgrade(undefined, []);
    const done = await handlers.takeOverPolicy({ digest, parts: ['never/act-as-privileged'], by: 'local:dana' }, []);
    expect(done).toMatchObject({ taken: ['never/act-as-privileged'], files: ['never.yaml'] });
    expect(readFileSync(join(folder, 'never.yaml'), 'utf8')).toContain('- id: act-as-privileged\n');
    await expect(
      handlers.takeOverPolicy({ digest, parts: ['everyday/namespaces'], by: 'local:dana' }, []),
    ).rejects.toMatchObject({
      code: 'policy-folder-changed',
    });
  });

  test.each([
    ['is accepted by the yes to it', null, 1],
    ['is not accepted where something else waits, which the yes was not for', { digest: 'another' }, 0],
  ])('case 63: what is taken over %s', async (_what, waiting, times) => {
    const { handlers, accepts, policy } = setUp();
    for (const [name, text] of FIRST_POLICY) writeFileSync(join(folder, name), text);
    await handlers.start(start(), []);
    const { digest } = await handlers.policyUpgrade(undefined, []);
    Object.assign(policy, { digest, waiting });
    const done = await handlers.takeOverPolicy({ digest, parts: ['everyday/namespaces'], by: 'local:dana' }, []);
    expect(accepts).toEqual(Array(times).fill({ digest: done.digest, by: 'local:dana' }));
  });

  test('tells what people hold open whenever that changes, and nothing of watches and logs', async () => {
    const { handlers, listeners, events, open, ended } = setUp();
    await handlers.start(start(), []);
    const changed = () => listeners.get('streams')?.(undefined);
    const exec = { auditId: 'a-1', kind: 'exec' };
    open.push({ auditId: 'w-1', kind: 'watch' });
    changed();
    expect(events).toEqual([]);
    open.push(exec);
    changed();
    open.shift();
    changed();
    expect(events).toEqual([['streams', [exec]]]);
    expect(handlers.streams(undefined, [])).toEqual([exec]);
    open.pop();
    changed();
    expect(events.at(-1)).toEqual(['streams', []]);
    const by = { by: 'local:dana', comment: 'enough' };
    expect(handlers.endStream({ auditId: 'a-1', ...by }, [])).toBe(true);
    expect(ended).toEqual([['a-1', by]]);
  });

  test('tells of journal records in batches, in order, none lost when it stops', async () => {
    const { handlers, options, events } = setUp();
    await handlers.start(start(), []);
    const [sink] = options[0]?.journalSinks ?? [];
    for (let seq = 1; seq <= 1200; seq += 1) sink?.({ seq } as JournalRecord);
    await handlers.stop(undefined, []);
    const batches = events.map(([, payload]) => payload as JournalRecord[]);
    expect(batches.map((batch) => batch.length)).toEqual([500, 500, 200]);
    expect(batches.flat().map(({ seq }) => seq)).toEqual(Array.from({ length: 1200 }, (_, index) => index + 1));
  });

  test("hands each of main's questions on to the gateway as it was asked", async () => {
    const { handlers, asked } = setUp();
    await handlers.start(start(), []);
    const source = { kubeconfigFiles: ['/own'], context: 'staging', labels: { environment: 'other' } };
    expect(await handlers.connectCluster(source, [])).toEqual({ slug: 'staging' });
    await handlers.disconnectCluster('staging', []);
    const access = { kind: 'inAppTerminal', id: 't-1', cluster: 'staging', namespace: 'web' } as const;
    expect(await handlers.openAccess({ ...access, writeTo: null }, [])).toEqual({
      kubeconfig: '/kubeconfigs/t-1.yaml',
    });
    await handlers.openAccess({ ...access, writeTo: '/elsewhere.yaml' }, []);
    await handlers.closeAccess('t-1', []);
    const vote = { id: 'a-1', verdict: 'deny', by: 'local:dana', comment: 'not now' } as const;
    await handlers.review(vote, []);
    await handlers.journal({ filter: { text: 'pods' }, limit: 5, before: null }, []);
    await handlers.journal({ filter: {}, limit: 5, before: 0 }, []);
    await handlers.stop(undefined, []);
    expect(asked).toEqual([
      ['connectCluster', source],
      ['disconnectCluster', 'staging'],
      ['openAccess', access],
      ['openAccess', { ...access, writeTo: '/elsewhere.yaml' }],
      ['closeAccess', 't-1'],
      ['review', vote],
      ['journal', { text: 'pods' }, { limit: 5 }],
      ['journal', {}, { limit: 5, before: 0 }],
      ['close'],
    ]);
  });

  test.each(['approval', 'policy', 'journalProblem'])('tells main of %s as it comes', async (event) => {
    const { handlers, listeners, events } = setUp();
    await handlers.start(start(), []);
    listeners.get(event)?.('told');
    expect(events).toEqual([[event, 'told']]);
  });
});
