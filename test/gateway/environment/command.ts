import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a command printed and how it ended. */
export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

export interface CommandOptions {
  readonly kubeconfig: string;
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface RunningCommand {
  readonly done: Promise<CommandResult>;
  /** Resolves when the output so far matches. */
  saw(pattern: RegExp): Promise<string>;
  stop(): void;
}

/** The pinned kubectl and helm; `npm test` provides them. */
export const kubectlPath = process.env.GATEHOUSE_TEST_KUBECTL ?? 'kubectl';
export const helmPath = process.env.GATEHOUSE_TEST_HELM ?? 'helm';

/** Discovery is cached under HOME: each run of the suite has its own. */
const home = mkdtempSync(join(tmpdir(), 'gatehouse-test-home-'));

/** Starts a command with nothing of the caller's environment but PATH. */
export function start(command: string, args: readonly string[], options: CommandOptions): RunningCommand {
  const child = spawn(command, args, {
    env: { PATH: process.env.PATH, HOME: home, KUBECONFIG: options.kubeconfig, ...options.environment },
    stdio: 'pipe',
  });
  let stdout = '';
  let stderr = '';
  const watchers = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (const look of watchers) look();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    for (const look of watchers) look();
  });
  const done = new Promise<CommandResult>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ stdout, stderr, code: code ?? -1 }));
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  return {
    done,
    saw: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(stdout) ?? pattern.exec(stderr);
          if (match === null) return;
          watchers.delete(look);
          resolve(match[0]);
        };
        watchers.add(look);
        look();
        void done.then((result) => reject(new Error(`ended before ${pattern}: ${JSON.stringify(result)}`)));
      }),
    stop: () => child.kill('SIGTERM'),
  };
}

/** Runs a command to its end. */
export function run(command: string, args: readonly string[], options: CommandOptions): Promise<CommandResult> {
  return start(command, args, options).done;
}
