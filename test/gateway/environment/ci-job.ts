import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { fencedBlock, read, repository } from '../../docs/documents.ts';
import { helmPath, kubectlPath } from './command.ts';

/** The script of docs/getting-started.md, word for word. */
export const RECIPE = fencedBlock(read('docs/getting-started.md'), 'sh ci');
/** What stands where the job's own commands go. */
const OWN_COMMANDS = /(?<=\n# The job itself.*\n)[\s\S]*$/;

/** How a CI system calls a shell; those that this machine lacks are not among them. */
export const SHELLS = ['dash', 'sh', 'bash', 'bash -euo pipefail'].filter((words) => {
  const [shell = ''] = words.split(' ');
  const isThere = spawnSync(shell, ['-c', 'exit 0']).status === 0;
  if (!isThere) console.warn(`skipped: no ${shell} on this machine`);
  return isThere;
});

/** How long the recipe waits. */
const WAIT = '--wait 60 ';
if (!RECIPE.includes(WAIT)) throw new Error('the recipe waits otherwise');

/** A job's folder, with what a CI system prepares around it. */
export interface CiJob {
  readonly folder: string;
  /** The folder for temporary files, in which nothing is to be left. */
  readonly temporary: string;
  /**
   * Starts the recipe; with other commands in the place of its own where they are given.
   * @param wait seconds in which the gateway has to be ready; as the recipe says where left out.
   */
  start(shell: string, commands?: string, wait?: number): RunningJob;
  /** Starts `gatehouse` in the folder. */
  gatehouse(...words: string[]): RunningJob;
}

export interface RunningJob {
  readonly process: ChildProcess;
  readonly ended: Promise<{ readonly status: number | null; readonly out: string; readonly errors: string }>;
}

export async function ciJob(kubeconfig: string): Promise<CiJob> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-job-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const [programs, temporary, home] = ['programs', 'tmp', 'home'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const made of [programs, temporary, home]) await mkdir(made);
  await symlink(kubectlPath, join(programs, 'kubectl'));
  await symlink(helmPath, join(programs, 'helm'));
  const environment = {
    PATH: [programs, process.env['PATH']].join(delimiter),
    HOME: home,
    // Under an older Node the command fetches the one that it runs on, once.
    XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
    TMPDIR: temporary,
    CI_GATEHOUSE: repository,
    CI_KUBECONFIG: kubeconfig,
  };
  const run = (program: string, words: readonly string[]) =>
    collect(spawn(program, words, { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'pipe'] }));
  return {
    folder,
    temporary,
    start(words, commands, wait) {
      const [shell = '', ...flags] = words.split(' ');
      const script = commands === undefined ? RECIPE : RECIPE.replace(OWN_COMMANDS, () => `${commands}\n`);
      return run(shell, [...flags, '-c', wait === undefined ? script : script.replace(WAIT, `--wait ${wait} `)]);
    },
    gatehouse: (...words) => run('node', [join(repository, 'scripts/gatehouse.mjs'), ...words]),
  };
}

function collect(process: ReturnType<typeof spawn>): RunningJob {
  const texts = { out: '', errors: '' };
  process.stdout?.setEncoding('utf8').on('data', (text: string) => (texts.out += text));
  process.stderr?.setEncoding('utf8').on('data', (text: string) => (texts.errors += text));
  return { process, ended: once(process, 'close').then(([status]) => ({ status: status as number | null, ...texts })) };
}

/** What a job left behind in its folder for temporary files. */
export async function leftOf(job: CiJob): Promise<readonly string[]> {
  return (await readdir(job.temporary)).filter((name) => name.startsWith('tmp.'));
}

/** Writes a file of the job's folder. */
export async function place(job: CiJob, name: string, text: string): Promise<void> {
  await mkdir(join(job.folder, name, '..'), { recursive: true });
  await writeFile(join(job.folder, name), text);
}
