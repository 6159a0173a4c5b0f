import { delimiter } from 'node:path';
import { nearMiss } from '../../model/near-miss.ts';
import { PATH_KINDS, valueTrouble } from '../command/flag-value.ts';
import type { Flag, Flags } from '../command/flags.ts';
import type { ConfigContent } from './config-text.ts';
import type { Said, SettingProblem } from './said.ts';

const PREFIX = 'GATEHOUSE_';

/** Names the config file where no flag does. */
export const CONFIG_VARIABLE = variableOf('config');

/** The one rule: `--journal-days` is GATEHOUSE_JOURNAL_DAYS. */
export function variableOf(flag: string): string {
  return `${PREFIX}${flag.toUpperCase().replaceAll('-', '_')}`;
}

/** What the environment says of flags. */
export function readEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  flags: Flags,
): ConfigContent {
  const said: Said[] = [];
  const problems: SettingProblem[] = [];
  for (const [name, flag] of Object.entries(flags)) {
    const variable = variableOf(name);
    const text = environment[variable];
    if (text === undefined || flag.isHidden) continue;
    const origin = { from: 'environment', variable } as const;
    const values = valuesOf(text, flag);
    const trouble = values.map((value) => troubleOf(flag, value)).find((one) => one !== null) ?? null;
    if (trouble === null) said.push({ name, values, origin });
    else problems.push({ name, origin, message: trouble });
  }
  return { said, problems };
}

function valuesOf(text: string, flag: Flag): string[] {
  if (!flag.multiple || text === '') return [text];
  return text.split(PATH_KINDS.has(flag.kind ?? 'text') ? delimiter : ',');
}

/** An empty one is mostly a variable of something else that was not set: to pass over it could run without a policy that was named. */
function troubleOf(flag: Flag, value: string): string | null {
  if (value === '') return `it is empty: unset it, or give it ${flag.value ?? 'true or false'}`;
  if (flag.type === 'boolean')
    return value === 'true' || value === 'false' ? null : `it takes true or false, not "${value}"`;
  const trouble = valueTrouble(flag, value);
  return trouble === null ? null : `it ${trouble}`;
}

/** Variables with our prefix that say something else: of the app, of its terminals, of the programs of a checkout. */
const OTHERS = new Set([
  'GATEHOUSE_LOGIN',
  'GATEHOUSE_PROMPT_TOKEN',
  'GATEHOUSE_READING_ENVIRONMENT',
  'GATEHOUSE_STARTED_BY_NODE',
  'GATEHOUSE_TOOLS_FOLDER',
  'GATEHOUSE_USER_DATA',
  'GATEHOUSE_USER_ZDOTDIR',
]);
const OTHER_PREFIXES = /^GATEHOUSE_(?:BENCH|CLIENTS|MUTANTS|TEST)_/;
/** What Kubernetes sets in every pod beside a Service called `gatehouse…` (Accessing the Service, environment variables). */
const OF_A_SERVICE = /_(?:SERVICE_(?:HOST|PORT(?:_\w+)?)|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?)$/;

/** Whether a variable is nobody's: neither a flag of the gateway nor known for something else. */
export function isUnknownVariable(variable: string, flags: Flags): boolean {
  if (!variable.startsWith(PREFIX) || variable === CONFIG_VARIABLE) return false;
  if (OTHERS.has(variable) || OTHER_PREFIXES.test(variable) || OF_A_SERVICE.test(variable)) return false;
  return !Object.keys(flags).some((name) => variableOf(name) === variable);
}

/** The variables with our prefix that set nothing, each with the one that was probably meant. */
export function unknownVariables(
  environment: Readonly<Record<string, string | undefined>>,
  flags: Flags,
): ReadonlyArray<{ readonly variable: string; readonly meant: string | null }> {
  const names = ['config', ...Object.keys(flags)];
  return Object.keys(environment)
    .filter((variable) => environment[variable] !== undefined && isUnknownVariable(variable, flags))
    .sort()
    .map((variable) => ({
      variable,
      meant: nearMiss(variable.slice(PREFIX.length).toLowerCase().replaceAll('_', '-'), names),
    }));
}
