import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { render, writeIntoDocument } from '../bench/harness/report.ts';
import type { Sample, Target } from '../bench/harness/section.ts';
import { figureOf, summarise } from '../bench/harness/statistics.ts';

const contender = (name: string) => ({ name, sample: async () => ({}) });
const comparison = (targets: readonly Target[]) => ({
  title: 'work',
  metrics: { 'CPU µs': 1 },
  contenders: [contender('ours'), contender('theirs')],
  targets,
});
const rounds = (ours: readonly number[], theirs: readonly number[]) =>
  new Map<string, Sample[]>([
    ['ours', ours.map((value) => ({ 'CPU µs': value }))],
    ['theirs', theirs.map((value) => ({ 'CPU µs': value }))],
  ]);

describe('figures of a benchmark', () => {
  it('are medians with quartiles; rounds without a figure do not count', () => {
    expect(figureOf([5, undefined, 1, Number.NaN, 3])).toEqual({ median: 3, low: 2, high: 4 });
    expect(figureOf([undefined])).toBeNull();
  });

  it('a ratio is taken within each round, so that a slow minute does not count as a difference', () => {
    const target = { metric: 'CPU µs', contender: 'ours', peer: 'theirs', atMost: 0.5 };
    const { targets } = summarise(comparison([target]), rounds([1, 10, 100], [2, 20, 200]));
    expect(targets[0]).toMatchObject({ met: true, figure: { median: 0.5, low: 0.5, high: 0.5 } });
  });

  it.each<[string, Omit<Target, 'metric' | 'contender'>, string]>([
    ['at most, kept', { peer: null, atMost: 2 }, '| met |'],
    ['at most, not kept', { peer: null, atMost: 1.5 }, '| **missed** |'],
    ['at least, not kept', { peer: 'theirs', atLeast: 3 }, '| **missed** |'],
    ['a peer that was not there', { peer: 'others', atMost: 1 }, '| not measured |'],
  ])('a target says whether it is met: %s', (_, bound, verdict) => {
    const compared = comparison([{ metric: 'CPU µs', contender: 'ours', ...bound }]);
    expect(render(compared, summarise(compared, rounds([2, 2, 2], [1, 1, 1])))).toContain(verdict);
  });
});

describe('tables in the document', () => {
  const repository = join(import.meta.dirname, '../..');

  it('every section has its place', () => {
    const sections = readFileSync(join(repository, 'test/bench/run.ts'), 'utf8').matchAll(/^ {2}(\w+): async/gm);
    const names = [...sections].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(3);
    const document = readFileSync(join(repository, 'docs/performance.md'), 'utf8');
    for (const name of names) {
      expect(document).toContain(`<!-- bench: ${name} -->`);
      expect(document).toContain(`<!-- end of bench: ${name} -->`);
    }
  });

  it('are put between the marks, in the place of older ones', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
    try {
      const path = join(folder, 'performance.md');
      writeFileSync(
        path,
        '# Head\n\n<!-- bench: a -->\n<!-- end of bench: a -->\n\n<!-- bench: b -->\nold\n<!-- end of bench: b -->\n',
      );
      writeIntoDocument(path, 'b', 'first');
      writeIntoDocument(path, 'b', 'second');
      const text = readFileSync(path, 'utf8');
      expect(text).toMatch(/^# Head\n\n<!-- bench: a -->\n<!-- end of bench: a -->\n/);
      expect(text).toMatch(/`npm run bench b`[\s\S]*second\n<!-- end of bench: b -->\n$/);
      expect(text).not.toMatch(/old|first/);
      expect(() => writeIntoDocument(path, 'c', '')).toThrow(/no place/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
