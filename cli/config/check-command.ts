import { join, resolve } from 'node:path';
import { visible } from '../../model/visible-text.ts';
import type { Command, CommandContext } from '../command/command.ts';
import { dataFolder, policyFolder } from '../command/data-folder.ts';
import { CommandError, exitCodes } from '../command/exit-codes.ts';
import { borrowed, type Flag, type Flags, flagsIn, readFlags, withoutFlags } from '../command/flags.ts';
import { outputFlags, wantsJson } from '../command/output-flag.ts';
import { table } from '../command/printable.ts';
import { GATEWAY_FLAGS } from '../gateway/gateway-flags.ts';
import { readSettings } from '../gateway/gateway-settings.ts';
import { refuseForeignPlaces } from '../gateway/start-places.ts';
import { type Finding, lookAt } from './named-things.ts';
import { policyMistakes } from './policy-mistakes.ts';
import { type Origin, originInWords, problemInWords, type Said } from './said.ts';
import { asWords, CONFIG_FLAG, readSettingsOf, type Settings, unknownInWords } from './settings.ts';

const NAME = 'config check';
const OWN_FLAGS = {
  config: CONFIG_FLAG,
  ...outputFlags('json: every setting with where it comes from, and what is wrong, for programs'),
} as const satisfies Flags;
const FLAGS = { ...GATEWAY_FLAGS, ...OWN_FLAGS } as const satisfies Flags;

const FLAG_LIST: ReadonlyArray<readonly [name: string, flag: Flag]> = Object.entries<Flag>(GATEWAY_FLAGS);

export const configCheckCommand: Command = {
  name: NAME,
  summary: 'say what a gateway would run with, where each value comes from, and what is wrong',
  about: `Reads the config file, the environment and the flags as "gatehouse gateway" would, says which value would be in
force and who says it, and looks at what they name: the kubeconfig and its context, the policy and its mistakes, whether
what is written can be written, whether the address can be listened on. It starts nothing and makes nothing.`,
  positionals: ['[FILE]'],
  completes: 'files',
  flags: { ...borrowed(GATEWAY_FLAGS), ...OWN_FLAGS },
  notes: 'Flags of "gatehouse gateway" that are given here count as they would there.',
  exits: { 0: 'a gateway would start so', 1: 'something is wrong (it says what, and where)' },

  async run(words, context) {
    const { values, positionals } = readFlags(NAME, words, FLAGS, ['[FILE]']);
    const [file] = positionals;
    if (file !== undefined && values.config !== undefined) {
      throw new CommandError(
        exitCodes.usage,
        `the config file is named twice, as "${file}" and by --config: name it once`,
      );
    }
    const report = await check(ownWords(words, file), context);
    if (wantsJson(values)) context.print(JSON.stringify(report, null, 2));
    else for (const line of reportLines(report)) context.print(line);
    return report.ok ? exitCodes.done : exitCodes.failed;
  },
};

interface Wrong {
  /** Of the flag that it is about, as far as that can be told. */
  readonly name: string | null;
  readonly message: string;
}

/** What `config check` finds; its JSON. */
export interface ConfigReport {
  readonly ok: boolean;
  readonly file: string | null;
  readonly settings: ReadonlyArray<{
    readonly name: string;
    readonly values: readonly string[];
    readonly origin: Origin;
  }>;
  readonly wrong: readonly Wrong[];
  readonly notes: readonly string[];
}

/** The words of a gateway: without what this command alone takes. */
function ownWords(words: readonly string[], file: string | undefined): string[] {
  const own = flagsIn(words, FLAGS).given.filter(({ name }) => name in OWN_FLAGS && name !== 'config');
  const rest = withoutFlags(words, own).filter((word) => word !== file && word !== '--');
  return file === undefined ? rest : [...rest, `--config=${file}`];
}

async function check(words: readonly string[], context: CommandContext): Promise<ConfigReport> {
  const named = { flags: GATEWAY_FLAGS, settings: GATEWAY_FLAGS, all: GATEWAY_FLAGS };
  const found = await readSettingsOf(words, named, context);
  const settings = inForce(found);
  const wrong: Wrong[] = found.problems.map((one) => ({ name: one.name, message: problemInWords(one) }));
  const notes: string[] = [];
  for (const one of found.unknown) {
    if (one.meant === null) notes.push(unknownInWords(one));
    else wrong.push({ name: one.meant, message: unknownInWords(one) });
  }
  for (const { name, finding, origin } of await whatIsNamed(settings, context)) {
    if (finding.says === 'wrong') wrong.push({ name, message: `${saidBy(name, origin)}: ${finding.message}` });
    else notes.push(`${name}: ${finding.message}`);
  }
  const all = [...asWords(found.said.values(), GATEWAY_FLAGS), ...found.words];
  const { complaint, worked } = await workedOut(all, context);
  // What the file or a look at what it names has told already is not told again.
  const isTold = isUnread(found) || wrong.some(({ name }) => complaint?.startsWith(`--${name}`));
  const others = await placesOfOthers(all, context);
  if (others !== null) wrong.push({ name: null, message: others });
  if (complaint !== null && !isTold) wrong.push({ name: null, message: complaint });
  wrong.push(...(await policyMistakes(worked['policy'] ?? '')).map((message) => ({ name: 'policy', message })));
  const inFull = (one: Said): Said => {
    const value = one.origin.from === 'default' ? worked[one.name] : undefined;
    return { ...one, values: (value === undefined ? one.values : [value]).map((said) => shown(one.name, said)) };
  };
  const file = found.file === null ? null : resolve(found.file);
  // A note of something that a gateway refuses outright would say it twice.
  const unsaid = notes.filter((note) => !complaint?.startsWith(`--${note.split(':', 1)[0]}:`));
  return { ok: wrong.length === 0, file, settings: settings.map(inFull), wrong, notes: unsaid };
}

