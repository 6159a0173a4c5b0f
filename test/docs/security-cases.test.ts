import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codes, filesBelow, read, repository, section, tableRows } from './documents.ts';

const document = read('docs/security-cases.md');
const NUMBERS = Array.from({ length: 69 }, (_, index) => index + 1);

/** The tests in front of each cluster; the suites that they import run there too. */
const ENTRIES = {
  demo: filesBelow('test/gateway').filter((path) => path.endsWith('.test.ts') && read(path).includes('startDemo')),
  real: filesBelow('test/cluster').filter((path) => path.endsWith('.test.ts')),
};

/** The files of tests that run where these do: themselves and the suites that they import. */
function reached(entries: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (path: string): void => {
    if (found.has(path)) return;
    found.add(path);
    const imports = [...read(path).matchAll(/from '(\.[^']+)'/g)].map(([, file = '']) => join(dirname(path), file));
    imports.filter((file) => file.includes('/suites/')).forEach(visit);
  };
  entries.forEach(visit);
  return found;
}

const REACHED = { demo: reached(ENTRIES.demo), real: reached(ENTRIES.real) };

/** The numbers that the tests of a file are named after. */
function casesIn(path: string): ReadonlySet<number> {
  const named = read(path).matchAll(/cases? (\d+(?:(?:, | and )\d+)*)/g);
  return new Set([...named].flatMap(([, numbers = '']) => [...numbers.matchAll(/\d+/g)].map(Number)));
}

interface Row {
  readonly number: number;
  readonly says: string;
  readonly files: readonly string[];
  readonly runs: string;
}

const rows: readonly Row[] = tableRows(section(document, '## The cases')).map(
  ([number = '', says = '', where = '', runs = '']) => ({ number: Number(number), says, files: codes(where), runs }),
);

describe('docs/security-cases.md', () => {
  it('has one row for each case, in order, that says what it is about', () => {
    expect(rows.map(({ number }) => number)).toEqual(NUMBERS);
    expect(rows.filter(({ says }) => says === '')).toEqual([]);
  });

  it.each(rows)('case $number is tested in every file that its row names', ({ number, files }) => {
    expect(files.length).toBeGreaterThan(0);
    const without = files.filter(
      (file) => !existsSync(join(repository, 'test', file)) || !casesIn(`test/${file}`).has(number),
    );
    expect(without).toEqual([]);
  });

  it.each(rows)('case $number runs on the clusters that its row names', ({ files, runs }) => {
    const real = files.some((file) => REACHED.real.has(`test/${file}`));
    const demo = files.some((file) => REACHED.demo.has(`test/${file}`));
    const both = demo && real;
    // Where it does not run on both, the row says why.
    expect(runs).toMatch(
      both ? /^demo, real$/ : demo ? /^demo: \S+ \S+/ : real ? /^real: \S+ \S+/ : /^neither: \S+ \S+/,
    );
  });
});
