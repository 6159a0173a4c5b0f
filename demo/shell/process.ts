import type { ByteSink, ByteSource } from './byte-pipe.ts';
import type { FileTree } from './file-tree.ts';

/** The imaginary machine that a shell runs on. */
export interface Machine {
  readonly hostname: string;
  readonly files: FileTree;
  /** What `ps` shows as process 1. */
  readonly mainCommand: string;
}

/** What a running command has. */
export interface Process {
  readonly machine: Machine;
  readonly args: readonly string[];
  readonly stdin: ByteSource;
  readonly stdout: ByteSink;
  readonly stderr: ByteSink;
  /** Aborted by Ctrl-C and when the connection ends. */
  readonly signal: AbortSignal;
  readonly variables: Readonly<Record<string, string>>;
  readonly folder: string;
}

/** A command: its exit code when it has ended. */
export type Command = (process: Process) => Promise<number>;

/** Thrown inside a command whose signal was aborted. */
export class Interrupted extends Error {}

/** Writes text; throws when it was interrupted. */
export async function say(process: Pick<Process, 'stdout' | 'signal'>, text: string): Promise<boolean> {
  if (process.signal.aborted) throw new Interrupted();
  return process.stdout.write(Buffer.from(text));
}

/** Writes an error line and gives the exit code. */
export async function complain(process: Process, text: string, code = 1): Promise<number> {
  await process.stderr.write(Buffer.from(`${text}\n`));
  return code;
}

/** Waits; throws when interrupted. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(new Interrupted());
      return;
    }
    const interrupt = () => {
      clearTimeout(timer);
      reject(new Interrupted());
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', interrupt);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', interrupt, { once: true });
  });
}