/** Each flag's value, and who says it; none for one that is said with a mistake. */
function inForce({ words, said, problems }: Settings): Said[] {
  const { values } = readFlags('gateway', words, GATEWAY_FLAGS);
  const given = new Set(flagsIn(words, GATEWAY_FLAGS).given.map(({ name }) => name));
  return FLAG_LIST.filter(([, { isHidden }]) => !isHidden).map(([name, flag]): Said => {
    const value: unknown = values[name as keyof typeof values];
    if (given.has(name)) return { name, values: [value].flat().map(String), origin: { from: 'flag' } };
    const mistake = problems.find((one) => one.name === name);
    if (mistake !== undefined && !said.has(name)) return { name, values: [], origin: mistake.origin };
    return said.get(name) ?? { name, values: usual(flag), origin: { from: 'default' } };
  });
}

/** Looks at what values name; what nobody said a gateway sees to itself. */
async function whatIsNamed(
  settings: readonly Said[],
  { environment }: CommandContext,
): Promise<ReadonlyArray<{ readonly name: string; readonly finding: Finding; readonly origin: Origin }>> {
  const flags = new Map(FLAG_LIST);
  const looked = settings.flatMap(({ name, values, origin }) => {
    const flag = flags.get(name);
    if (flag === undefined || origin.from === 'default') return [];
    return values.map(async (value) => ({ name, origin, finding: await lookAt(flag, value, environment) }));
  });
  const found = await Promise.all(looked);
  return found.flatMap(({ finding, ...where }) => (finding === null ? [] : [{ ...where, finding }]));
}

/** Nothing of the file was read, so that what it may say is not missing. */
function isUnread({ problems, said }: Settings): boolean {
  const ofFile = ({ origin }: { readonly origin: Origin }) => origin.from === 'file';
  return problems.some((one) => one.name === null && ofFile(one)) && ![...said.values()].some(ofFile);
}

/** What the gateway itself makes of its words: what follows from others of them, and what it finds wrong; it says the first alone. */
async function workedOut(
  words: readonly string[],
  context: CommandContext,
): Promise<{ readonly complaint: string | null; readonly worked: Readonly<Record<string, string>> }> {
  const { values } = readFlags('gateway', words, GATEWAY_FLAGS);
  const data = dataFolder(values.data, context);
  const folders = { data, policy: policyFolder(values.policy, data) };
  try {
    const settings = await readSettings(words, context);
    return { complaint: null, worked: { ...folders, context: settings.context } };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { complaint: error.message.split('\n', 1)[0] ?? '', worked: folders };
  }
}

/** Whose the places are that a start writes to: the first thing that it looks at. */
async function placesOfOthers(words: readonly string[], context: CommandContext): Promise<string | null> {
  const { values } = readFlags('gateway', words, GATEWAY_FLAGS);
  const data = dataFolder(values.data, context);
  const kubeconfig = values['write-kubeconfig'];
  const witness = values['journal-witness'];
  try {
    await refuseForeignPlaces(
      {
        dataFolder: data,
        policyFolder: policyFolder(values.policy, data),
        writeKubeconfig: kubeconfig === undefined ? join(data, 'client.yaml') : resolve(kubeconfig),
        journalWitness: witness === undefined ? null : resolve(witness),
      },
      context,
    );
    return null;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return error.message;
  }
}

/** The path of a webhook is often its secret, and what this prints goes into the logs of pipelines and services. */
function shown(name: string, value: string): string {
  if (name !== 'notify-webhook' || !URL.canParse(value)) return value;
  const { origin, href } = new URL(value);
  return href === `${origin}/` ? origin : `${origin}/…`;
}

/** What holds where nobody says anything; where it depends on something, help has it in words. */
function usual({ type, default: standard, says }: Flag): string[] {
  if (type === 'boolean') return ['false'];
  if (standard !== undefined) return [standard];
  const [, words] = /\(default: ([^)]*)\)/.exec(says.replaceAll(/\s+/g, ' ')) ?? [];
  return words === undefined ? [] : [words];
}

function saidBy(name: string, origin: Origin): string {
  return origin.from === 'flag' ? `--${name}` : `${originInWords(origin)}: ${name}`;
}

function reportLines({ ok, file, settings, wrong, notes }: ConfigReport): string[] {
  return [
    visible(file === null ? 'no config file' : `config file ${file}`),
    '',
    ...table([
      ['SETTING', 'FROM', 'VALUE'],
      ...settings.map(({ name, values, origin }) => [
        name,
        fromInWords(origin, file),
        values.join(', ') || (origin.from === 'default' ? 'not set' : 'WRONG'),
      ]),
    ]),
    '',
    ...notes.map((note) => visible(`note: ${note}`)),
    ...wrong.map(({ message }) => visible(`WRONG: ${message}`)),
    ok ? 'a gateway would start so' : `a gateway would not start so, or not as it is meant: ${wrong.length} wrong`,
  ];
}

/** The file is named above. */
function fromInWords(origin: Origin, file: string | null): string {
  return origin.from === 'file' && origin.file === file ? `line ${origin.line}` : originInWords(origin);
}
