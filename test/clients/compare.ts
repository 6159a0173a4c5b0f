import type { CommandResult } from '../gateway/environment/command.ts';
import { base64, SECRET_VALUES } from './steps/fixture.ts';
import type { Step } from './steps/step.ts';

/** How a step came out on both sides. */
export type Outcome =
  /** The same. */
  | 'equal'
  /** The same, once masks and the values that they stand for are taken as one. */
  | 'masked'
  /** Not the same, and the step says why it may be. */
  | 'expected'
  /** Failed on both sides in the same words, though it was to succeed: this cluster or client cannot do it. */
  | 'fails-alike'
  | 'different';

export interface Comparison {
  readonly outcome: Outcome;
  /** For `expected` the reason, for `different` where the two begin to differ. */
  readonly note: string;
}

/** Lines that the gateway adds on stderr and that are no difference. */
const OWN_WARNINGS =
  /^(?:[WI]\d{4} .*warnings\.go:\d+\] "?)?(?:Warning: )?(?:\d+ values? masked in|approved by|needs a person's approval|a person is asked first).*\n/gm;
const MASK = /Z2F0ZWhvdXNlLW1hc2tlZC52MS[\w+/=]+|gatehouse-masked\.v1\.[\w.-]+/g;
const VALUES = SECRET_VALUES.flatMap((value) => [value, base64(value)]);

/** What differs from run to run, or by where the client is, and means nothing. */
const ACCIDENTAL: ReadonlyArray<readonly [RegExp, string]> = [
  [OWN_WARNINGS, ''],
  [/\bclients-[a-z0-9]+-[ab]\b/g, 'NAMESPACE'],
  [/https:\/\/127\.0\.0\.1:\d+(?:\/c\/[a-z0-9-]+)?/g, 'SERVER'],
  [/\/\S*gatehouse-clients-\w+\/[\w.-]+\//g, 'FOLDER/'],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z| ?[+-]\d{4})?(?: [A-Z]{3,4})?/g, 'TIME'],
  [/\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? [A-Za-z0-9 ]+\d\d:\d\d:\d\d(?: \d{4}| [+-]\d{4}| [A-Z]{3})*/g, 'TIME'],
  [/\/kubectl-edit-\w+\.yaml/g, '/EDITED.yaml'],
  // Old kubectl shows them, in an order that hangs on the second in which each was made.
  [/^ {2}managedFields:\n(?: {2}- .*\n| {4}.*\n)*/gm, ''],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, 'UID'],
  [/"?resourceVersion"?: "\d+"/g, 'RESOURCE-VERSION'],
  [/\b(?:\d+(?:\.\d+)?(?:d|h|ms|m|s|µs))+\b/g, 'AGE'],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, 'TOKEN'],
  [/\b10\.\d+\.\d+\.\d+\b/g, 'ADDRESS'],
  // What replica sets and their pods are called (apimachinery `util/rand`: letters that spell no words).
  [/\bweb-[bcdfghjklmnpqrstvwxz2456789]{8,10}(?:-[bcdfghjklmnpqrstvwxz2456789]{5})?\b/g, 'web-HASH'],
  [/\bat-once-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, 'at-once-POD'],
  [/\b(?:lark-worker|node)-\d\b/g, 'NODE'],
  // Columns are as wide as what stands in them, ages among it.
  [/[ \t]+/g, ' '],
];

/** Compares one step's results. */
export function compare(step: Step, direct: CommandResult, gateway: CommandResult): Comparison {
  const left = whole(step, direct);
  const right = whole(step, gateway);
  const masks = (gateway.stdout + gateway.stderr).match(MASK) !== null;
  if (left === right) {
    if (direct.code !== 0 && step.fails !== true && !isDiff(step))
      return { outcome: 'fails-alike', note: reason(direct) };
    return { outcome: masks ? 'masked' : 'equal', note: '' };
  }
  const reasons = step.differs === undefined ? [] : [step.differs].flat();
  const expected = reasons.find(({ says }) => says.test(gateway.stdout + gateway.stderr));
  if (expected !== undefined) return { outcome: 'expected', note: expected.why };
  return { outcome: 'different', note: firstDifference(left, right) };
}

/** `kubectl diff` answers 1 where there is a difference. */
function isDiff(step: Step): boolean {
  return step.name.startsWith('diff');
}

function whole(step: Step, { code, stdout, stderr }: CommandResult): string {
  if (step.codeOnly) return `exit code ${code}`;
  const said = step.unordered ? normal(stdout).split('\n').sort().join('\n') : normal(stdout);
  return `exit code ${code}\n${said}\n${normal(stderr)}`;
}

function normal(text: string): string {
  let plain = text.replace(MASK, 'MASK');
  for (const value of VALUES) plain = plain.replaceAll(value, 'MASK');
  for (const [accident, instead] of ACCIDENTAL) plain = plain.replace(accident, instead);
  return plain.trim();
}

function reason({ stderr, stdout }: CommandResult): string {
  return (
    normal(stderr || stdout)
      .split('\n')
      .at(-1)
      ?.slice(0, 160) ?? ''
  );
}

function firstDifference(left: string, right: string): string {
  const a = left.split('\n');
  const b = right.split('\n');
  const at = a.findIndex((line, index) => line !== b[index]);
  const index = at === -1 ? a.length : at;
  const both = [a[index] ?? '(nothing more)', b[index] ?? '(nothing more)'];
  // An exit code alone says little: add what the failing side said.
  const said = index === 0 ? ` (${b.filter((line) => line !== '').at(-1)})` : '';
  return both.map((line) => line.trim().slice(0, 200)).join('  ->  ') + said.slice(0, 300);
}
