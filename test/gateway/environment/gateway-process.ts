import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { askGateway, tellGateway } from '../../../cli/command/control-client.ts';
import { commandLine, refreshCommandLine } from '../../../scripts/build/command-line.mjs';
import type { TestedCluster } from './tested-cluster.ts';

/** The `gatehouse gateway` program as it is built, in a process of its own, with a probe in it. */
export interface GatewayProcess {
  readonly kubeconfig: string;
  /** Milliseconds of the longest task of its event loop since it was asked last. */
  longestTask(): Promise<number>;
  /** Agrees to everything that waits for a person. */
  agree(): Promise<void>;
  close(): Promise<void>;
}

export async function startGatewayProcess({ kubeconfig, context }: TestedCluster): Promise<GatewayProcess> {
  await refreshCommandLine();
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-process-'));
  const own = join(folder, 'client.yaml');
  const data = join(folder, 'data');
  const probe = join(import.meta.dirname, 'task-probe.mjs');
  const program = spawn(
    process.execPath,
    [
      ...['--import', probe, commandLine, 'gateway', '--kubeconfig', kubeconfig, '--context', context],
      ...['--write-kubeconfig', own, '--data', data],
    ],
    { stdio: ['ignore', 'pipe', 'ignore', 'ipc'] },
  );
  await untilReady(program);
  return {
    kubeconfig: own,
    async longestTask() {
      program.send('longest');
      const [longest] = await once(program, 'message');
      return longest as number;
    },
    async agree() {
      const person = { environment: {}, complain: () => undefined };
      for (const { id, state } of await askGateway(data, { v: 1, ask: 'requests' })) {
        if (state !== 'PENDING') continue;
        await tellGateway(data, { v: 1, ask: 'review', id, verdict: 'approve', comment: null }, person);
      }
    },
    async close() {
      program.kill('SIGTERM');
      await once(program, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function untilReady(program: ChildProcess): Promise<void> {
  if (program.stdout === null) throw new Error('the program has no output');
  for await (const line of createInterface(program.stdout)) if (line.includes('ready')) return;
  throw new Error('the gateway ended before it was ready');
}
