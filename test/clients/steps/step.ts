import type { CommandResult } from '../../gateway/environment/command.ts';
import type { Place, Way } from '../place.ts';

/** One thing that people do all day, done directly and through the gateway. */
export interface Step {
  readonly name: string;
  run(place: Place): Promise<CommandResult>;
  /** It is to fail: on both sides, in the same words. */
  readonly fails?: boolean;
  /** Policy asks a person first; the matrix says yes. */
  readonly approved?: boolean;
  /** What comes back is never twice the same: only the exit code is compared. */
  readonly codeOnly?: boolean;
  /** The client prints the lines in an order of chance. */
  readonly unordered?: boolean;
  /** Why the gateway's side may differ, and what it says then. */
  readonly differs?: ExpectedDifference | readonly ExpectedDifference[];
}

export interface ExpectedDifference {
  readonly why: string;
  readonly says: RegExp;
}

export type StepOptions = Omit<Step, 'name' | 'run'> & Way;

/** A step that is one command in the side's namespace, named by its own words. */
export function command(words: string, options: StepOptions = {}): Step {
  const { input, environment, program, ...rest } = options;
  const way = {
    ...(input === undefined ? {} : { input }),
    ...(environment === undefined ? {} : { environment }),
    ...(program === undefined ? {} : { program }),
  };
  return { name: words, run: (place) => place.inNamespace(split(words), way), ...rest };
}

/** The same with a shorter name for the table. */
export function named(name: string, step: Step): Step {
  return { ...step, name };
}

/** Words as a shell would split them; single quotes keep what is in them together. */
export function split(words: string): string[] {
  return [...words.matchAll(/(?:[^\s']+|'[^']*')+/g)].map(([word]) => word.replaceAll("'", ''));
}

/** A step's own result, as a command would give it. */
export function result(code: number, stdout: string, stderr = ''): CommandResult {
  return { code, stdout, stderr };
}
