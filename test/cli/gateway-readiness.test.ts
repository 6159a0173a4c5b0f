import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { rawRequest } from '../gateway/environment/raw-request.ts';
import { apiServer } from './api-server.ts';
import { kubeconfigToNowhere } from './nowhere.ts';
import { run, start, temporaryFolder } from './run.ts';

let folder = '';
let data = '';
let client = '';

beforeEach(async () => {
  folder = await temporaryFolder();
  data = join(folder, 'data');
  client = join(folder, 'client.yaml');
});

const PODS = '/api/v1/namespaces/shop/pods';

const flags = (kubeconfig: string) => ['--kubeconfig', kubeconfig, '--write-kubeconfig', client, '--data', data];

function gateway(kubeconfig: string, ...more: string[]) {
  const running = start('gateway', ...flags(kubeconfig), ...more);
  onTestFinished(async () => {
    running.stop();
    await running.exit;
  });
  return running;
}

const logged = (running: ReturnType<typeof start>) =>
  running.errors.map((line) => JSON.parse(line) as Record<string, unknown>);

async function brokenPolicy(): Promise<void> {
  await mkdir(join(data, 'policy'), { recursive: true, mode: 0o700 });
  await chmod(data, 0o700);
  await writeFile(join(data, 'policy', 'broken.yaml'), 'kind: [\n');
}

describe('--wait', () => {
  test('is ready with an API server that answers and takes the credential', async () => {
    const { kubeconfig } = await apiServer(folder);
    const running = gateway(kubeconfig, '--wait', '30');
    await running.printed('ready');
    expect(running.out).toEqual([expect.stringMatching(/^gatehouse gateway ready at https:\/\/\S+\/c\/shop$/)]);
  });

  test('waits for an API server that comes later', async () => {
    const server = await apiServer(folder);
    await server.stop();
    const running = gateway(server.kubeconfig, '--wait', '60');
    await expect.poll(() => logged(running).some(({ msg }) => msg === 'the cluster cannot be worked with')).toBe(true);
    expect(running.out).toEqual([]);
    await server.start();
    await running.printed('ready');
    expect(logged(running)).toContainEqual(expect.objectContaining({ msg: 'the cluster can be worked with again' }));
  });

  test.each([
    ['nobody answers', kubeconfigToNowhere, /the API server does not answer: .*nothing listens there/],
    [
      'the credential is not taken',
      async (place: string) => (await apiServer(place, { user: { token: 'old' } })).kubeconfig,
      /the credential is not good: the API server does not accept the credential of kubeconfig user "u" \(401\)/,
    ],
    [
      'the credential plugin hangs',
      async (place: string) => {
        const command = join(place, 'hangs');
        await writeFile(command, '#!/bin/sh\nsleep 600\n', { mode: 0o755 });
        const apiVersion = 'client.authentication.k8s.io/v1';
        return (await apiServer(place, { user: { exec: { apiVersion, command, interactiveMode: 'Never' } } }))
          .kubeconfig;
      },
      /neither the API server nor a credential plugin of the kubeconfig has answered/,
    ],
    [
      'no policy can be read',
      async (place: string) => {
        await brokenPolicy();
        return (await apiServer(place)).kubeconfig;
      },
      /no policy is in force and everything is denied: broken\.yaml:\d+: .*mend the folder/,
    ],
  ])('ends with exit code 7 and what is not ready where %s', async (_what, kubeconfigOf, why) => {
    const { code, out, errors } = await run('gateway', ...flags(await kubeconfigOf(folder)), '--wait', '1');
    expect(code).toBe(7);
    expect(out).toBe('');
    expect(errors.split('\n').at(-1)).toMatch(/^gatehouse: the gateway was not ready within 1 s: /);
    expect(errors.split('\n').at(-1)).toMatch(why);
  });

  test.each(['0', '-1', '1.5', 'soon', '86401', '99999999999'])('takes no %s', async (seconds) => {
    const { code, errors } = await run('gateway', ...flags(await kubeconfigToNowhere(folder)), `--wait=${seconds}`);
    expect({ code, errors }).toEqual({ code: 2, errors: expect.stringMatching(/^gatehouse: --wait takes /) });
  });

  test('ends as asked when it is stopped while it waits', async () => {
    const running = gateway(await kubeconfigToNowhere(folder), '--wait', '600');
    await expect.poll(() => running.errors.length).toBeGreaterThan(0);
    running.stop();
    expect(await running.exit).toBe(0);
    expect(running.out).toEqual([]);
  });
});

