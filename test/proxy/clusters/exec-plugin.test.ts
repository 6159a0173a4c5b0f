import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pty from '@lydell/node-pty';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runExecPlugin } from '../../../proxy/clusters/exec-plugin.ts';
import { readKubeconfigs } from '../../../proxy/clusters/kubeconfig-files.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-plugin-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const said: object[] = [];
const note = (fields: object): void => {
  said.push(fields);
};
const log = { info: note, warn: note, error: note };

/** Runs a credential plugin that is this shell script. */
async function run(script: string, timeLimit: number) {
  await writeFile(join(folder, 'plugin'), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, 'plugin'), 0o755);
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: join(folder, 'plugin'),
    interactiveMode: 'Never',
  };
  const config = {
    clusters: [{ name: 'c', cluster: { server: 'https://k' } }],
    users: [{ name: 'u', user: { exec } }],
  };
  await writeFile(join(folder, 'config'), JSON.stringify(config));
  const read = await readKubeconfigs([join(folder, 'config')]);
  const cluster = read.clusters.get('c');
  const plugin = read.users.get('u')?.exec;
  if (cluster === undefined || plugin == null) throw new Error('no plugin');
  const environment = { PATH: process.env['PATH'] };
  return runExecPlugin({
    plugin,
    user: 'u',
    context: 'c',
    cluster,
    authorityData: null,
    environment,
    terminal: null,
    log,
    timeLimit,
  });
}

describe('a credential plugin that does not end', () => {
  it.each([
    ['by itself', 'sleep 600'],
    ['when it is asked to', "trap '' TERM\nwhile :; do sleep 1; done"],
  ])('%s is ended', async (_, script) => {
    await expect(run(script, 200)).rejects.toMatchObject({
      code: 'upstream-credential-unavailable',
      message: expect.stringContaining('did not answer within 0.2 s'),
    });
  });

  it('and prints without end is ended before that', async () => {
    await expect(
      run('while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done', 60_000),
    ).rejects.toMatchObject({
      message: expect.stringContaining('printed more than a credential'),
    });
  });
});

describe('a credential plugin that gives a credential', () => {
  it('and warns of something has its warning in the log, without credentials', async () => {
    const credential = JSON.stringify({
      kind: 'ExecCredential',
      apiVersion: 'client.authentication.k8s.io/v1',
      status: { token: 't' },
    });
    await run(`echo 'update me; ${'x'.repeat(60)}' >&2; echo '${credential}'`, 60_000);
    expect(said).toEqual([expect.objectContaining({ user: 'u', said: 'update me; [left out]' })]);
  });
});

it.runIf(process.platform === 'linux')('case 68: a credential plugin inherits no open file of ours', async () => {
  const { open } = pty as unknown as { open(options: object): unknown };
  for (let count = 0; count < 12; count += 1) open({ cols: 80, rows: 24 });
  await expect(run(`ls -l /proc/self/fd > ${folder}/open-files; exit 3`, 10_000)).rejects.toThrow('exit code 3');
  const listed = await readFile(join(folder, 'open-files'), 'utf8');
  const inherited = [...listed.matchAll(/ (\d+) -> (.*)$/gm)].filter(([, , to]) => !to?.endsWith('/fd'));
  expect(inherited.map(([, number]) => number)).toEqual(['0', '1', '2']);
});
