import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDemo } from './environment/demo.ts';
import { type RunningGateway, startGateway } from './environment/running-gateway.ts';
import type { TestedCluster } from './environment/tested-cluster.ts';
import { leaked, makeCanary } from './suites/canaries.ts';

const namespace = 'gatehouse-chained';
const INNER_TOKEN = /gatehouse-masked\.v1\.inner\.[A-Za-z0-9_-]{22}/;

/** kubectl → outer gateway → inner gateway → cluster: the upstream is a gateway too, under a path of its own. */
describe('a gateway in front of a gateway', () => {
  const canary = makeCanary('chained');
  let cluster: TestedCluster;
  let inner: RunningGateway;
  let outer: RunningGateway;

  beforeAll(async () => {
    cluster = await startDemo();
    inner = await startGateway(cluster, 'inner');
    outer = await startGateway({ ...cluster, kubeconfig: inner.kubeconfig }, 'outer');
    await inner.directly(['create', 'namespace', namespace]);
    const literal = `--from-literal=password=${canary.value}`;
    await inner.directly([
      '-n',
      namespace,
      'create',
      'secret',
      'generic',
      'database',
      literal,
      '--from-literal=other=plain-text-value',
    ]);
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web', namespace },
      spec: { containers: [{ name: 'web', image: 'registry.example/web:1' }] },
    };
    await inner.directly(['apply', '-f', '-'], { input: JSON.stringify(pod) });
    await inner.directly(['-n', namespace, 'wait', '--for=condition=Ready', 'pod/web', '--timeout=120s']);
  });
  afterAll(async () => {
    await outer.close();
    await inner.close();
    await cluster.close();
  });

  it('reads, and both journals have the request', async () => {
    const { stdout, stderr, code } = await outer.kubectl(['-n', namespace, 'get', 'pods', '-o', 'name']);
    expect({ stdout, stderr, code }).toEqual({ stdout: 'pod/web\n', stderr: '', code: 0 });
    for (const gateway of [outer, inner]) {
      const decided = (await gateway.records()).filter((record) => record.type === 'decided');
      expect(decided.some(({ request }) => request.resource === 'pods' && request.namespace === namespace)).toBe(true);
    }
  });

  it('knows the inner gateway under its path', async () => {
    const [{ server } = { server: '' }] = outer.gateway.clusters();
    expect(server).toBe(`${inner.gateway.address.url}/c/${inner.slug}`);
  });

  it('masks nothing twice: the inner gateway’s masks come through as they are', async () => {
    const { stdout, stderr, code } = await outer.kubectl(['-n', namespace, 'get', 'secret', 'database', '-o', 'json']);
    expect(code, stderr).toBe(0);
    expect(leaked(stdout + stderr, [canary])).toEqual([]);
    const { data } = JSON.parse(stdout) as { data: Record<string, string> };
    expect(Buffer.from(data['password'] ?? '', 'base64').toString()).toMatch(INNER_TOKEN);
  });

  it('takes masks back that it did not make: the inner gateway puts the values in', async () => {
    const read = await outer.kubectl(['-n', namespace, 'get', 'secret', 'database', '-o', 'json']);
    const secret = JSON.parse(read.stdout) as { metadata: { labels?: Record<string, string> } };
    secret.metadata.labels = { changed: 'yes' };
    const { stderr, code } = await outer.kubectl(['replace', '-f', '-'], { input: JSON.stringify(secret) });
    expect(code, stderr).toBe(0);
    const stored = await inner.directly(['-n', namespace, 'get', 'secret', 'database', '-o', 'json']);
    const { data, metadata } = JSON.parse(stored.stdout) as {
      data: Record<string, string>;
      metadata: { labels: unknown };
    };
    expect(Buffer.from(data['password'] ?? '', 'base64').toString()).toBe(canary.value);
    expect(metadata.labels).toEqual({ changed: 'yes' });
  });

  it.each([
    ['WebSocket', {}],
    ['SPDY', { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false' }],
  ])('executes over %s through both, with input and exit status', async (_transport, environment) => {
    // Before an exec the outer gateway asks the cluster what the pod's account may do, and the inner one asks a person.
    const stop = inner.gateway.on('approval', ({ id, state, held }) => {
      if (state !== 'PENDING' || !held) return;
      void inner.gateway.review({ id, verdict: 'approve', by: 'local:tester', comment: null }).catch(() => undefined);
    });
    const { stdout, code } = await outer.kubectl(
      ['-n', namespace, 'exec', '-i', 'web', '--', 'sh', '-c', 'cat; exit 7'],
      { input: 'through both\n', environment },
    );
    stop();
    expect({ stdout, code }).toEqual({ stdout: 'through both\n', code: 7 });
  });

  it('says what the inner gateway refuses in its words', async () => {
    const { stderr, code } = await outer.kubectl(['get', '--raw', `/c/${outer.slug}/metrics`]);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/denied|Forbidden/i);
    const open = await outer.writePolicy(
      'open.yaml',
      'apiVersion: gatehouse/v1\nkind: AccessPolicy\nmetadata: {name: open}\nspec:\n  rules:\n    - {id: node-writes, effect: allow, match: {verbs: [delete], resources: [pods]}}\n',
    );
    const close = await inner.writePolicy(
      'closed.yaml',
      'apiVersion: gatehouse/v1\nkind: AccessPolicy\nmetadata: {name: closed}\nspec:\n  rules:\n    - {id: no-deletes, effect: deny, match: {verbs: [delete], resources: [pods]}, message: the inner gateway says no}\n',
    );
    const deleted = await outer.kubectl(['-n', namespace, 'delete', 'pod', 'web', '--wait=false']);
    await Promise.all([open(), close()]);
    expect(deleted.code).not.toBe(0);
    expect(deleted.stderr).toContain('the inner gateway says no');
  });

  it('passes the warnings of both on', async () => {
    const answer = await outer.request('GET', `/api/v1/namespaces/${namespace}/secrets/database`);
    const warnings = answer.headers.filter(([name]) => name.toLowerCase() === 'warning').map(([, value]) => value);
    expect(answer.status).toBe(200);
    expect(warnings.some((warning) => /masked/.test(warning))).toBe(true);
    expect(new Set(warnings).size).toBe(warnings.length);
  });

  it('ends a watch cleanly when the inner gateway goes, and says why nothing works then', async () => {
    const watch = outer.startKubectl(['-n', namespace, 'get', 'pods', '--watch', '-o', 'name']);
    await watch.saw(/pod\/web/);
    await inner.gateway.close();
    const ended = await watch.done;
    expect(ended.stderr).not.toMatch(/panic/);
    const gone = await outer.kubectl(['-n', namespace, 'get', 'pods']);
    expect(gone.code).not.toBe(0);
    // A gateway that stops takes the kubeconfig away that it wrote.
    expect(gone.stderr).toMatch(/headless-suite\.yaml does not exist/);
  });
});
