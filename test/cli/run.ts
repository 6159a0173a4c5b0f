import { mkdtempSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';
import { runCommandLine } from '../../cli/command-line.ts';

/** Of the person at the command line: what a gateway keeps outside its data folder lies there. */
export const home = mkdtempSync(join(tmpdir(), 'gatehouse-home-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts a command line inside this process, with nobody at the terminal. */
export function start(...words: string[]) {
  return startBefore(null, ...words);
}

/** As {@link start}, before somebody who answers each question in this way. */
export function startBefore(person: ((question: string) => string) | null, ...words: string[]) {
  return startIn({ person }, ...words);
}

interface Surroundings {
  readonly person?: ((question: string) => string) | null;
  readonly environment?: Readonly<Record<string, string>>;
  /** Of the terminal; null: there is none. */
  readonly columns?: number | null;
}

/** As {@link start}, in surroundings that differ from the usual ones. */
export function startIn({ person = null, environment = {}, columns = 80 }: Surroundings, ...words: string[]) {
  const stop = new AbortController();
  const out: string[] = [];
  const errors: string[] = [];
  let wake = () => {};
  let reload = () => {};
  const context = {
    print: (line: string) => {
      out.push(line);
      wake();
    },
    complain: (line: string) => errors.push(line),
    errors: {
      reader: 'other' as const,
      write: (lines: string) => {
        errors.push(lines.trimEnd());
        return true;
      },
    },
    environment,
    home,
    osUser: 'ada',
    now: Date.now,
    columns,
    ask: person === null ? null : async (question: string) => person(question),
    stop: stop.signal,
    onReload: (then: () => void) => {
      reload = then;
    },
  };
  const exit = runCommandLine(words, context);
  return {
    out,
    errors,
    exit,
    stop: () => stop.abort(),
    /** What SIGHUP does to a gateway. */
    reload: () => reload(),
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
  return finished(start(...words));
}

/** As {@link run}, with variables in the environment. */
export async function runWith(environment: Readonly<Record<string, string>>, ...words: string[]) {
  return finished(startIn({ environment }, ...words));
}

export async function finished({ exit, out, errors }: ReturnType<typeof start>) {
  return { code: await exit, out: out.join('\n'), errors: errors.join('\n') };
}

/** What a gateway's log complains of, but for its cluster: in these tests there is none. */
export function complaints(lines: readonly string[]) {
  const entries = lines.map((line) => JSON.parse(line) as { level: string; event: string; [field: string]: unknown });
  return entries.filter(({ level, event }) => ['warn', 'error'].includes(level) && event !== 'cluster-unreachable');
}
