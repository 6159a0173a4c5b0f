import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A real systemd, as process 1 of namespaces of its own. */
export interface Systemd {
  /** Runs a script of bash in it, as root. */
  run(script: string): Promise<{ readonly status: number | null; readonly out: string; readonly errors: string }>;
  close(): Promise<void>;
}

const LOOK_AGAIN = 100;
const LOOKS = 200;

/** Why there is no systemd to be had here, or null. */
export function whyNoSystemd(): string | null {
  if (process.platform !== 'linux') return 'systemd is for Linux';
  if (process.getuid?.() !== 0) return 'a systemd in namespaces of its own needs root';
  const missing = ['/lib/systemd/systemd', '/usr/bin/unshare', '/usr/bin/nsenter'].find((path) => !existsSync(path));
  if (missing !== undefined) return `${missing} is missing`;
  return null;
}

/**
 * @param binds files and folders that it sees in other places, read-only, by those places.
 * @returns null where this machine lets no systemd start, with the reason on stderr.
 */
export async function startSystemd(binds: Readonly<Record<string, string>>): Promise<Systemd | null> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-systemd-'));
  const cgroup = makeCgroup(folder);
  const pairs = Object.entries(binds).map(([to, from]) => `${from}=${to}`);
  const enter = cgroup === null ? '' : `echo $$ > '${cgroup}/cgroup.procs' && `;
  const unshare = `unshare --mount --pid --uts --ipc --cgroup --fork --kill-child=SIGKILL`;
  const start = join(import.meta.dirname, 'start.sh');
  const starter = spawn('bash', ['-c', `${enter}exec ${unshare} bash '${start}' "$@"`, 'bash', folder, ...pairs], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  starter.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const systemd: Systemd = {
    async run(script) {
      const words = ['-t', String(childOf(starter)), '-m', '-p', '-i', '-u', '-C', '-r', '-w'];
      const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
      const inside = spawn('nsenter', [...words, 'bash', '-c', script], {
        // bash reads its start-up files where standard input is a socket.
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { PATH: path },
      });
      const texts = { out: '', errors: '' };
      inside.stdout.setEncoding('utf8').on('data', (text: string) => {
        texts.out += text;
      });
      inside.stderr.setEncoding('utf8').on('data', (text: string) => {
        texts.errors += text;
      });
      const [status] = await once(inside, 'close');
      return { status: status as number | null, ...texts };
    },
    async close() {
      if (starter.exitCode === null && starter.signalCode === null) {
        starter.kill('SIGKILL');
        await once(starter, 'exit');
      }
      await removeCgroup(cgroup);
      await rm(folder, { recursive: true, force: true });
    },
  };
  for (let look = 0; look < LOOKS && starter.exitCode === null; look += 1) {
    if (childOf(starter) !== null) {
      const { out } = await systemd.run('systemctl is-active little.target');
      if (out === 'active\n') return systemd;
    }
    await delay(LOOK_AGAIN);
  }
  await systemd.close();
  console.warn(`skipped: no systemd starts in namespaces here: ${errors.trim() || 'it does not answer'}`);
  return null;
}

/** The one process that another has started; null where there is none yet. */
export function childOf({ pid }: ChildProcess): number | null {
  const { stdout } = spawnSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' });
  return /^\d+$/m.test(stdout) ? Number.parseInt(stdout, 10) : null;
}

/** A group for all of its processes, which is the root of what it sees; null where none can be made. */
function makeCgroup(folder: string): string | null {
  const root = ['/sys/fs/cgroup/systemd', '/sys/fs/cgroup'].find((path) => existsSync(join(path, 'cgroup.procs')));
  if (root === undefined) return null;
  const path = join(root, folder.replaceAll('/', '-').slice(1));
  try {
    mkdirSync(path);
    return path;
  } catch {
    return null;
  }
}

async function removeCgroup(path: string | null): Promise<void> {
  if (path === null || !existsSync(path)) return;
  for (let look = 0; look < LOOKS; look += 1) {
    try {
      removeTree(path);
      return;
    } catch {
      // Its last process is not quite gone.
      await delay(LOOK_AGAIN);
    }
  }
  console.warn(`left behind: ${path} (${readFileSync(join(path, 'cgroup.procs'), 'utf8').trim()})`);
}

function removeTree(path: string): void {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory()) removeTree(join(path, entry.name));
  }
  rmdirSync(path);
}
