import type { ExitCode } from './exit-codes.ts';

/** What a command may touch of the process it runs in. */
export interface CommandContext {
  /** Writes one line to stdout. */
  readonly print: (line: string) => void;
  /** Writes one line to stderr. */
  readonly complain: (line: string) => void;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** The operating system's name of the person. */
  readonly osUser: string;
  readonly now: () => number;
  /** How wide the terminal is; null where the output goes to a program. */
  readonly columns: number | null;
  /** Asks the person at the terminal, and settles with the answer; null where nobody is there. */
  readonly ask: ((question: string) => Promise<string>) | null;
  /** Aborted by SIGINT, SIGTERM or SIGHUP. */
  readonly stop: AbortSignal;
}

/** One subcommand of `gatehouse`. */
export interface Command {
  /** The words that call it, e.g. `journal verify`. */
  readonly name: string;
  readonly summary: string;
  /** What `--help` prints. */
  readonly help: string;
  /** @throws {CommandError} */
  run(words: readonly string[], context: CommandContext): Promise<ExitCode>;
}
