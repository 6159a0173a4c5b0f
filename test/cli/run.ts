import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { runCommandLine } from '../../cli/command-line.ts';

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts a command line inside this process. */
export function start(...words: string[]) {
  const stop = new AbortController();
  const out: string[] = [];
  const errors: string[] = [];
  let wake = () => {};
  const context = {
    print: (line: string) => {
      out.push(line);
      wake();
    },
    complain: (line: string) => errors.push(line),
    environment: {},
    home: '/nonexistent',
    osUser: 'ada',
    now: Date.now,
    stop: stop.signal,
  };
  const exit = runCommandLine(words, context);
  return {
    out,
    errors,
    exit,
    stop: () => stop.abort(),
    /** Settles when a line was printed that holds the text, or the command ended. */
    printed: async (text: string) => {
      const ended = exit.then(() => undefined);
      while (!out.some((line) => line.includes(text))) {
        const next = new Promise<'line'>((resolve) => {
          wake = () => resolve('line');
        });
        if ((await Promise.race([next, ended])) !== 'line') return;
      }
    },
  };
}

export async function run(...words: string[]) {
  const { exit, out, errors } = start(...words);
  return { code: await exit, out: out.join('\n'), errors: errors.join('\n') };
}
