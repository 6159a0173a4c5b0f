import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { JournalRecord } from '../../../model/journal-record.ts';
import { REDACTED } from '../../../proxy/redaction/stream-redactor.ts';
import type { RunningGateway } from '../environment/running-gateway.ts';

const namespace = 'secrets-of-a-pod';

const TRANSPORTS: ReadonlyArray<readonly [name: string, environment: Readonly<Record<string, string>>]> = [
  ['websocket', {}],
  ['spdy', { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false', KUBECTL_PORT_FORWARD_WEBSOCKETS: 'false' }],
];
/** What people do that shows a pod. Each has a pod and a Secret of its own for each transport: one read is no help to another. */
const ROADS = ['exec', 'file', 'copy', 'debug', 'forward', 'log', 'follow', 'absent'];

const podOf = (road: string, transport: string) => `${road}-${transport}`;
/** What the API server and no client has ever been told of. The forwarded port answers with the name of its pod. */
const passwordOf = (pod: string) => (pod.startsWith('forward') ? `${namespace}/${pod}` : `never-read-${pod}-value`);

function secretAndPod(pod: string): object[] {
  const stringData = { password: passwordOf(pod), 'tls.key': `${pod}\n${passwordOf(pod)}-key\n` };
  const variable = (name: string, secret: string) => ({
    name,
    valueFrom: { secretKeyRef: { name: secret, key: 'password', optional: true } },
  });
  const prints = pod.startsWith('log') || pod.startsWith('follow');
  const container = {
    ...{ name: 'web', image: 'web:1', ports: [{ containerPort: 8080 }] },
    ...(prints ? { command: ['sh', '-c', 'echo connecting with $PASSWORD; echo done'] } : {}),
    env: [variable('PASSWORD', pod), ...(pod.startsWith('absent') ? [variable('OTHER', 'gone')] : [])],
    volumeMounts: [{ name: 'keys', mountPath: '/etc/keys' }],
  };
  const volumes = [{ name: 'keys', secret: { secretName: pod } }];
  // Debugged with the Secret, not started with it.
  const spec = pod.startsWith('debug')
    ? { containers: [{ name: 'web', image: 'web:1' }] }
    : { containers: [container], volumes, ...(prints ? { restartPolicy: 'Never' } : {}) };
  return [
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: pod, namespace }, stringData },
    { apiVersion: 'v1', kind: 'Pod', metadata: { name: pod, namespace }, spec },
  ];
}

