import { setTimeout as delay } from 'node:timers/promises';
import type { PolicyState } from '../../model/policy-state.ts';
import type { BuiltInPart, PolicyUpgrade, PolicyUpgraded } from '../../model/policy-upgrade.ts';
import { count, offerInWords, partInWords } from '../../model/policy-upgrade-words.ts';
import { visible, visibleLines } from '../../model/visible-text.ts';
import { planUpgrade, takeOver } from '../../proxy/policy/upgrade/policy-upgrade.ts';
import { PolicyUpgradeError } from '../../proxy/policy/upgrade/policy-upgrade-error.ts';
import { takeBackUnfinished } from '../../proxy/policy/upgrade/take-back.ts';
import type { Command, CommandContext } from '../command/command.ts';
import { askGateway, tellGateway } from '../command/control-client.ts';
import { DATA_FLAG, dataFolder, policyFolder } from '../command/data-folder.ts';
import { CommandError, type ExitCode, exitCodes } from '../command/exit-codes.ts';
import { type Flags, readFlags, usageError } from '../command/flags.ts';
import { outputFlags, wantsJson } from '../command/output-flag.ts';
import { saysYes } from '../command/says-yes.ts';

const NAME = 'policy upgrade';
const FLAGS = {
  policy: {
    type: 'string',
    value: 'FOLDER',
    kind: 'folder',
    isSetting: true,
    says: 'the policy folder (default: policy in the data folder). That of the app is shown in its Settings',
  },
  data: DATA_FLAG,
  rule: {
    type: 'string',
    value: 'ID',
    multiple: true,
    says: `only this rule or set, as never/proxy-verb or never/$privileged; also one that was taken out of the folder. May
be given several times`,
  },
  yes: { type: 'boolean', says: 'write without a question' },
  'dry-run': { type: 'boolean', says: 'only show' },
  ...outputFlags('json: with the whole text of each rule'),
} as const satisfies Flags;
/** Milliseconds between two looks at whether the gateway has read the folder, and how often; it reads within a second. */
const LOOK_AGAIN = 100;
const LOOKS = 50;

export const policyUpgradeCommand: Command = {
  name: NAME,
  summary: 'take over what the built-in policy of this version has new',
  about: `Shows what the built-in policy of this version has that a policy folder lacks or has as an earlier version did,
rule by rule, and writes it into the folder's files after a yes. Rules that a person changed are shown and left alone. A
gateway that runs takes the change at once, with your yes where it loosens; what waits for approval ends.`,
  flags: FLAGS,
  notes: `Changed files are copied into a hidden folder beside them first; to go back, copy them over the new ones.`,
  exits: {
    0: 'written, or nothing to take over',
    1: 'failed (it says why, nothing was written)',
    5: 'there is something to take over and nothing was written: no yes, --dry-run, or nobody to ask',
  },

  async run(words, context) {
    const { values } = readFlags(NAME, words, FLAGS);
    if (values.yes && values['dry-run']) throw usageError(NAME, '--yes and --dry-run say the opposite of each other');
    const data = dataFolder(values.data, context);
    const request = {
      folder: policyFolder(values.policy, data),
      data,
      rules: values.rule ?? [],
      yes: values.yes === true,
      dryRun: values['dry-run'] === true,
    };
    const print = wantsJson(values) ? inJson(context) : inText(context);
    try {
      return await upgrade(request, print, context);
    } catch (error) {
      if (!(error instanceof PolicyUpgradeError)) throw error;
      throw new CommandError(exitCodes.failed, visibleLines(`${error.message} (${error.code})`), { cause: error });
    }
  },
};

interface UpgradeRequest {
  readonly folder: string;
  /** Of the gateway that follows the folder, where one does. */
  readonly data: string;
  readonly rules: readonly string[];
  readonly yes: boolean;
  readonly dryRun: boolean;
}

/** How what was found and what was done is told. */
interface Print {
  found(plan: PolicyUpgrade, chosen: readonly BuiltInPart[]): void;
  done(plan: PolicyUpgrade, result: PolicyUpgraded | null): void;
  /** Whether a question may stand on stdout. */
  readonly mayAsk: boolean;
}

