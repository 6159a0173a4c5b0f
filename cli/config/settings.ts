import type { CommandContext } from '../command/command.ts';
import { type Flag, type Flags, flagsIn, withoutFlags } from '../command/flags.ts';
import { readConfigFile } from './config-file.ts';
import type { ConfigContent } from './config-text.ts';
import { CONFIG_VARIABLE, readEnvironment, unknownVariables, variableOf } from './environment.ts';
import type { Said, SettingProblem } from './said.ts';

/** `--config` of every command that has settings. */
export const CONFIG_FLAG = {
  type: 'string',
  value: 'FILE',
  kind: 'file',
  says: 'a file that says what no flag and no environment variable does (default: $GATEHOUSE_CONFIG, else none)',
} as const satisfies Flag;

/** What is said of settings beside a command's own words, and what the words are without `--config`. */
export interface Settings {
  /** Without `--config`. */
  readonly words: readonly string[];
  /** By flag: whoever counts, of those that are not among the words. */
  readonly said: ReadonlyMap<string, Said>;
  readonly problems: readonly SettingProblem[];
  /** Variables that set nothing. */
  readonly unknown: ReturnType<typeof unknownVariables>;
  /** The config file, as it was named; null: none. */
  readonly file: string | null;
}

/**
 * Collects what is said of a command's settings, by whom: a flag counts before the environment, the environment before
 * the config file. A flag that may be given several times is taken whole from one of them.
 * @param flags of the command.
 * @param settings those of them that the environment and the file may say.
 * @param all the flags of the gateway: what a config file may hold.
 */
export async function readSettingsOf(
  words: readonly string[],
  { flags, settings, all }: { readonly flags: Flags; readonly settings: Flags; readonly all: Flags },
  { environment }: Pick<CommandContext, 'environment'>,
): Promise<Settings> {
  const given = flagsIn(words, { ...flags, config: CONFIG_FLAG }).given;
  const config = given.filter(({ name }) => name === 'config');
  const problems: SettingProblem[] = [];
  const named = config.length > 0 ? (config.at(-1)?.value ?? '') : (environment[CONFIG_VARIABLE] ?? null);
  if (named === '' || new Set(config.map(({ value }) => value)).size > 1) {
    const origin =
      config.length > 0 ? ({ from: 'flag' } as const) : ({ from: 'environment', variable: CONFIG_VARIABLE } as const);
    const who = config.length > 0 ? '--config' : 'it';
    const none = `${who} takes the name of a FILE, and none is there`;
    const what = named === '' ? none : '--config is given twice: give it once';
    problems.push({ name: null, origin, message: what });
  }
  const read = named === null || problems.length > 0 ? NOTHING : await readConfigFile(named, all);
  const variables = readEnvironment(environment, settings);
  const isOurs = ({ name }: SettingProblem) => name === null || Object.hasOwn(settings, name);
  const taken = new Set(given.map(({ name }) => name));
  const said = new Map<string, Said>();
  for (const one of [...variables.said, ...read.said]) {
    if (!Object.hasOwn(settings, one.name) || taken.has(one.name) || said.has(one.name)) continue;
    said.set(one.name, one);
  }
  return {
    words: withoutFlags(words, config),
    said,
    problems: [...problems, ...[...variables.problems, ...read.problems].filter(isOurs)],
    unknown: unknownVariables(environment, all),
    file: named,
  };
}

const NOTHING: ConfigContent = { said: [], problems: [] };

/** What is said, as words of a command line. */
export function asWords(said: Iterable<Said>, flags: Flags): string[] {
  return [...said].flatMap(({ name, values }) => {
    if (flags[name]?.type !== 'boolean') return values.map((value) => `--${name}=${value}`);
    return values.map((value) => (value === 'true' ? `--${name}` : `--no-${name}`));
  });
}

/** Which variable sets nothing, and which was meant. */
export function unknownInWords({ variable, meant }: Settings['unknown'][number]): string {
  return `${variable} sets nothing; ${meantInWords(meant)}`;
}

/** What was probably meant by a variable that sets nothing. */
export function meantInWords(meant: string | null): string {
  if (meant === null) return 'what can be set so are the flags of "gatehouse gateway"';
  return `did you mean ${variableOf(meant)}?`;
}