/** Exec, attach, logs, copies and port-forward of pods whose Secrets no client has read through this gateway. */
export function describeSecretsOfAPod(running: () => RunningGateway): void {
  describe('case 61: a pod whose Secrets nobody has read', () => {
    let folder = '';

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'gatehouse-pod-secrets-'));
      const { directly } = running();
      await directly(['create', 'namespace', namespace]);
      const pods = ROADS.flatMap((road) => TRANSPORTS.map(([transport]) => podOf(road, transport)));
      const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: pods.flatMap(secretAndPod) });
      // The account comes from a controller, a moment after the namespace.
      await vi.waitFor(async () => expect((await directly(['apply', '-f', '-'], { input })).code).toBe(0), {
        timeout: 60_000,
        interval: 200,
      });
      const lasting = pods.filter((pod) => !/^(log|follow)/.test(pod)).map((pod) => `pod/${pod}`);
      await directly(['-n', namespace, 'wait', '--for=condition=Ready', ...lasting, '--timeout=120s']);
      const printing = pods.filter((pod) => /^(log|follow)/.test(pod)).map((pod) => `pod/${pod}`);
      await directly(['-n', namespace, 'wait', '--for=jsonpath={.status.startTime}', ...printing, '--timeout=120s']);
    });
    afterAll(async () => {
      await running().directly(['delete', 'namespace', namespace, '--wait=false']);
      await rm(folder, { recursive: true, force: true });
    });

    /** The records of the last request for a subresource of a pod, when it is over. */
    async function recordsOf(pod: string, subresource: string): Promise<readonly JournalRecord[]> {
      return vi.waitFor(
        async () => {
          const records = await running().records();
          const decided = records.find(
            (record) =>
              record.type === 'decided' && record.request.name === pod && record.request.subresource === subresource,
          );
          const own = records.filter(
            (record) => decided?.type === 'decided' && 'auditId' in record && record.auditId === decided.auditId,
          );
          if (!own.some(({ type }) => type === 'finished')) throw new Error('not finished yet');
          return own;
        },
        { timeout: 60_000 },
      );
    }

    describe.each(TRANSPORTS)('over %s', (transport, environment) => {
      const both = async (args: readonly string[], input = '') => {
        const whole = ['-n', namespace, ...args];
        const direct = await running().directly(whole, { environment, input });
        const through = await running().kubectl(whole, { environment, input });
        expect(through.code, through.stderr).toBe(direct.code);
        return { direct: direct.stdout, through: through.stdout };
      };

      it('exec shows no variable that comes from one', async () => {
        const pod = podOf('exec', transport);
        const { direct, through } = await both(['exec', pod, '--', 'printenv', 'PASSWORD']);
        expect(direct).toBe(`${passwordOf(pod)}\n`);
        expect(through).toBe(`${REDACTED}\n`);
        const records = await recordsOf(pod, 'exec');
        expect(records.find(({ type }) => type === 'finished')).toMatchObject({ maskedValues: 1 });
      });

      it('exec shows no file that comes from one', async () => {
        const pod = podOf('file', transport);
        const { direct, through } = await both(['exec', pod, '--', 'cat', '/etc/keys/password']);
        expect(direct).toBe(passwordOf(pod));
        expect(through).toBe(REDACTED);
      });

      it('cp copies as many stars', async () => {
        const pod = podOf('copy', transport);
        const copied = join(folder, pod);
        await running().kubectl(['cp', `${namespace}/${pod}:/etc/keys/password`, copied], { environment });
        expect(await readFile(copied, 'utf8')).toBe('*'.repeat(passwordOf(pod).length));
      });

      it('debug shows none that it is given itself', async () => {
        const pod = podOf('debug', transport);
        const custom = join(folder, `${pod}.json`);
        const env = [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: pod, key: 'password' } } }];
        await writeFile(custom, JSON.stringify({ env }));
        const { stdout, stderr } = await running().kubectl(
          ['-n', namespace, 'debug', '-i', pod, '--image=busybox', '--target=web', '--profile=general']
            .concat(['--container=look', `--custom=${custom}`])
            .concat(['--', 'sh', '-c', 'cat; echo it is $PASSWORD']),
          { environment, input: 'typed\n' },
        );
        expect(stdout, stderr).toContain(`it is ${REDACTED}`);
        expect(stdout + stderr).not.toContain(passwordOf(pod));
      });

      it('port-forward answers with as many stars', async () => {
        const pod = podOf('forward', transport);
        const forward = running().startKubectl(['-n', namespace, 'port-forward', pod, ':8080'], { environment });
        try {
          const [, port] = /127\.0\.0\.1:(\d+) -> 8080/.exec(await forward.saw(/127\.0\.0\.1:\d+ -> 8080/)) ?? [];
          expect(await ask(`${port}`)).toBe(`GET /a on port 8080 of ${'*'.repeat(passwordOf(pod).length)}\n`);
        } finally {
          forward.stop();
          await forward.done;
        }
      });

      it.each([
        ['log', []],
        ['follow', ['-f']],
      ])('a %s shows none', async (road, flags) => {
        const pod = podOf(road, transport);
        const { direct, through } = await both(['logs', pod, ...flags]);
        expect(direct).toBe(`connecting with ${passwordOf(pod)}\ndone\n`);
        expect(through).toBe(`connecting with ${REDACTED}\ndone\n`);
      });

      it('one that is not there is named, and the others are taken out', async () => {
        const pod = podOf('absent', transport);
        const { through } = await both(['exec', pod, '--', 'printenv', 'PASSWORD']);
        expect(through).toBe(`${REDACTED}\n`);
        expect((await recordsOf(pod, 'exec')).find(({ type }) => type === 'finished')).toMatchObject({
          unread: [{ resource: 'secrets', name: 'gone', why: 'not-found' }],
        });
      });
    });

    it("the reads are on record as the gateway's own, as in the audit log of the cluster", async () => {
      const pod = podOf('exec', 'websocket');
      const records = await recordsOf(pod, 'exec');
      const read = records.find(({ type }) => type === 'own-read');
      if (read?.type !== 'own-read') throw new Error('no record of the read');
      expect(read).toMatchObject({ effective: null, namespace, reads: [{ name: pod }] });
      const order = records.toSorted((one, other) => one.seq - other.seq).map(({ type }) => type);
      expect(order).toEqual(['decided', 'own-read', 'finished']);
      const inCluster = (await running().cluster.auditLog()).find(({ auditID }) => auditID === read.reads[0]?.auditId);
      expect(inCluster).toMatchObject({ verb: 'get', objectRef: { resource: 'secrets', namespace, name: pod } });
    });

    it('no value is written down', async () => {
      const written = await running().everythingWritten();
      for (const [transport] of TRANSPORTS) {
        for (const road of ROADS.filter((name) => name !== 'forward')) {
          expect(written).not.toContain(passwordOf(podOf(road, transport)));
        }
      }
    });

    it("a pod that is not there is the cluster's to say", async () => {
      const { stderr, code } = await running().kubectl(['-n', namespace, 'logs', 'gone']);
      expect(code).not.toBe(0);
      expect(stderr).toMatch(/pods "gone" not found/);
    });

    it('nothing is read for an exec that a person has not confirmed', async () => {
      const pod = podOf('exec', 'websocket');
      const rules = `apiVersion: gatehouse/v1
kind: AccessPolicy
metadata: {name: asked}
spec:
  rules:
  - {id: exec, effect: requireApproval, match: {resources: [pods/exec], namespaces: [${namespace}]}, approval: {level: ownerConfirm}}
`;
      const restore = await running().writePolicy('asked.yaml', rules);
      try {
        const command = running().startKubectl(['-n', namespace, 'exec', pod, '--', 'true']);
        await running().untilHeld();
        const before = (await running().records()).filter(({ type }) => type === 'own-read').length;
        await running().decideNext('deny', 'no');
        // kubectl asks once more over SPDY, and gets the same answer.
        await command.done;
        expect((await running().records()).filter(({ type }) => type === 'own-read')).toHaveLength(before);
      } finally {
        await restore();
      }
    });
  });
}

function ask(port: string): Promise<string> {
  return new Promise((done, reject) => {
    get(`http://127.0.0.1:${port}/a`, { agent: false }, (incoming) => text(incoming).then(done, reject)).on(
      'error',
      reject,
    );
  });
}
