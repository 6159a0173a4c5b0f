import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { STARTER_POLICIES } from '../../proxy/policy/starters/starter-policies.ts';
import { refreshCommandLine } from '../../scripts/build/command-line.mjs';
import { fencedBlock, read, repository } from '../docs/documents.ts';
import { kubectlPath, run } from './environment/command.ts';
import { startDemo } from './environment/demo.ts';
import { childOf, whyNoSystemd } from './environment/systemd/systemd.ts';
import type { TestedCluster } from './environment/tested-cluster.ts';

/** As platforms choose them; no machine has a name for it. */
const USER = 1_000_650_000;

const reason = await whyNot();
if (reason !== null) console.warn(`skipped: the sidecar in the surroundings of a container: ${reason}`);

async function whyNot(): Promise<string | null> {
  if (Number.parseInt(process.versions.node, 10) < 24) return `the image has Node 24, and this is ${process.version}`;
  if (((await stat(repository)).mode & 0o005) !== 0o005) return 'other users cannot read this checkout';
  return whyNoSystemd();
}

/** The sidecar of docs/getting-started.md: its command and flags as they are written, on a read-only root. */
describe.skipIf(reason !== null)('the sidecar, in the surroundings of a container', () => {
  let cluster: TestedCluster;
  let folder = '';
  const [, job] = parseAllDocuments(fencedBlock(read('docs/getting-started.md'), 'yaml pod')).map((document) =>
    document.toJS(),
  );
  const [gateway] = job.spec.template.spec.initContainers;

  beforeAll(async () => {
    await refreshCommandLine();
    cluster = await startDemo();
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-pod-'));
    await chmod(folder, 0o755);
    for (const name of ['settings', 'policy', 'policy/..data', 'data', 'client', 'root'])
      await mkdir(join(folder, name));
    for (const name of ['data', 'client']) await chmod(join(folder, name), 0o777);
    const minified = ['config', 'view', '--raw', '--flatten', '--minify', '--context', cluster.context];
    const { stdout } = await run(kubectlPath, minified, { kubeconfig: cluster.kubeconfig });
    await writeFile(join(folder, 'settings/kubeconfig'), stdout, { mode: 0o644 });
    // The files of a ConfigMap are links into a folder that is exchanged as a whole.
    for (const { file, text } of STARTER_POLICIES.find(({ name }) => name === 'ci')?.files([]) ?? []) {
      await writeFile(join(folder, 'policy/..data', file), text, { mode: 0o644 });
      await symlink(join('..data', file), join(folder, 'policy', `.${file}`));
      await rename(join(folder, 'policy', `.${file}`), join(folder, 'policy', file));
    }
  });
  afterAll(async () => {
    await cluster?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('starts, serves kubectl of the same user, and ends as asked', async () => {
    const mounts = {
      '/opt/gatehouse': repository,
      '/usr/bin/node': process.execPath,
      '/etc/gatehouse': join(folder, 'settings'),
      '/etc/gatehouse-policy': join(folder, 'policy'),
      '+/data': join(folder, 'data'),
      '+/client': join(folder, 'client'),
    };
    const pairs = Object.entries(mounts).map(([to, from]) => `${from}=${to}`);
    const script = join(import.meta.dirname, 'environment/container.sh');
    const program = spawn(
      'unshare',
      [
        ...['--mount', '--pid', '--fork', '--kill-child=SIGKILL', 'bash', script, join(folder, 'root'), String(USER)],
        ...[...pairs, '--', ...gateway.command, ...gateway.args],
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let told = '';
    for (const stream of [program.stdout, program.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        told += text;
      });
    }
    const ended = once(program, 'exit');
    try {
      await expect.poll(() => told).toContain('gatehouse gateway ready');
      // No value of the environment, no home and no name were needed, and nothing was said of them.
      expect(told.match(/"level":(?:40|50)/)).toBeNull();
      const client = join(folder, 'client/client.yaml');
      expect((await stat(client)).uid).toBe(USER);
      const kubeconfig = (await readFile(client, 'utf8')).replaceAll('/client/', `${join(folder, 'client')}/`);
      await writeFile(join(folder, 'here.yaml'), kubeconfig);
      const pods = await run(kubectlPath, ['get', 'pods', '-A'], { kubeconfig: join(folder, 'here.yaml') });
      expect(pods).toMatchObject({ code: 0 });
      const denied = await run(kubectlPath, ['delete', 'ns', 'default'], { kubeconfig: join(folder, 'here.yaml') });
      expect(denied).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('no rule of the Gatehouse policy allows'),
      });
      const journal = join(folder, 'data/gatehouse/journal/journal-000001.ndjson');
      expect(await readFile(journal, 'utf8')).toContain(`local:uid:${USER}`);
    } finally {
      // To the gateway, process 1 of its namespace, as a container runtime does it.
      const child = childOf(program);
      if (child !== null) process.kill(child, 'SIGTERM');
      expect(await ended).toEqual([0, null]);
    }
    await expect.poll(() => readdir(join(folder, 'client'))).toEqual([]);
  });
});
