import type { App } from 'electron';

export interface QuitOptions {
  readonly app: Pick<App, 'on' | 'exit'>;
  /** Asks the person whether to quit, with what that costs. */
  readonly confirm: (consequence: string) => Promise<boolean>;
  /** What ends when the app does. */
  readonly atStake: () => Promise<{ readonly terminals: number; readonly waiting: number }>;
  readonly shutDown: () => Promise<void>;
  /** Where the system's signals arrive. */
  readonly signals?: Pick<NodeJS.Process, 'on' | 'removeAllListeners'>;
}

/** Quitting asks once when terminals are open or requests wait, then ends everything in order. */
export function guardQuit({ app, confirm, atStake, shutDown, signals = process }: QuitOptions): void {
  let state: 'running' | 'asking' | 'ending' = 'running';

  async function end(): Promise<void> {
    state = 'ending';
    // What cannot be ended in order ends with the process.
    await shutDown().catch(() => undefined);
    app.exit(0);
  }
  async function ask(): Promise<void> {
    state = 'asking';
    const words = consequence(await atStake().catch(() => ({ terminals: 0, waiting: 0 })));
    if (words === null || (await confirm(words))) await end();
    else state = 'running';
  }

  app.on('before-quit', (event) => {
    event.preventDefault();
    if (state === 'running') void ask();
  });
  // The system or a script ends us: nobody is there to answer.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    // A library listens since before Electron took these signals for itself, and libuv takes a signal from the system
    // only for its first listener: without this ours is never called, and Electron quits by asking.
    signals.removeAllListeners(signal);
    signals.on(signal, () => {
      if (state !== 'ending') void end();
    });
  }
}

/** What to say before quitting; null when nothing is lost. */
export function consequence({
  terminals,
  waiting,
}: {
  readonly terminals: number;
  readonly waiting: number;
}): string | null {
  const parts: string[] = [];
  if (terminals > 0) parts.push(`${terminals} open ${terminals === 1 ? 'terminal ends' : 'terminals end'}`);
  if (waiting > 0) parts.push(`${waiting} waiting ${waiting === 1 ? 'request is' : 'requests are'} refused`);
  return parts.length > 0 ? `${parts.join(', and ')}.` : null;
}
