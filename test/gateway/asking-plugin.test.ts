import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type IPty, spawn } from '@lydell/node-pty';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { quotedYaml } from '../../proxy/quoted-yaml.ts';
import { commandLine, refreshCommandLine } from '../../scripts/build/command-line.mjs';
import { kubectlPath, run } from './environment/command.ts';
import { startDemo } from './environment/demo.ts';
import type { TestedCluster } from './environment/tested-cluster.ts';

/** A credential plugin that asks for a code, without echo and on the terminal itself, and counts how often it ran. */
const PLUGIN = `#!/bin/sh
echo run >> "$0.runs"
stty -echo < /dev/tty
printf 'Code for dana: ' > /dev/tty
read -r code
stty echo < /dev/tty
echo "thank you" >&2
[ "$code" = 123456 ] && exec /bin/cat "$0.credential"
exit 3
`;

let folder: string;
let cluster: TestedCluster;
let terminal: IPty;
let shown = '';
let wake = (): void => undefined;

/** Settles when the terminal shows something. */
async function shows(pattern: RegExp): Promise<void> {
  while (!pattern.test(shown)) {
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
}

beforeAll(async () => {
  await refreshCommandLine();
  cluster = await startDemo();
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-asking-'));
  const { clusters, users, contexts } = parse(await readFile(cluster.kubeconfig, 'utf8'));
  const { context } = contexts.find(({ name }: { name: string }) => name === cluster.context);
  const { user } = users.find(({ name }: { name: string }) => name === context.user);
  const pem = (field: string): string => Buffer.from(user[`${field}-data`], 'base64').toString();
  const plugin = join(folder, 'sign-in');
  const apiVersion = 'client.authentication.k8s.io/v1';
  await writeFile(plugin, PLUGIN);
  await chmod(plugin, 0o755);
  await writeFile(
    `${plugin}.credential`,
    JSON.stringify({
      kind: 'ExecCredential',
      apiVersion,
      status: { clientCertificateData: pem('client-certificate'), clientKeyData: pem('client-key') },
    }),
  );
  const asking = { exec: { apiVersion, command: plugin, interactiveMode: 'Always' } };
  const own = join(folder, 'own.yaml');
  await writeFile(
    own,
    quotedYaml({
      clusters,
      users: [{ name: 'asking', user: asking }],
      contexts: [{ name: 'asked', context: { ...context, user: 'asking' } }],
      'current-context': 'asked',
    }),
  );
  const flags = [
    '--kubeconfig',
    own,
    '--write-kubeconfig',
    join(folder, 'client.yaml'),
    '--data',
    join(folder, 'data'),
  ];
  terminal = spawn(process.execPath, [commandLine, 'gateway', ...flags], {
    cols: 200,
    env: { PATH: process.env['PATH'], HOME: folder },
  });
  terminal.onData((data) => {
    shown += data;
    wake();
  });
  await shows(/gateway ready/);
});

afterAll(async () => {
  const gone = new Promise((resolve) => terminal.onExit(resolve));
  terminal.kill('SIGTERM');
  await gone;
  await cluster.close();
  await rm(folder, { recursive: true, force: true });
});

const kubectl = () =>
  run(kubectlPath, ['get', 'namespaces', '-o', 'name'], { kubeconfig: join(folder, 'client.yaml') });
const runs = async (): Promise<number> =>
  (await readFile(join(folder, 'sign-in.runs'), 'utf8')).trim().split('\n').length;

it('a plugin that asks does so once, in the terminal of the gateway, for all who wait', async () => {
  const waiting = [kubectl(), kubectl()];
  await shows(/Code for dana: /);
  terminal.write('123456\r');
  for (const { stdout } of await Promise.all(waiting)) expect(stdout).toContain('namespace/default');
  expect(await runs()).toBe(1);
  expect(shown).toContain('thank you');
  expect(shown).not.toContain('123456');
});
