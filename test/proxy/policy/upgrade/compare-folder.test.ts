import { describe, expect, test, vi } from 'vitest';
import type { BuiltInPart } from '../../../../model/policy-upgrade.ts';
import { DEFAULT_POLICY } from '../../../../proxy/policy/default-policy/default-policy.ts';
import { compareFolder } from '../../../../proxy/policy/upgrade/compare-folder.ts';
import { partsOf } from '../../../../proxy/policy/upgrade/policy-parts.ts';
import { FIRST_POLICY, firstPolicy, NEW_SINCE_FIRST } from './first-policy.ts';
import { OLD_RULE_TEXT } from './older-version.ts';

vi.mock('../../../../proxy/policy/default-policy/built-in-versions.ts', async (original) => {
  const { BUILT_IN_VERSIONS } =
    await original<typeof import('../../../../proxy/policy/default-policy/built-in-versions.ts')>();
  const { OLDER_VERSION } = await import('./older-version.ts');
  return { BUILT_IN_VERSIONS: [OLDER_VERSION, ...BUILT_IN_VERSIONS] };
});

const present: Readonly<Record<string, string>> = Object.fromEntries(
  DEFAULT_POLICY.map(({ file, text }) => [file, text]),
);
const first: Readonly<Record<string, string>> = Object.fromEntries(FIRST_POLICY);

function compare(files: Readonly<Record<string, string>>): ReadonlyMap<string, BuiltInPart> {
  const parts = Object.entries(files).flatMap(([file, text]) => partsOf(file, text));
  return new Map(compareFolder(parts).map((part) => [part.id, part]));
}

/** The text with one part of it changed: what is not there is a fault of the test. */
function changed(text: string, from: string | RegExp, to: string): string {
  const result = text.replace(from, to);
  expect(result).not.toBe(text);
  return result;
}

const PROXY_VERB = / {2}- id: proxy-verb\n(?: {4}.*\n)+/;
const NEVER = present['never.yaml'] ?? '';
const noSpace = (text: string) => changed(text, /(?<=metadata: )\{name: never\}/, '\n  name: "never"   # mine');