async function upgrade(
  { folder, data, rules, yes, dryRun }: UpgradeRequest,
  print: Print,
  context: CommandContext,
): Promise<ExitCode> {
  if (!dryRun && (await takeBackUnfinished(folder))) {
    context.complain('an upgrade that was cut off was taken back: the files are as they were before it');
  }
  const plan = await planUpgrade(folder);
  const chosen = choose(plan, rules);
  print.found(plan, chosen);
  if (chosen.length === 0) {
    print.done(plan, null);
    return exitCodes.done;
  }
  if (dryRun || !(yes || (print.mayAsk && (await saysYes(`Take over ${count(chosen)}?`, context))))) {
    print.done(plan, null);
    context.complain(`nothing was written${dryRun ? '' : '; --yes takes it over'}`);
    return exitCodes.undecided;
  }
  const before = await policyOf(data);
  const result = await takeOver(folder, { digest: plan.digest, parts: chosen.map(({ id }) => id) });
  print.done(plan, result);
  if (before?.waiting === null && before.digest === plan.digest) await accept(data, result.digest, context);
  const after = await policyWith(data, result.digest);
  if (after?.waiting)
    context.complain('it is not in force yet: a change of the policy waits, "gatehouse policy accept" shows it');
  return exitCodes.done;
}

/** The state of the policy of a gateway that runs; null where none answers. */
async function policyOf(data: string): Promise<PolicyState | null> {
  try {
    return (await askGateway(data, { v: 1, ask: 'waitingPolicy' })).state;
  } catch (error) {
    if (error instanceof CommandError) return null;
    throw error;
  }
}

/** The same once the gateway has read what was written into its folder, or has had the time to. */
async function policyWith(data: string, digest: string): Promise<PolicyState | null> {
  for (let look = 1; ; look += 1) {
    const state = await policyOf(data);
    if (state === null || [state.digest, state.waiting?.digest].includes(digest) || look === LOOKS) return state;
    await delay(LOOK_AGAIN);
  }
}

/** The yes to what was taken over is a yes to its being in force, where nothing else waited. What only tightens does not wait. */
async function accept(data: string, digest: string, context: CommandContext): Promise<void> {
  await tellGateway(data, { v: 1, ask: 'acceptPolicy', digest }, context).catch((error: unknown) => {
    if (!(error instanceof CommandError)) throw error;
  });
}

function choose({ parts }: PolicyUpgrade, rules: readonly string[]): BuiltInPart[] {
  if (rules.length === 0) return parts.filter(({ offered }) => offered);
  return rules.map((id) => {
    const part = parts.find((one) => one.id === id);
    if (part?.available) return part;
    const known = parts.filter(({ available }) => available).map((one) => one.id);
    const why = part === undefined ? 'no such rule or set is built in' : partInWords(part).state;
    throw usageError(NAME, `--rule ${visible(id)}: ${why}; to be had: ${known.join(', ') || 'nothing'}`);
  });
}

function inText({ print }: CommandContext): Print {
  return {
    mayAsk: true,
    found({ folder, parts }, chosen) {
      print(visible(`policy folder ${folder}`));
      const shown = parts.filter(({ state }) => state !== 'same');
      for (const part of shown) for (const line of partLines(part, chosen.includes(part))) print(line);
      print('');
      print(offerInWords(parts) ?? 'The built-in policy of this version has nothing new for your folder');
    },
    done(_plan, result) {
      if (result === null) return;
      print(visible(`wrote ${result.taken.join(', ')} into ${result.files.join(', ')}`));
      if (result.copies !== null) print(visible(`the files as they were: ${result.copies}`));
    },
  };
}

function inJson({ print }: CommandContext): Print {
  return {
    mayAsk: false,
    found: () => undefined,
    done: ({ folder, digest, parts }, result) => {
      const told = parts.map((part) => ({ ...part, words: partInWords(part) }));
      print(JSON.stringify({ folder, digest, parts: told, result }, null, 2));
    },
  };
}

/** `+ never/proxy-verb  denies: "…"`, and beneath it how it stands, in what it differs, what comes with it, and what for. */
function partLines(part: BuiltInPart, chosen: boolean): string[] {
  const { sign, about, state, differences, reach } = partInWords(part);
  const choose = part.available && !chosen ? `not chosen: --rule '${part.id}' takes it` : '';
  const needs = part.needs.length === 0 ? '' : `with ${part.needs.join(', ')}`;
  const says = [state, reach, needs, choose].filter(Boolean).join('; ');
  const why = part.available ? wrapped(part.comment) : [];
  const beneath = [says, ...differences, ...why.map((line) => `# ${line}`)];
  return ['', `${sign} ${part.id}  ${about}`, ...beneath.map((line) => `    ${line}`)].map(visible);
}

/** Words in lines of a terminal's width. */
function wrapped(text: string): string[] {
  return text.match(/\S.{0,99}(?=\s|$)/g) ?? [];
}