describe('without --wait', () => {
  test('serves at once, and says behind the line what is not ready', async () => {
    await brokenPolicy();
    const running = gateway(await kubeconfigToNowhere(folder));
    await running.printed('ready');
    const said =
      /^gatehouse gateway ready at https:\S+ \(not yet: no policy is in force .*; the API server does not answer: /;
    expect(running.out).toEqual([expect.stringMatching(said)]);
  });
});

describe('--output json', () => {
  test('is the line as one object', async () => {
    const { kubeconfig } = await apiServer(folder);
    const running = gateway(kubeconfig, '--output', 'json');
    await running.printed('ready');
    expect(running.out).toHaveLength(1);
    expect(JSON.parse(running.out[0] ?? '')).toMatchObject({
      ready: true,
      url: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+\/c\/shop$/),
      cluster: 'shop',
      context: 'shop',
      kubeconfig: client,
      metrics: null,
      policy: { status: 'loaded', digest: expect.any(String), problems: [], waiting: null },
      reach: { state: expect.stringMatching(/reachable|slow/), serverVersion: 'v1.36.3', signIn: { user: 'ana' } },
      pid: process.pid,
      version: expect.any(String),
    });
  });

  test('says what is not ready when the time of --wait is over', async () => {
    const command = flags(await kubeconfigToNowhere(folder));
    const { code, out } = await run('gateway', ...command, '--wait', '1', '--output', 'json');
    expect(code).toBe(7);
    expect(JSON.parse(out)).toMatchObject({ ready: false, reach: { trouble: 'refused' } });
  });

  test('and nothing else is an output', async () => {
    const { code, errors } = await run('gateway', ...flags(await kubeconfigToNowhere(folder)), '--output', 'yaml');
    expect({ code, errors }).toMatchObject({ code: 2, errors: expect.stringContaining('--output takes text or json') });
  });
});

describe('--metrics', () => {
  const metricsOf = (running: ReturnType<typeof start>) => JSON.parse(running.out[0] ?? '').metrics as string;
  const sampleOf = async (url: string, series: string) => {
    const text = await (await fetch(`${url}/metrics`)).text();
    const line = text.split('\n').find((one) => one.startsWith(`${series} `));
    return line === undefined ? null : Number(line.slice(series.length + 1));
  };

  test('follows an API server that goes and comes back', async () => {
    const server = await apiServer(folder);
    const running = gateway(server.kubeconfig, '--output', 'json', '--metrics', '127.0.0.1:0');
    await running.printed('ready');
    const url = metricsOf(running);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect(await (await fetch(`${url}/readyz?verbose`)).text()).toMatch(
      /^\[\+\]gateway ok: serving\n.*readyz check passed\n$/s,
    );
    expect(await sampleOf(url, 'gatehouse_ready{check="cluster"}')).toBe(1);

    await server.stop();
    // What a client meets with is news at once: nobody waits for the next look.
    expect((await rawRequest(client, 'GET', PODS, {})).status).toBe(503);
    await expect.poll(async () => (await fetch(`${url}/readyz`)).status).toBe(503);
    expect(await (await fetch(`${url}/readyz`)).text()).toContain('[-]cluster failed: refused\n');
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    await expect.poll(() => sampleOf(url, 'gatehouse_upstream_errors_total{reason="unreachable"}')).toBe(1);

    await server.start();
    expect((await rawRequest(client, 'GET', PODS, {})).status).toBe(200);
    await expect.poll(async () => (await fetch(`${url}/readyz`)).status).toBe(200);
    const outage = /^the cluster can(not)? be worked with( again)?$/;
    expect(logged(running).flatMap(({ msg }) => (outage.test(String(msg)) ? [msg] : []))).toEqual([
      'the cluster cannot be worked with',
      'the cluster can be worked with again',
    ]);
    const series = 'gatehouse_requests_total{verb="list",outcome="allow",code="2xx"}';
    await expect.poll(() => sampleOf(url, series)).toBe(1);
  });

  test('says a journal that is out of its place, and counts what was refused for it', async () => {
    const { kubeconfig } = await apiServer(folder);
    const running = gateway(kubeconfig, '--output', 'json', '--metrics', '127.0.0.1:0');
    await running.printed('ready');
    const url = metricsOf(running);
    await rename(join(data, 'journal'), join(data, 'elsewhere'));
    await expect.poll(async () => (await fetch(`${url}/readyz`)).status).toBe(503);
    expect(await (await fetch(`${url}/readyz`)).text()).toContain('[-]journal failed: not-writable\n');
    expect((await rawRequest(client, 'GET', PODS, {})).status).toBe(503);
    await expect.poll(() => sampleOf(url, 'gatehouse_journal_unwritten_total')).toBeGreaterThan(0);
    expect(await sampleOf(url, 'gatehouse_journal_writable')).toBe(0);
    await rename(join(data, 'elsewhere'), join(data, 'journal'));
    await expect.poll(async () => (await fetch(`${url}/readyz`)).status).toBe(200);
  });

  test('goes on with a policy that is broken while it runs, and says so', async () => {
    const { kubeconfig } = await apiServer(folder);
    const running = gateway(kubeconfig, '--output', 'json', '--metrics', '127.0.0.1:0');
    await running.printed('ready');
    const url = metricsOf(running);
    await brokenPolicy();
    await expect.poll(() => sampleOf(url, 'gatehouse_policy_problems')).toBe(1);
    expect(await (await fetch(`${url}/readyz?verbose`)).text()).toContain('[+]policy ok: stale\n');
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    await rm(join(data, 'policy', 'broken.yaml'));
    await expect.poll(() => sampleOf(url, 'gatehouse_policy_problems')).toBe(0);
  });

  test('names the flag where its address is taken, and takes loopback alone', async () => {
    const { kubeconfig } = await apiServer(folder);
    const first = gateway(kubeconfig, '--output', 'json', '--metrics', '127.0.0.1:0');
    await first.printed('ready');
    const taken = new URL(metricsOf(first)).host;
    const other = ['--data', join(folder, 'other'), '--write-kubeconfig', join(folder, 'other.yaml')];
    expect(await run('gateway', '--kubeconfig', kubeconfig, ...other, '--metrics', taken)).toMatchObject({
      code: 1,
      errors: expect.stringMatching(
        /^gatehouse: --metrics: Gatehouse cannot listen on .*another program has this port/m,
      ),
    });
    expect(await run('gateway', '--kubeconfig', kubeconfig, ...other, '--metrics', '0.0.0.0:9464')).toMatchObject({
      code: 2,
      errors: expect.stringContaining('--metrics takes a loopback address'),
    });
  });
});

