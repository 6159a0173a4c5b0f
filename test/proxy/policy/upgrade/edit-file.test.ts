import { describe, expect, test, vi } from 'vitest';
import { DEFAULT_POLICY } from '../../../../proxy/policy/default-policy/default-policy.ts';
import { parsePolicyFile } from '../../../../proxy/policy/document/parse-policy.ts';
import { BUILT_IN, type BuiltIn } from '../../../../proxy/policy/upgrade/built-in-parts.ts';
import { newFile, withPart } from '../../../../proxy/policy/upgrade/edit-file.ts';
import { partsOf } from '../../../../proxy/policy/upgrade/policy-parts.ts';

vi.mock('../../../../proxy/policy/default-policy/built-in-versions.ts', async (original) => {
  const { BUILT_IN_VERSIONS } =
    await original<typeof import('../../../../proxy/policy/default-policy/built-in-versions.ts')>();
  const { OLDER_VERSION } = await import('./older-version.ts');
  return { BUILT_IN_VERSIONS: [OLDER_VERSION, ...BUILT_IN_VERSIONS] };
});

const rule = builtIn('never/proxy-verb');
const set = builtIn('never/$privileged');
const OLD = '{id: proxy-verb, effect: deny, match: {verbs: [proxy]}}';

/** What the file says before and after: the same but for the part, which is the built-in one. */
function put(text: string, part: BuiltIn): string {
  const result = withPart('never.yaml', text, part);
  expect(parsePolicyFile('never.yaml', result).problems).toEqual([]);
  expect(partsOf('never.yaml', result).find(({ id }) => id === part.id)?.fingerprint).toBe(part.fingerprint);
  return result;
}

/** The lines of a part, as they are to stand at this column. */
function written(part: BuiltIn, column: number): string {
  return part.lines.map((line) => ' '.repeat(column) + line).join('\n');
}

const HEAD = 'apiVersion: gatehouse/v1\nkind: AccessPolicy\nmetadata: {name: never}\n';
const MINE = '{id: mine, effect: allow, match: {}}';

