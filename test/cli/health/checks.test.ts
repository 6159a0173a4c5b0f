import { describe, expect, test } from 'vitest';
import { checksOf, isWhole, type Observed, serves, troubleInWords } from '../../../cli/health/checks.ts';
import { GOOD_REACH } from '../../proxy/reach/good-reach.ts';
import { POLICY } from './sources.ts';

const GOOD: Observed = { policy: POLICY, journalProblem: null, reach: GOOD_REACH, isStopping: false };
const mistake = (line: number) => ({ file: 'a.yaml', line, column: 1, code: 'x', message: 'no such verb' });
const waiting = { digest: 'def', since: '2026-03-01T10:00:00.000Z', why: 'it opens something', opens: 1 };

test.each<[what: string, change: Partial<Observed>, serves: boolean, isWhole: boolean, code: string]>([
  ['all good', {}, true, true, 'reachable'],
  ['a slow API server', { reach: { ...GOOD_REACH, state: 'slow', latency: 1_500 } }, true, true, 'slow'],
  [
    'a plugin that is due',
    { reach: { ...GOOD_REACH, signIn: { ...GOOD_REACH.signIn, due: true } } },
    true,
    true,
    'credential-due',
  ],
  ['a change that waits', { policy: { ...POLICY, waiting } }, true, true, 'waits'],
  ['a policy with a mistake', { policy: { ...POLICY, status: 'stale', problems: [mistake(3)] } }, true, false, 'stale'],
  ['no policy', { policy: { ...POLICY, status: 'none', problems: [mistake(0)] } }, false, false, 'none'],
  ['a first policy that waits', { policy: { ...POLICY, status: 'none', waiting } }, false, false, 'none'],
  [
    'a journal that cannot be written',
    { journalProblem: 'The journal cannot be written.' },
    false,
    false,
    'not-writable',
  ],
  ['a cluster that nobody saw yet', { reach: null }, false, false, 'unknown'],
  [
    'an API server that is away',
    { reach: { ...GOOD_REACH, state: 'unreachable', trouble: 'timeout' } },
    false,
    false,
    'timeout',
  ],
  [
    'a credential that is not taken',
    { reach: { ...GOOD_REACH, state: 'sign-in', trouble: 'credential-rejected' } },
    false,
    false,
    'credential-rejected',
  ],
  ['a stop', { isStopping: true }, false, false, 'stopping'],
])('%s', (_what, change, isServing, whole, code) => {
  const checks = checksOf({ ...GOOD, ...change });
  expect({ serves: serves(checks), whole: isWhole(checks) }).toEqual({ serves: isServing, whole });
  expect(checks.map((check) => check.code)).toContain(code);
  expect(checks.map(({ name }) => name)).toEqual(['gateway', 'policy', 'journal', 'cluster']);
});

describe('what is not good is one clause each', () => {
  test('with file and line of the first mistakes, and how many more there are', () => {
    const problems = [3, 5, 7, 9].map(mistake);
    expect(troubleInWords(checksOf({ ...GOOD, policy: { ...POLICY, status: 'stale', problems } }))).toBe(
      'the policy folder has a mistake and the last good policy goes on: a.yaml:3: no such verb, a.yaml:5: no such verb, ' +
        'a.yaml:7: no such verb, and 1 more; mend it, the folder is read again at once',
    );
  });

  test('in the order of the checks', () => {
    const reach = {
      ...GOOD_REACH,
      state: 'unreachable',
      trouble: 'refused',
      problem: 'The API server of x is away.',
    } as const;
    expect(troubleInWords(checksOf({ ...GOOD, journalProblem: 'The disk is full.', reach }))).toBe(
      'the disk is full; the API server does not answer: the API server of x is away',
    );
  });

  test('and nothing where all is good', () => expect(troubleInWords(checksOf(GOOD))).toBe(''));
});