describe('what SIGHUP does', () => {
  test('policy and kubeconfig are read anew, and one line says what came of it', async () => {
    const server = await apiServer(folder);
    const running = gateway(server.kubeconfig, '--trust-policy-folder');
    await running.printed('ready');
    running.reload();
    await expect
      .poll(() => logged(running).filter(({ event, level }) => event === 'reloaded' && level === 'info'))
      .toHaveLength(1);
    const [first] = logged(running).filter(({ event, level }) => event === 'reloaded' && level === 'info');
    expect(first).toMatchObject({ policy: expect.any(String), kubeconfig: 'unchanged' });

    await server.write({ token: 'good' });
    await writeFile(join(data, 'policy', 'more.yaml'), MORE_POLICY);
    running.reload();
    await expect
      .poll(() => logged(running).filter(({ event, level }) => event === 'reloaded' && level === 'info'))
      .toHaveLength(2);
    const [, second] = logged(running).filter(({ event, level }) => event === 'reloaded' && level === 'info');
    expect(second).toMatchObject({ kubeconfig: 'changed' });
    expect(second?.['policy']).not.toBe(first?.['policy']);
  });

  test('a kubeconfig that leads to another server is said, and needs a restart', async () => {
    const server = await apiServer(folder);
    const running = gateway(server.kubeconfig);
    await running.printed('ready');
    await server.write({ token: 'good' }, 1);
    running.reload();
    await expect.poll(() => logged(running).at(-1)?.['msg']).not.toBe('the policy is in force');
    await expect
      .poll(() => logged(running).find(({ event, level }) => event === 'reloaded' && level === 'warn'))
      .toMatchObject({ level: 'warn', kubeconfigProblem: expect.stringContaining('now leads to another server') });
  });
});

const MORE_POLICY = `apiVersion: gatehouse/v1
kind: AccessPolicy
metadata: {name: more}
spec:
  rules:
  - {id: no-nodes, effect: deny, match: {verbs: [delete], resources: [nodes]}}
`;
