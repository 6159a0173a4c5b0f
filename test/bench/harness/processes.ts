import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, platform } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';

/** What is measured runs on the first CPU, what loads and serves it on the last, so that neither takes the other's time. */
export type Place = 'measured' | 'load';

export interface ProcessOptions {
  readonly place: Place;
  readonly env?: Readonly<Record<string, string>>;
}

/** The bundle of `<name>.program.ts`, for `process.execPath`. */
export function programPath(name: string): string {
  return join(import.meta.dirname, `${name}.js`);
}

/** The command on the search path, or null: peers that are not installed are left out and named. */
export function findCommand(command: string): string | null {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    if (folder !== '' && existsSync(join(folder, command))) return join(folder, command);
  }
  return null;
}

/** Runs a program to its end. Its last line of output is its result, as JSON. */
export async function runProgram<Result>(
  name: string,
  programArguments: readonly string[],
  { place, env, flags = [] }: ProcessOptions & { readonly flags?: readonly string[] },
): Promise<Result> {
  const child = launch([process.execPath, ...flags, programPath(name), ...programArguments], {
    place,
    ...(env && { env }),
  });
  let last = '';
  const lines = createInterface({ input: streamOf(child) });
  lines.on('line', (line) => {
    last = line;
  });
  const closed = new Promise((done) => lines.once('close', done));
  const code = await new Promise<number | null>((done, failed) => child.once('exit', done).once('error', failed));
  await closed;
  if (code !== 0) throw new Error(`${name} ${programArguments.join(' ')} ended with code ${code}`);
  return JSON.parse(last) as Result;
}

export interface Usage {
  /** Of all its threads. */
  readonly cpuSeconds: number;
  /** Since its start or the last `resetPeak`. */
  readonly peakRssMb: number;
}

/** A process that goes on until it is stopped. */
export interface RunningProcess {
  readonly pid: number;
  /** The line that said it is ready. */
  readonly ready: string;
  /** NaN where the system does not tell (anything but Linux). */
  usage(): Usage;
  resetPeak(): void;
  stop(): Promise<void>;
}

/** Starts a server or the like and waits for the line of its output (either stream) that says it is ready. */
export async function startProcess(
  command: readonly string[],
  { ready, ...options }: ProcessOptions & { readonly ready: RegExp },
): Promise<RunningProcess> {
  const child = launch(command, options, 'pipe');
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const line = await new Promise<string>((found, failed) => {
    const seen: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (text) => {
        seen.push(text);
        if (ready.test(text)) found(text);
      });
    }
    child.once('error', failed);
    child.once('exit', (code) =>
      failed(new Error(`${command[0]} ended with code ${code}:\n${seen.slice(-10).join('\n')}`)),
    );
  });
  const pid = child.pid ?? 0;
  return {
    pid,
    ready: line,
    usage: () => usageOf(pid),
    resetPeak: () => resetPeak(pid),
    async stop() {
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 3_000);
      await ended;
      clearTimeout(late);
    },
  };
}

const children = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

function launch(command: readonly string[], { place, env }: ProcessOptions, errors: 'inherit' | 'pipe' = 'inherit') {
  const pinned = [...pinning(place), ...command];
  const child = spawn(pinned[0] ?? '', pinned.slice(1), {
    stdio: ['ignore', 'pipe', errors],
    env: { ...process.env, ...env },
  });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

function streamOf(child: ChildProcess): NodeJS.ReadableStream {
  if (child.stdout === null) throw new Error('the process was started without its output');
  return child.stdout;
}

function pinning(place: Place): readonly string[] {
  const taskset = platform() === 'linux' ? findCommand('taskset') : null;
  if (taskset === null || cpus().length < 2) return [];
  return [taskset, '-c', place === 'measured' ? '0' : `1-${cpus().length - 1}`];
}

/** CPU time of a process and its peak of resident memory, from /proc; NaN where there is none. */
export function usageOf(pid: number): Usage {
  try {
    // Nanoseconds on the CPU, per thread; the ticks in `stat` are too coarse for a round of a second.
    const tasks = `/proc/${pid}/task`;
    let nanoseconds = 0;
    for (const task of readdirSync(tasks)) {
      nanoseconds += Number(readFileSync(`${tasks}/${task}/schedstat`, 'latin1').split(' ')[0]);
    }
    const peak = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return { cpuSeconds: nanoseconds / 1e9, peakRssMb: Number(peak) / 1024 };
  } catch {
    return { cpuSeconds: Number.NaN, peakRssMb: Number.NaN };
  }
}

function resetPeak(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    // The peak then counts from the start of the process, which is no worse than an upper bound.
  }
}
