import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, vi } from 'vitest';
import { askGateway, tellGateway } from '../../../cli/command/control-client.ts';
import { commandLine, refreshCommandLine } from '../../../scripts/build/command-line.mjs';
import { type CommandResult, kubectlPath, type RunningCommand, run, start } from './command.ts';
import type { TestedCluster } from './tested-cluster.ts';

/** The built `gatehouse gateway` in a process of its own, whose log a test reads, or does not. */
export interface LoggingGateway {
  readonly child: ChildProcess;
  readonly kubeconfig: string;
  readonly folder: string;
  readonly policyFolder: string;
  /** The lines of its log so far. */
  readonly lines: readonly string[];
  /** Those lines, where they are JSON. */
  entries(): ReadonlyArray<Readonly<Record<string, unknown>>>;
  /** Waits for a line of JSON of this event, and gives the newest. */
  logged(event: string, count?: number): Promise<Readonly<Record<string, unknown>>>;
  kubectl(...words: readonly string[]): Promise<CommandResult>;
  startKubectl(...words: readonly string[]): RunningCommand;
  /** Decides what waits, all of it. */
  decide(verdict: 'approve' | 'deny', comment: string | null): Promise<void>;
  /** SIGTERM, and the exit code. */
  stop(): Promise<number | null>;
}

/** @param way.readsLog false: stderr is a pipe that nobody reads. */
export async function startLoggingGateway(
  { kubeconfig: own, context }: TestedCluster,
  flags: readonly string[],
  { readsLog = true }: { readonly readsLog?: boolean } = {},
): Promise<LoggingGateway> {
  await refreshCommandLine();
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-log-'));
  const data = join(folder, 'data');
  const kubeconfig = join(folder, 'client.yaml');
  const child = spawn(
    process.execPath,
    [
      ...[commandLine, 'gateway', '--kubeconfig', own, '--context', context, '--write-kubeconfig', kubeconfig],
      ...['--data', data, '--journal-witness', join(folder, 'head.json'), ...flags],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const ended = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true, force: true });
  });
  const lines: string[] = [];
  if (readsLog) createInterface({ input: child.stderr }).on('line', (line) => lines.push(line));
  for await (const line of createInterface({ input: child.stdout })) if (line.includes('ready')) break;
  const entries = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const way = { kubeconfig };
  return {
    child,
    kubeconfig,
    folder,
    policyFolder: join(data, 'policy'),
    lines,
    entries,
    async logged(event, count = 1) {
      const found = () => entries().filter((entry) => entry['event'] === event);
      await vi.waitFor(() => expect(found().length).toBeGreaterThanOrEqual(count), { timeout: 30_000 });
      return found().at(-1) ?? {};
    },
    kubectl: (...words) => run(kubectlPath, words, way),
    startKubectl: (...words) => start(kubectlPath, words, way),
    async decide(verdict, comment) {
      for (const { id, state } of await askGateway(data, { v: 1, ask: 'requests' })) {
        if (state === 'PENDING') {
          const word = { v: 1, ask: 'review', id, verdict, comment } as const;
          await tellGateway(data, word, { environment: {}, complain: () => undefined });
        }
      }
    },
    async stop() {
      child.kill('SIGTERM');
      const [code] = await ended;
      return code as number | null;
    },
  };
}
