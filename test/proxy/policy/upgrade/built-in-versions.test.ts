import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compilePolicies } from '../../../../proxy/policy/compile-policy.ts';
import { BUILT_IN_VERSIONS, type BuiltInVersion } from '../../../../proxy/policy/default-policy/built-in-versions.ts';
import { DEFAULT_POLICY } from '../../../../proxy/policy/default-policy/default-policy.ts';
import { parsePolicyFile } from '../../../../proxy/policy/document/parse-policy.ts';
import { policyWarnings } from '../../../../proxy/policy/never-matches/warnings.ts';
import { BUILT_IN, commentOf } from '../../../../proxy/policy/upgrade/built-in-parts.ts';
import { commentFingerprint } from '../../../../proxy/policy/upgrade/fingerprint.ts';
import { partsOf } from '../../../../proxy/policy/upgrade/policy-parts.ts';

type Documents = ReadonlyArray<{ readonly file: string; readonly text: string }>;

const TABLE = 'proxy/policy/default-policy/built-in-versions.ts';
const repository = join(import.meta.dirname, '../../../..');

/** What the table says of a version: the sum of all entries up to it. */
function sumOf(versions: readonly BuiltInVersion[]): Map<string, string> {
  const sum = new Map<string, string>();
  for (const { parts, dropped } of versions) {
    for (const [id, fingerprint] of Object.entries(parts)) sum.set(id, fingerprint);
    for (const id of dropped) sum.delete(id);
  }
  return sum;
}

function fingerprintsOf(documents: Documents): Map<string, string> {
  return new Map(
    documents.flatMap(({ file, text }) => partsOf(file, text)).map(({ id, fingerprint }) => [id, fingerprint]),
  );
}

function commentsOf(documents: Documents): Set<string> {
  const lines = documents.flatMap(({ text }) => text.split('\n')).filter((line) => line.trim().startsWith('#'));
  return new Set(lines.map(commentFingerprint));
}

/** The entry that the table lacks for these documents, as it is to be put in; empty where it lacks nothing. */
function missingEntry(documents: Documents, versions: readonly BuiltInVersion[]): string {
  const [before, now] = [sumOf(versions), fingerprintsOf(documents)];
  const known = new Set(versions.flatMap(({ comments }) => comments.split(/\s+/)));
  const parts = [...now].filter(([id, fingerprint]) => before.get(id) !== fingerprint);
  const dropped = [...before.keys()].filter((id) => !now.has(id));
  const comments = [...commentsOf(documents)].filter((comment) => !known.has(comment));
  if (parts.length + dropped.length + comments.length === 0) return '';
  const lines = comments.join(' ').match(/.{1,116}(?: |$)/g) ?? [];
  return `  {
    parts: {
${parts.map(([id, fingerprint]) => `      ${id.includes('/') ? `'${id}'` : id}: '${fingerprint}',`).join('\n')}
    },
    dropped: [${dropped.map((id) => `'${id}'`).join(', ')}],
    comments: \`${lines.map((line) => `\n      ${line.trim()}`).join('')}\`,
  },`;
}

describe('the table of built-in versions', () => {
  test('ends with the built-in policy as it is', () => {
    const entry = missingEntry(DEFAULT_POLICY, BUILT_IN_VERSIONS);
    expect(entry, `The built-in policy was changed. Put this at the end of the list in ${TABLE}:\n\n${entry}\n`).toBe(
      '',
    );
  });

  test('has every rule, set and head of every version that was ever committed', ({ skip }) => {
    const commits = history();
    if (commits === null) return skip('this copy of the source has not all of its history');
    expect(commits.length).toBeGreaterThanOrEqual(4);
    const known = new Set(
      BUILT_IN_VERSIONS.flatMap(({ parts }) =>
        Object.entries(parts).map(([id, fingerprint]) => `${id} ${fingerprint}`),
      ),
    );
    const comments = new Set(BUILT_IN_VERSIONS.flatMap((version) => version.comments.split(/\s+/)));
    for (const commit of commits) {
      const documents = documentsAt(commit);
      const lacking = [...fingerprintsOf(documents)].filter(([id, fingerprint]) => !known.has(`${id} ${fingerprint}`));
      const lines = [...commentsOf(documents)].filter((comment) => !comments.has(comment));
      const where = `${TABLE} lacks what commit ${commit} had; its place is before the last entry`;
      expect({ parts: Object.fromEntries(lacking), comments: lines }, where).toEqual({ parts: {}, comments: [] });
    }
  });

  test('is of policies that load without a problem or a warning, every one', ({ skip }) => {
    const commits = history();
    if (commits === null) return skip('this copy of the source has not all of its history');
    for (const commit of commits) {
      const files = documentsAt(commit).map(({ file, text }) => parsePolicyFile(file, text));
      const policies = files.flatMap((file) => file.policies);
      const problems = [...files.flatMap((file) => file.problems), ...compilePolicies(policies).problems];
      expect({ problems, warnings: policyWarnings(policies, null) }, commit).toEqual({ problems: [], warnings: [] });
    }
  });

  test('never changes the head of a document, which an upgrade does not write', () => {
    const heads = BUILT_IN_VERSIONS.flatMap(({ parts }) => Object.keys(parts).filter((id) => !id.includes('/')));
    expect(heads.toSorted()).toEqual([...new Set(heads)].toSorted());
  });
});

describe('the built-in texts', () => {
  test.each(BUILT_IN.filter(({ kind }) => kind !== 'head'))('$id is found with its comments, and whole', (part) => {
    const text = part.lines.join('\n');
    const shown =
      part.kind === 'rule'
        ? `spec:\n  rules:\n${indented(part.lines, '  ')}`
        : `spec:\n  sets:\n${indented(part.lines, '    ')}\n  rules: []`;
    const [found] = partsOf(part.file, `metadata: {name: ${part.policy}}\n${shown}\n`).filter(
      ({ kind }) => kind === part.kind,
    );
    expect(found?.fingerprint, text).toBe(part.fingerprint);
    expect(text.startsWith('#')).toBe(commentOf(part) !== '');
  });
});

function indented(lines: readonly string[], margin: string): string {
  return lines.map((line) => margin + line).join('\n');
}

/** Every commit that touched the built-in policy, on any way to the present one; null where that cannot be known. */
function history(): string[] | null {
  try {
    if (git('rev-parse', '--is-shallow-repository').trim() !== 'false') return null;
    if (git('rev-parse', '--show-prefix').trim() !== '') return null;
    return git('log', '--full-history', '--format=%H', '--', 'proxy/policy/default-policy').split('\n').filter(Boolean);
  } catch {
    return null;
  }
}

function documentsAt(commit: string): Documents {
  const folder = `${commit}:proxy/policy/default-policy`;
  const list = git('show', `${folder}/default-policy.ts`);
  return [...list.matchAll(/file: '([^']+)', text: ([A-Z_]+)/g)].map(([, file = '', constant = '']) => {
    const source = new RegExp(`import \\{ ${constant} \\} from '\\./([^']+)'`).exec(list)?.[1] ?? '';
    const text = /= `([\s\S]*)`;\n/.exec(git('show', `${folder}/${source}`))?.[1] ?? '';
    expect(text, `${source} at ${commit} is one plain text`).not.toMatch(/^$|\\|\$\{/);
    return { file, text };
  });
}

function git(...words: string[]): string {
  return execFileSync('git', ['-C', repository, ...words], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}