describe('a rule is written over the one of its id, and nothing else moves', () => {
  test.each<[form: string, before: string, after: string]>([
    [
      'in the form that Gatehouse writes',
      `${HEAD}spec:\n  rules:\n  - ${MINE}\n\n  - id: proxy-verb\n    effect: deny\n    match: {verbs: [proxy]}\n\n  # of the next\n  - id: z\n    effect: deny\n    match: {}\n`,
      `${HEAD}spec:\n  rules:\n  - ${MINE}\n\n${written(rule, 2)}\n\n  # of the next\n  - id: z\n    effect: deny\n    match: {}\n`,
    ],
    [
      'without indentation, the dash on a line of its own',
      `${HEAD}spec:\n  rules:\n  -\n    id: proxy-verb\n    effect: deny\n    match: {}\n  -\n    id: z\n    effect: deny\n    match: {}\n`,
      `${HEAD}spec:\n  rules:\n${written(rule, 2)}\n  -\n    id: z\n    effect: deny\n    match: {}\n`,
    ],
    [
      'deeper, between brackets in a list of lines',
      `${HEAD}spec:\n    rules:\n        - ${OLD}   \n        - ${MINE}`,
      `${HEAD}spec:\n    rules:\n${written(rule, 8)}\n        - ${MINE}`,
    ],
    [
      'the whole document between brackets',
      `{apiVersion: gatehouse/v1, kind: AccessPolicy, metadata: {name: never}, spec: {rules: [${MINE}, ${OLD}, ]}}`,
      `{apiVersion: gatehouse/v1, kind: AccessPolicy, metadata: {name: never}, spec: {rules: [${MINE}, FLOW, ]}}`,
    ],
    [
      'JSON over many lines',
      `{"apiVersion":"gatehouse/v1","kind":"AccessPolicy","metadata":{"name":"never"},"spec":{"rules":[\n  {"id":"proxy-verb","effect":"deny","match":{}},\n  {"id":"z","effect":"deny","match":{}}\n]}}\n`,
      `{"apiVersion":"gatehouse/v1","kind":"AccessPolicy","metadata":{"name":"never"},"spec":{"rules":[\n  FLOW,\n  {"id":"z","effect":"deny","match":{}}\n]}}\n`,
    ],
    [
      'in the second of several documents, ending where it ends',
      `# one\n${HEAD.replace('never', 'other')}spec: {rules: []}\n---\n# two\n${HEAD}spec:\n  rules:\n  - ${OLD}\n---\n# three\n${HEAD.replace('never', 'third')}spec: {rules: []}\n...\n`,
      `# one\n${HEAD.replace('never', 'other')}spec: {rules: []}\n---\n# two\n${HEAD}spec:\n  rules:\n${written(rule, 2)}\n---\n# three\n${HEAD.replace('never', 'third')}spec: {rules: []}\n...\n`,
    ],
    [
      'after a block of text that ends in what looks like a comment',
      `${HEAD}spec:\n  rules:\n  - id: a\n    effect: deny\n    match: {}\n    message: |\n      no\n      # not a comment\n  - ${OLD}\n`,
      `${HEAD}spec:\n  rules:\n  - id: a\n    effect: deny\n    match: {}\n    message: |\n      no\n      # not a comment\n${written(rule, 2)}\n`,
    ],
    [
      'itself ending in a block of text',
      `${HEAD}spec:\n  rules:\n  - id: proxy-verb\n    effect: deny\n    match: {}\n    message: |\n      no\n\n  - ${MINE}\n`,
      `${HEAD}spec:\n  rules:\n${written(rule, 2)}\n\n  - ${MINE}\n`,
    ],
    [
      'under comments that were built in',
      `${HEAD}spec:\n  rules:\n  # The same in its old form, /api/v1/proxy/...\n  - ${OLD}  # and here\n`,
      `${HEAD}spec:\n  rules:\n  # and here\n${written(rule, 2)}\n`,
    ],
    [
      'with comments of a person above, within and beside it, which stay',
      `${HEAD}spec:\n  rules:\n  # asked for by ada\n\n  # seen by bob\n  # The same in its old form, /api/v1/proxy/...\n  - id: proxy-verb # one\n    effect: deny\n    # two\n    match: {}\n    # after it\n  - ${MINE}\n`,
      `${HEAD}spec:\n  rules:\n  # asked for by ada\n\n  # seen by bob\n  # one\n  # two\n${written(rule, 2)}\n    # after it\n  - ${MINE}\n`,
    ],
  ])('%s', (_form, before, after) => {
    const expected = after.replace(
      'FLOW',
      '{id: proxy-verb, effect: deny, match: {verbs: [proxy], resources: ["*", "*/*"]}, message: "the proxy of the API server is a tunnel past policy and audit; use kubectl port-forward or exec"}',
    );
    const result = put(before, rule);
    expect(normal(result)).toBe(normal(expected));
    expect(put(result, rule), 'a second time changes nothing').toBe(result);
  });

  test('with the line ends of its file', () => {
    const before = `${HEAD}spec:\n  rules:\n  # mine\n  - ${OLD}\n  - ${MINE}\n`.replaceAll('\n', '\r\n');
    const after = `${HEAD}spec:\n  rules:\n  # mine\n${written(rule, 2)}\n  - ${MINE}\n`.replaceAll('\n', '\r\n');
    expect(put(before, rule)).toBe(after);
  });
});

/** A text in quotes of either kind, or of none, is the same: what stands between brackets is written by the library. */
function normal(text: string): string {
  return text.replace(/message: ?"([^"]*)"(?=\})/g, 'message: $1').replaceAll(/(["'])(\*(?:\/\*)?)\1/g, '"$2"');
}

describe('a rule that is not there', () => {
  test.each<[where: string, before: string, after: string]>([
    [
      'comes after the built-in one before it',
      `${HEAD}spec:\n  rules:\n  - id: proxy-subresources\n    effect: deny\n    match: {}\n\n  - ${MINE}\n`,
      `${HEAD}spec:\n  rules:\n  - id: proxy-subresources\n    effect: deny\n    match: {}\n\n${written(rule, 2)}\n\n  - ${MINE}\n`,
    ],
    [
      'comes before the built-in one after it, above its comments',
      `${HEAD}spec:\n  rules:\n  - ${MINE}\n\n  # inside\n  - id: control-plane-internals\n    effect: deny\n    match: {}\n`,
      `${HEAD}spec:\n  rules:\n  - ${MINE}\n\n${written(rule, 2)}\n\n  # inside\n  - id: control-plane-internals\n    effect: deny\n    match: {}\n`,
    ],
    [
      'comes last where no neighbour is left, at the end of a file without a line end',
      `${HEAD}spec:\n  rules:\n  - ${MINE}`,
      `${HEAD}spec:\n  rules:\n  - ${MINE}\n\n${written(rule, 2)}`,
    ],
    ['comes into an empty list', `${HEAD}spec:\n  rules: []\n`, `${HEAD}spec:\n  rules: [FLOW]\n`],
    [
      'comes between brackets',
      `${HEAD}spec: {rules: [${MINE},\n  ]}\n`,
      `${HEAD}spec: {rules: [${MINE}, FLOW,\n  ]}\n`,
    ],
  ])('%s', (_where, before, after) => {
    const flow =
      '{id: proxy-verb, effect: deny, match: {verbs: [proxy], resources: ["*", "*/*"]}, message: the proxy of the API server is a tunnel past policy and audit; use kubectl port-forward or exec}';
    expect(normal(put(before, rule))).toBe(normal(after.replace('FLOW', flow)));
  });
});