describe('a part of the built-in policy', () => {
  test.each<[what: string, files: Record<string, string>, id: string, state: string, offered: boolean]>([
    ['the same text', present, 'never/proxy-verb', 'same', false],
    [
      'other comments, quotes, order of keys and of lists, a list of one without brackets',
      {
        ...present,
        'never.yaml': noSpace(
          changed(
            NEVER,
            PROXY_VERB,
            `  - effect: "deny"   # no
    match: {resources: ["*/*", '*'], verbs: proxy}
    message: 'the proxy of the API server is a tunnel past policy and audit; use kubectl port-forward or exec'
    id: proxy-verb\n`,
          ),
        ),
      },
      ...(['never/proxy-verb', 'same', false] as const),
    ],
    [
      'as an earlier version had it',
      { ...present, 'never.yaml': changed(NEVER, PROXY_VERB, OLD_RULE_TEXT) },
      ...(['never/proxy-verb', 'old', true] as const),
    ],
    [
      'one word more than any version had',
      { ...present, 'never.yaml': changed(NEVER, 'verbs: [proxy]', 'verbs: [proxy, get]') },
      ...(['never/proxy-verb', 'changed', false] as const),
    ],
    [
      'a default of the format that no version wrote out',
      {
        ...present,
        'never.yaml': changed(NEVER, 'match: {verbs: [proxy]', 'obligations: {}\n    match: {verbs: [proxy]'),
      },
      ...(['never/proxy-verb', 'changed', false] as const),
    ],
    [
      'taken out of a folder of this version',
      { ...present, 'never.yaml': changed(NEVER, PROXY_VERB, '') },
      ...(['never/proxy-verb', 'absent', false] as const),
    ],
    [
      'taken out of a folder of an earlier version that had it',
      { ...first, 'never.yaml': changed(firstPolicy('never.yaml'), PROXY_VERB, '') },
      ...(['never/proxy-verb', 'absent', false] as const),
    ],
    ['of a version after the folder', first, 'confirm/acting-as-another', 'new', true],
    [
      'of a version after the folder, in a file that was removed with all in it',
      { 'everyday.yaml': firstPolicy('everyday.yaml') },
      ...(['confirm/acting-as-another', 'absent', false] as const),
    ],
    ['a folder of other policies', { 'a.yaml': own('mine') }, 'never/proxy-verb', 'absent', false],
    [
      'a policy of the name, with nothing built in',
      { 'a.yaml': own('never') },
      'never/act-as-privileged',
      'absent',
      false,
    ],
    [
      'moved to another file with its document',
      { 'confirm.yaml': `${present['confirm.yaml']}---\n${NEVER}` },
      ...(['never/proxy-verb', 'same', false] as const),
    ],
    [
      'moved to another document',
      {
        ...present,
        'never.yaml': changed(NEVER, PROXY_VERB, ''),
        'a.yaml': `${own('mine')}${PROXY_VERB.exec(NEVER)?.[0]}`,
      },
      ...(['never/proxy-verb', 'moved', false] as const),
    ],
    ['built in no longer', first, 'confirm/namespace-changes', 'dropped', false],
    ['a set, as it is', present, 'never/$privileged', 'same', false],
    [
      'a set, one entry less',
      { ...present, 'never.yaml': changed(NEVER, ', "system:node:*"', '') },
      ...(['never/$privileged', 'changed', false] as const),
    ],
    [
      'a set, as an earlier version had it',
      { ...present, 'never.yaml': withOldSet(NEVER) },
      ...(['never/$privileged', 'old', true] as const),
    ],
    [
      'a set of an earlier version to which a rule refers that is a person’s',
      {
        ...present,
        'never.yaml': `${withOldSet(NEVER)}
  - {id: mine, effect: allow, match: {verbs: [get], resources: [pods], impersonation: {as: $privileged}}}\n`,
      },
      ...(['never/$privileged', 'old', false] as const),
    ],
    [
      'the head of a document with an owner',
      { ...present, 'never.yaml': changed(NEVER, '{name: never}', '{name: never, owners: ["group:sec"]}') },
      ...(['never', 'changed', false] as const),
    ],
  ])('%s', (_what, files, id, state, offered) => {
    const part = compare(files).get(id);
    expect({ id, state: part?.state, offered: part?.offered }).toEqual({ id, state, offered });
  });
});

test('a folder of this version lacks nothing', () => {
  expect([...compare(present).values()].filter(({ state }) => state !== 'same')).toEqual([]);
});

test('a folder of the first version is offered what came since, and no more', () => {
  const offered = [...compare(first).values()].filter((part) => part.offered).map(({ id }) => id);
  expect(offered).toEqual(expect.arrayContaining(NEW_SINCE_FIRST));
  expect(offered.every((id) => compare(first).get(id)?.state === 'new')).toBe(true);
});

test('what a person wrote beside the built-in policy is not spoken of', () => {
  const ids = [...compare({ ...present, 'a.yaml': own('mine') }).keys()];
  expect(ids.filter((id) => id.startsWith('mine'))).toEqual([]);
});

test('a rule brings the sets that it refers to and the folder lacks', () => {
  const without = changed(NEVER, / {2}sets:\n(?: {4}.*\n)+/, '');
  const noRules = changed(without, / {2}# With --as[^\n]*\n {2}- id: act-as-privileged\n(?: {4}.*\n)+/, '');
  const part = compare({ ...present, 'never.yaml': noRules }).get('never/act-as-privileged');
  expect(part).toMatchObject({ state: 'absent', needs: ['never/$privileged'] });
});

function own(name: string): string {
  return `apiVersion: gatehouse/v1
kind: AccessPolicy
metadata: {name: ${name}}
spec:
  rules:
  - {id: reads, effect: allow, match: {verbs: [get], resources: [pods]}}
`;
}

function withOldSet(text: string): string {
  return changed(
    text,
    / {4}privileged:\n(?: {6}.*\n)+/,
    '    privileged: {users: ["system:admin"], groups: ["system:masters"]}\n',
  );
}
