import { createHmac } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { notificationSchema } from '../../cli/gateway/notify/notification.ts';
import { receiver, status } from '../cli/gateway/notify/receiver.ts';
import { kubectlPath, run } from './environment/command.ts';
import { startDemo } from './environment/demo.ts';
import { startLoggingGateway } from './environment/logging-gateway.ts';
import { rawRequest } from './environment/raw-request.ts';
import type { TestedCluster } from './environment/tested-cluster.ts';

const key = Buffer.alloc(32, 5);
let demo: TestedCluster;
let folder = '';
let secret = '';

beforeAll(async () => {
  demo = await startDemo({ isBrisk: true });
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-hook-'));
  secret = join(folder, 'secret');
  await writeFile(secret, `whsec_${key.toString('base64')}\n`, { mode: 0o600 });
});

afterAll(async () => {
  await demo?.close();
  await rm(folder, { recursive: true, force: true });
});

/** A program for `--notify-command`. */
let hooks = 0;
async function hook(script: string): Promise<string> {
  hooks += 1;
  const file = join(folder, `hook-${hooks}`);
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o700);
  return file;
}

async function webhookTo(answering: Parameters<typeof receiver>[0]) {
  const there = await receiver(answering);
  const authority = join(folder, `ca-${there.url.port}.pem`);
  await writeFile(authority, there.certificate);
  const flags = ['--notify-webhook', there.url.href, '--notify-secret-file', secret, '--notify-ca-file', authority];
  return { ...there, flags };
}

/** Asks for a person's yes; the same object each time, and another request by its number. */
function askToDelete(kubeconfig: string, number = 0) {
  const target = `/api/v1/namespaces/monitoring?gracePeriodSeconds=${number}&dryRun=All`;
  return rawRequest(kubeconfig, 'DELETE', target, { 'User-Agent': 'kubectl' }).catch(() => null);
}