describe('a set', () => {
  test.each<[form: string, before: string, after: string]>([
    [
      'is written over the one of its name',
      `${HEAD}spec:\n  sets:\n    # ours\n    a: [x]\n    privileged: {users: [root]}  # few\n    b: [y]\n  rules: []\n`,
      `${HEAD}spec:\n  sets:\n    # ours\n    a: [x]\n    # few\n${written(set, 4)}\n    b: [y]\n  rules: []\n`,
    ],
    [
      'comes to the others',
      `${HEAD}spec:\n  sets:\n    a:\n    - x\n  rules: []\n`,
      `${HEAD}spec:\n  sets:\n    a:\n    - x\n${written(set, 4)}\n  rules: []\n`,
    ],
    [
      'comes with the key where there are none',
      `${HEAD}spec:\n  # rules\n  rules: []\n`,
      `${HEAD}spec:\n  sets:\n${written(set, 4)}\n  # rules\n  rules: []\n`,
    ],
  ])('%s', (_form, before, after) => {
    expect(put(before, set)).toBe(after);
  });

  test.each([
    ['over the one between brackets', `${HEAD}spec: {sets: {privileged: [x], a: [y]}, rules: []}\n`],
    ['between brackets', `${HEAD}spec:\n  sets: {a: [x]}\n  rules: []\n`],
    ['into empty brackets', `${HEAD}spec:\n  sets: {}\n  rules: []\n`],
    ['with its key between brackets', `${HEAD}spec: {rules: []}\n`],
  ])('is put %s', (_where, before) => {
    put(before, set);
  });
});

describe('what cannot be kept is not written', () => {
  test.each<[what: string, text: string, reason: RegExp]>([
    [
      'a comment of a person between the brackets of the rule',
      `${HEAD}spec: {rules: [{id: proxy-verb, # mine\n effect: deny, match: {}}]}\n`,
      /a comment of yours/,
    ],
    [
      'a text that keeps the empty lines after it',
      `${HEAD}spec:\n  rules:\n  - id: proxy-subresources\n    effect: deny\n    match: {}\n    message: |+\n      no\n\n\n`,
      /written in a way/,
    ],
    ['no such document', `${HEAD.replace('never', 'other')}spec: {rules: []}\n`, /it has no policy "never"/],
  ])('%s', (_what, text, reason) => {
    expect(() => withPart('never.yaml', text, rule)).toThrow(reason);
  });
});

describe('a new file', () => {
  test.each<[what: string, parts: BuiltIn[]]>([
    ['of one rule', [rule]],
    ['of a set and the rule that refers to it', [set, builtIn('never/act-as-privileged')]],
    ['of a set alone', [set]],
    ['of all', BUILT_IN.filter(({ policy, kind }) => policy === 'never' && kind !== 'head')],
  ])('%s', (_what, parts) => {
    const text = newFile(DEFAULT_POLICY.find(({ file }) => file === 'never.yaml')?.text ?? '', parts);
    expect(parsePolicyFile('never.yaml', text).problems).toEqual([]);
    const said = partsOf('never.yaml', text).map(({ id, fingerprint }) => [id, fingerprint]);
    expect(said.slice(1)).toEqual(parts.map(({ id, fingerprint }) => [id, fingerprint]));
    expect(text).toMatch(/^# What is never done through Gatehouse/);
  });

  test.each(DEFAULT_POLICY)('with all parts is $file as it is built in', ({ file, text }) => {
    const parts = BUILT_IN.filter((part) => part.file === file && part.kind !== 'head');
    expect(newFile(text, parts)).toBe(text);
  });
});

function builtIn(id: string): BuiltIn {
  const part = BUILT_IN.find((one) => one.id === id);
  if (part === undefined) throw new Error(`no part ${id} is built in`);
  return part;
}
