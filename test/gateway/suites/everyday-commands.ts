import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type AgreeingPerson, seatAgreeingPerson } from '../environment/agreeing-person.ts';
import { type CommandResult, kubectlPath, type RunningCommand, run, start } from '../environment/command.ts';
import type { RunningGateway } from '../environment/running-gateway.ts';
import { commandsFor } from '../everyday/commands.ts';
import { surroundings, WORKLOADS } from '../everyday/workloads.ts';

const NAMESPACE = 'gatehouse-commands';
const PASSWORD = 'An-0rdinary-pass';

/** What people do with kubectl to ordinary workloads, under the built-in policy: it works, and nothing asks. */
export function describeEverydayCommands(environment: () => RunningGateway): void {
  describe('everyday commands on ordinary workloads', () => {
    let person: AgreeingPerson;
    let served: ReadonlySet<string> = new Set();
    let folder = '';
    let kubeconfig = '';
    const counted = { requests: 0, commands: 0 };
    const session = 'commands';

    const way = (input = '', more: Readonly<Record<string, string>> = {}) => ({ kubeconfig, input, environment: more });
    const kubectl = (args: readonly string[], input = '', more = {}): Promise<CommandResult> =>
      run(kubectlPath, ['-n', NAMESPACE, ...args], way(input, more));
    const starts = (...args: string[]): RunningCommand => start(kubectlPath, ['-n', NAMESPACE, ...args], way());
    const look = async (args: readonly string[]): Promise<string> =>
      (await environment().directly(['-n', NAMESPACE, ...args])).stdout;
    const works = async (args: readonly string[], input = ''): Promise<string> => {
      const { stdout, stderr, code } = await kubectl(args, input);
      expect(code, stderr).toBe(0);
      return stdout;
    };

    beforeAll(async () => {
      const { directly, gateway, slug } = environment();
      person = seatAgreeingPerson(environment());
      folder = await mkdtemp(join(tmpdir(), 'gatehouse-commands-'));
      ({ kubeconfig } = await gateway.openAccess({
        kind: 'headless',
        id: session,
        cluster: slug,
        namespace: NAMESPACE,
      }));
      served = new Set((await directly(['api-resources', '-o', 'name'])).stdout.split('\n'));
      await directly(['create', 'namespace', NAMESPACE]);
      const made = await directly(['-n', NAMESPACE, 'create', '-f', '-'], { input: surroundings(PASSWORD) });
      expect(made.stderr).toBe('');
    });
    afterEach(() => {
      counted.requests += person.takeRequests(session).length;
      counted.commands += 1;
      expect(person.takeAsked(session), 'nothing asks, and nothing is denied').toEqual([]);
    });
    afterAll(async () => {
      person.leave();
      await rm(folder, { recursive: true, force: true });
      await environment().directly(['delete', 'namespace', NAMESPACE, '--wait=false']);
      console.log(`Everyday commands: ${counted.commands} tests, ${counted.requests} requests, none asked`);
    });

    describe.each(WORKLOADS)('%s', (workload) => {
      const commands = commandsFor(workload).map((command) => [command.args.join(' '), command] as const);

      it.for(commands)('kubectl %s', async ([, command], context) => {
        const { args, input, says, look: looking, code = 0, edit, needs = '' } = command;
        if (needs !== '' && !served.has(needs)) context.skip(`this cluster does not serve ${needs}`);
        const editor: Record<string, string> = edit === undefined ? {} : { KUBE_EDITOR: `sed -i '${edit}'` };
        const result = await kubectl(args, input, editor);
        expect(result.code, result.stderr).toBe(code);
        expect(result.stdout + result.stderr.replace(/^Warning: .*\n/gm, '')).toMatch(says);
        if (looking !== undefined) expect(await look(looking[0])).toMatch(looking[1]);
      });
    });

    describe('inside of pods', () => {
      beforeAll(async () => {
        const { directly } = environment();
        const deployment = JSON.parse(commandsFor('worker')[0]?.input ?? '') as object;
        await directly(['-n', NAMESPACE, 'apply', '-f', '-'], { input: JSON.stringify(deployment) });
        const rolled = await directly(['-n', NAMESPACE, 'rollout', 'status', 'deployment/worker', '--timeout=90s']);
        expect(rolled.code, rolled.stderr).toBe(0);
      });
      const pod = async (): Promise<string> =>
        (await look(['get', 'pods', '-l', 'app=worker', '-o', 'jsonpath={.items[0].metadata.name}'])).trim();

      it('logs are followed', async () => {
        const following = starts('logs', '-f', 'deployment/worker', '--tail=1');
        try {
          await following.saw(/\n.*\n/);
        } finally {
          following.stop();
          await following.done;
        }
      });

      it('files are copied both ways', async () => {
        const name = await pod();
        await writeFile(join(folder, 'sent'), 'across and back\n');
        await works(['cp', join(folder, 'sent'), `${name}:/tmp/copied`]);
        await works(['cp', `${name}:/tmp/copied`, join(folder, 'received')]);
        expect(await readFile(join(folder, 'received'), 'utf8')).toBe('across and back\n');
      });

      it('a port is forwarded', async () => {
        const forward = starts('port-forward', 'deployment/worker', ':8080');
        try {
          const [, port = ''] = /127\.0\.0\.1:(\d+) -> 8080/.exec(await forward.saw(/127\.0\.0\.1:\d+ -> 8080/)) ?? [];
          expect(await loopback(port)).toMatch(/GET \/ on port 8080/);
        } finally {
          forward.stop();
          await forward.done;
        }
      });

      it('a debugging container is added', async () => {
        await works(['debug', await pod(), '--image=registry.example/busybox:1', '--', 'true']);
      });

      it('a pod is deleted, and another comes', async () => {
        await works(['delete', 'pod', await pod()]);
        await works(['rollout', 'status', 'deployment/worker', '--timeout=90s']);
      });
    });

    describe('whole sets of objects', () => {
      it('a kustomization with generators is applied, twice', async () => {
        const base = join(folder, 'base');
        await mkdir(base);
        const settings = { name: 'generated', literals: ['SIZE=small'] };
        const kustomization = {
          apiVersion: 'kustomize.config.k8s.io/v1beta1',
          kind: 'Kustomization',
          resources: ['web.yaml'],
          namePrefix: 'k-',
          labels: [{ pairs: { team: 'shop' } }],
          images: [{ name: 'registry.example/app', newTag: '9' }],
          configMapGenerator: [settings],
          secretGenerator: [{ name: 'generated', literals: ['password=Qz7-generated-pw'] }],
        };
        await writeFile(join(base, 'kustomization.yaml'), JSON.stringify(kustomization));
        await writeFile(join(base, 'web.yaml'), commandsFor('web')[0]?.input ?? '');
        expect(await works(['apply', '-k', base])).toMatch(/deployment.apps\/k-web created/);
        expect(await works(['apply', '-k', base])).toMatch(/deployment.apps\/k-web unchanged/);
        const image = ['get', 'deployment', 'k-web', '-o', 'jsonpath={.spec.template.spec.containers[0].image}'];
        expect(await look(image)).toBe('registry.example/app:9');
        await works(['delete', '-k', base]);
      });

      it.each([
        ['deployment', ['create', 'deployment', 'piped', '--image=registry.example/app:1']],
        ['configmap', ['create', 'configmap', 'piped', '--from-literal=a=b']],
        ['secret', ['create', 'secret', 'generic', 'piped', '--from-literal=password=Qz7-piped-pw']],
      ])('create %s --dry-run=client -o yaml | apply -f -, twice', async (kind, create) => {
        const manifest = await works([...create, '--dry-run=client', '-o', 'yaml']);
        expect(await works(['apply', '-f', '-'], manifest)).toMatch(/created/);
        // kubectl compares the values with masks, so a Secret is `configured` again, by a patch that changes nothing.
        expect(await works(['apply', '-f', '-'], manifest)).toMatch(kind === 'secret' ? /configured/ : /unchanged/);
        await works(['delete', kind, 'piped']);
      });

      it('what was read is replaced', async () => {
        const read = JSON.parse(await works(['get', 'configmap', 'settings', '-o', 'json'])) as {
          data: Record<string, string>;
        };
        read.data.SIZE = 'replaced';
        await works(['replace', '-f', '-'], JSON.stringify(read));
        expect(await look(['get', 'configmap', 'settings', '-o', 'jsonpath={.data.SIZE}'])).toBe('replaced');
      });

      it('the Secret still holds what it held', async () => {
        const stored = await look(['get', 'secret', 'db', '-o', 'jsonpath={.data.password}']);
        expect(Buffer.from(stored, 'base64').toString()).toBe(PASSWORD);
      });
    });
  });
}

function loopback(port: string): Promise<string> {
  return new Promise((done, reject) => {
    get(`http://127.0.0.1:${port}/`, { agent: false }, (incoming) => text(incoming).then(done, reject)).on(
      'error',
      reject,
    );
  });
}