describe('the log', () => {
  it('has one line for each thing that an operator wants to hear of, and none for what went well', async () => {
    const gateway = await startLoggingGateway(demo, []);
    const started = await gateway.logged('started');
    expect(started).toMatchObject({
      level: 'info',
      version: expect.stringMatching(/^\d/),
      pid: gateway.child.pid,
      address: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/),
      cluster: expect.any(String),
      context: demo.context,
      server: expect.stringMatching(/^https:/),
      policy: 'loaded',
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      rules: expect.any(Number),
      dataFolder: join(gateway.folder, 'data'),
    });
    const quiet = gateway.lines.length;
    expect((await gateway.kubectl('get', 'pods', '-A')).code).toBe(0);
    expect((await gateway.kubectl('get', 'secrets', '-A', '-o', 'yaml')).code).toBe(0);
    expect((await gateway.kubectl('get', 'pods', '-n', 'nowhere-at-all', 'x')).code).toBe(1);
    expect(gateway.lines.slice(quiet)).toEqual([]);

    const pod = (await gateway.kubectl('get', 'pods', '-n', 'storefront', '-o', 'name')).stdout.split('\n')[0] ?? '';
    await gateway.kubectl('exec', '-n', 'storefront', pod, '--', 'sh', '-c', 'exit 3');
    expect(await gateway.logged('stream-ended')).toMatchObject({
      kind: 'exec',
      target: pod.replace('pod/', 'pods/'),
      exitCode: 3,
      seconds: expect.any(Number),
      bytesToClient: expect.any(Number),
    });

    expect((await gateway.kubectl('get', '--raw', '/metrics')).code).toBe(1);
    expect(await gateway.logged('request-denied')).toMatchObject({
      level: 'info',
      code: 'denied-by-policy',
      request: 'get /metrics',
      rule: 'never/control-plane-internals',
    });

    const asking = gateway.startKubectl('delete', 'namespace', 'monitoring', '--dry-run=server');
    const asked = await gateway.logged('approval-asked');
    expect(asked).toMatchObject({ code: expect.stringMatching(/^\w{4}$/), request: 'delete namespace monitoring' });
    await gateway.decide('approve', 'go on');
    await asking.done;
    expect(await gateway.logged('approval-decided')).toMatchObject({
      code: asked['code'],
      verdict: 'approve',
      by: expect.stringMatching(/^local:/),
      comment: 'go on',
      afterSeconds: expect.any(Number),
    });

    const everyday = join(gateway.policyFolder, 'everyday.yaml');
    const good = await readFile(everyday, 'utf8');
    await writeFile(everyday, `${good}\n  oops\n`);
    expect(await gateway.logged('policy-broken')).toMatchObject({
      level: 'warn',
      problems: expect.arrayContaining([expect.stringMatching(/^everyday\.yaml:\d+: /)]),
    });
    await writeFile(everyday, good);
    await gateway.logged('policy-mended');
    const never = join(gateway.policyFolder, 'never.yaml');
    await writeFile(
      never,
      `${await readFile(never, 'utf8')}  - {id: more, effect: deny, match: {verbs: [get], resources: [leases.coordination.k8s.io]}}\n`,
    );
    expect(await gateway.logged('policy-changed')).toMatchObject({
      was: started['digest'],
      digest: expect.not.stringContaining(String(started['digest'])),
      by: 'the policy folder',
      opens: 'no rule opens',
    });

    expect(await gateway.stop()).toBe(0);
    expect(gateway.entries().slice(-2)).toMatchObject([
      { event: 'stopping', why: 'SIGTERM' },
      { event: 'stopped', seconds: expect.any(Number) },
    ]);
    await hasNoSecret(gateway.lines.join('\n'));
  });

  it('is one line for each event, whatever a client sends', async () => {
    const gateway = await startLoggingGateway(demo, ['--log-format', 'text', '--log-level', 'debug']);
    const hostile = `x"\u0080by=ada $(id) ${'a'.repeat(60_000)}`;
    const targets = [
      '/api/v1/namespaces/shop%0a%3C0%3Eforged/pods',
      '/metrics/a%22%20by=ada',
      '/metrics/%1b%5b2J%e2%80%ae',
      '/metrics/$(rm)/`id`',
      `/metrics/${'a'.repeat(60_000)}`,
      '/metrics/a%20by=ada%20code=1234',
    ];
    for (const target of targets) {
      await rawRequest(gateway.kubeconfig, 'GET', target, { 'User-Agent': hostile });
    }
    await vi.waitFor(() =>
      expect(gateway.lines.filter((line) => /request-(?:denied|refused):/.test(line))).toHaveLength(targets.length),
    );
    for (const line of gateway.lines) {
      expect(line).toMatch(/^20\d\d-\S+Z (?:DEBUG|INFO |WARN |ERROR) [a-z-]+: [\x20-\x7e…]*$/);
      expect(line.length).toBeLessThan(4_000);
      // Outside of quotes: what a client wrote is no field.
      expect(line.replace(/"(?:[^"\\]|\\.)*"/g, '""')).not.toContain('by=ada');
    }
    expect(await gateway.stop()).toBe(0);
  });

  it('of a client that scans is a few lines and a count', async () => {
    const gateway = await startLoggingGateway(demo, []);
    for (let i = 0; i < 60; i += 1) await rawRequest(gateway.kubeconfig, 'GET', `/metrics/${i}`, {});
    expect(await gateway.stop()).toBe(0);
    const denied = gateway.entries().filter(({ event }) => event === 'request-denied').length;
    const dropped = gateway.entries().filter(({ event, of }) => event === 'lines-dropped' && of === 'request-denied');
    expect(dropped.length).toBeGreaterThan(0);
    expect(denied + dropped.reduce((sum, { more }) => sum + Number(more), 0)).toBe(60);
  });

  it('that nobody reads holds up neither requests nor the stop', async () => {
    const gateway = await startLoggingGateway(demo, ['--log-level', 'debug'], { readsLog: false });
    for (let i = 0; i < 100; i += 1)
      await rawRequest(gateway.kubeconfig, 'GET', `/metrics/${'a'.repeat(4_000)}${i}`, {});
    expect((await gateway.kubectl('get', 'ns')).code).toBe(0);
    expect(await gateway.stop()).toBe(0);
  });
});

