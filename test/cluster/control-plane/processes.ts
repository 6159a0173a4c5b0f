import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** A program that runs until its keeper ends it. */
export interface KeptProcess {
  readonly name: string;
  /** Null while it runs. */
  exitCode(): number | null;
  /** The end of what it said. */
  lastWords(): string;
}

/** Starts programs that are ended, and whose folder is removed, whatever becomes of the process that asked for them. */
export interface Keeper {
  start(program: string, programArguments: readonly string[]): KeptProcess;
  /** Ends everything and removes the folder; resolves when both are done. */
  close(): Promise<void>;
}

export function startKeeper(folder: string): Keeper {
  const keeper = spawn(process.execPath, [join(import.meta.dirname, 'keeper.mjs'), folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const ended = once(keeper, 'exit');
  return {
    start(program, programArguments) {
      const name = program.split('/').at(-1) ?? program;
      const logFile = join(folder, `${name}.log`);
      const log = openSync(logFile, 'a');
      const child = spawn(program, programArguments, { detached: true, cwd: folder, stdio: ['ignore', log, log] });
      closeSync(log);
      if (child.pid) keeper.stdin.write(`${child.pid}\n`);
      let exitCode: number | null = null;
      child.on('error', () => {
        exitCode = 127;
      });
      child.on('exit', (code) => {
        exitCode = code ?? 1;
      });
      child.unref();
      return {
        name,
        exitCode: () => exitCode,
        lastWords: () => readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-8).join('\n'),
      };
    },
    async close() {
      keeper.stdin.end();
      await ended;
    },
  };
}

/** Ports that nobody listens on, all held until the last is found so that they differ. */
export async function findFreePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address ? address.port : 0;
  });
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
