import type { ErrorOutput } from './error-output.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Flags } from './flags.ts';

/** What a command may touch of the process it runs in. */
export interface CommandContext {
  /** Writes one line to stdout. */
  readonly print: (line: string) => void;
  /** Writes one line to stderr. */
  readonly complain: (line: string) => void;
  /** stderr itself, for a log: its lines are complete, and made visible by who writes them. */
  readonly errors: ErrorOutput;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** The operating system's name of the person. */
  readonly osUser: string;
  readonly now: () => number;
  /** How wide the terminal is; null where the output goes to a program. */
  readonly columns: number | null;
  /** Asks the person at the terminal, and settles with the answer; null where nobody is there. */
  readonly ask: ((question: string) => Promise<string>) | null;
  /** Aborted by SIGINT, SIGTERM, and by SIGHUP where the terminal is gone or nothing was given to `onReload`. */
  readonly stop: AbortSignal;
  /** From now on SIGHUP calls this instead of ending the command, but where the terminal is gone. */
  readonly onReload: (reload: () => void) => void;
}

/** What the words beside a command's flags are, for completion. */
export type Completes = 'waiting-requests' | 'open-streams' | 'files' | { readonly choices: readonly string[] };

/** One subcommand of `gatehouse`. Its help is made of this (`help.ts`). */
export interface Command {
  /** The words that call it, e.g. `journal verify`. */
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  /** What it does: paragraphs, each one line or several, which help breaks anew; what is indented stays as it is. */
  readonly about: string;
  /** The words beside the flags, as help calls them: `['CODE|ID']`. */
  readonly positionals?: readonly string[];
  /** What completion offers for them. */
  readonly completes?: Completes;
  /** Called by other programs, and in no list. */
  readonly isHidden?: boolean;
  readonly flags: Flags;
  /** What stands behind the flags: paragraphs as in `about`. */
  readonly notes?: string;
  /** What each of its exit codes means; 2 is wrong usage for every command. */
  readonly exits: Readonly<Partial<Record<ExitCode, string>>>;
  /** @throws {CommandError} */
  run(words: readonly string[], context: CommandContext): Promise<ExitCode>;
}