describe('somebody is told', () => {
  it('by a program and by a signed webhook, of what waits, what was decided and what was left', async () => {
    const there = await webhookTo(status(204));
    const got = join(folder, 'got');
    const gateway = await startLoggingGateway(demo, [
      '--notify-command',
      `${await hook(`cat >> ${got}`)}`,
      ...there.flags,
    ]);
    const asking = askToDelete(gateway.kubeconfig);
    await gateway.logged('approval-asked');
    await gateway.decide('deny', 'not $(today)');
    expect((await asking)?.status).toBe(403);
    void askToDelete(gateway.kubeconfig, 1);
    await gateway.logged('approval-asked', 2);
    expect(await gateway.stop()).toBe(0);

    const types = ['approval.waits', 'approval.decided', 'approval.waits', 'approval.ended'];
    const byProgram = (await readFile(got, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => notificationSchema.parse(JSON.parse(line)));
    expect(byProgram.map(({ type }) => type)).toEqual(types);
    expect(byProgram[1]).toMatchObject({
      gateway: { context: demo.context, dataFolder: join(gateway.folder, 'data') },
      data: { verdict: 'deny', comment: 'not $(today)', approval: { request: 'delete namespace monitoring' } },
    });
    expect(there.received.map(({ body }) => JSON.parse(body).type)).toEqual(types);
    for (const { headers, body } of there.received) {
      const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
      expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
    }
    await hasNoSecret(there.received.map(({ body }) => body).join('\n'));
  });

  it.each([
    ['never answers', () => undefined],
    ['answers 500', status(500)],
    ['redirects', status(302, { location: 'https://127.0.0.1:1/' })],
    ['breaks off', (answer) => answer.destroy()],
  ] satisfies ReadonlyArray<[string, Parameters<typeof receiver>[0]]>)(
    'or not, by a webhook that %s and a program that does not end: no request waits for that, and neither does the stop',
    async (_what, answering) => {
      const there = await webhookTo(answering);
      const pid = join(folder, 'pid');
      await rm(pid, { force: true });
      const stubborn = await hook(
        `trap '' TERM; echo $$ > ${pid}.new; mv ${pid}.new ${pid}; while :; do sleep 1; done`,
      );
      const flags = ['--notify-command', stubborn, ...there.flags];
      const gateway = await startLoggingGateway(demo, flags);
      const asking = askToDelete(gateway.kubeconfig);
      await gateway.logged('approval-asked');
      await vi.waitFor(() => expect(existsSync(pid)).toBe(true), { timeout: 30_000 });
      await vi.waitFor(() => expect(there.received).not.toEqual([]), { timeout: 30_000 });
      await gateway.decide('approve', null);
      expect((await asking)?.status).toBe(200);
      expect(await gateway.stop()).toBe(0);
      const failed = gateway.entries().filter(({ event }) => event === 'notify-failed');
      expect(failed.map(({ channel }) => channel).toSorted()).toEqual([
        `command ${stubborn}`,
        `webhook ${there.url.origin}`,
      ]);
      // What nobody has collected yet (Z) is over all the same.
      const state = await readFile(`/proc/${(await readFile(pid, 'utf8')).trim()}/stat`, 'utf8').catch(() => ' Z 1');
      expect(state).toMatch(/ Z \d/);
    },
  );

  it('of 300 that come at once, of which 100 of a session may wait, while the gateway goes on', async () => {
    const there = await webhookTo(status(204));
    const gateway = await startLoggingGateway(demo, there.flags);
    for (let i = 0; i < 300; i += 1) void askToDelete(gateway.kubeconfig, i);
    await gateway.logged('approval-asked', 100);
    expect((await gateway.kubectl('get', 'ns')).code).toBe(0);
    await vi.waitFor(() => expect(there.received.length).toBe(100), { timeout: 30_000 });
    expect(await gateway.stop()).toBe(0);
    expect(gateway.entries().filter(({ event }) => event === 'approval-ended')).toHaveLength(100);
    expect(there.received.length).toBe(200);
  });
});

/** No value of any Secret of the cluster. */
async function hasNoSecret(written: string): Promise<void> {
  const { stdout } = await run(kubectlPath, ['--context', demo.context, 'get', 'secrets', '-A', '-o', 'json'], {
    kubeconfig: demo.kubeconfig,
  });
  const { items } = JSON.parse(stdout) as { items: ReadonlyArray<{ data?: Record<string, string> }> };
  const values = items.flatMap(({ data = {} }) => Object.values(data)).filter((value) => value.length >= 12);
  expect(values.length).toBeGreaterThan(5);
  for (const value of values) {
    expect(written).not.toContain(value);
    expect(written).not.toContain(Buffer.from(value, 'base64').toString('utf8'));
  }
}
