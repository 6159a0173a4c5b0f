import { describe, expect, it } from 'vitest';
import { countPlaywright, countVitest, tableOfStages } from '../../scripts/test/stages.mjs';

const vitest = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 1, numTodoTests: 1, testResults: [] };
const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((test) => ({ status: test })),
});

describe('counting a vitest run', () => {
  it('adds todo tests to the skipped ones', () => {
    expect(countVitest(vitest, 0)).toEqual({ passed: 3, failed: 0, skipped: 2 });
  });
  it('counts a failed test once', () => {
    const report = { ...vitest, numFailedTests: 1, testResults: [file('failed', 'passed', 'failed')] };
    expect(countVitest(report, 1).failed).toBe(1);
  });
  it('counts a file that could not be loaded as a failure', () => {
    expect(countVitest({ ...vitest, testResults: [file('failed')] }, 1).failed).toBe(1);
  });
  it('counts a bad end that no test shows as a failure', () => {
    expect(countVitest(vitest, 1).failed).toBe(1);
  });
});

describe('counting a Playwright run', () => {
  const stats = { expected: 4, unexpected: 0, flaky: 0, skipped: 1 };
  it('counts a test that passed only when tried again as a failure', () => {
    expect(countPlaywright({ stats: { ...stats, flaky: 1 }, errors: [] }, 0)).toEqual({
      passed: 4,
      failed: 1,
      skipped: 1,
    });
  });
  it('counts an error outside any test', () => {
    expect(countPlaywright({ stats, errors: [{}] }, 1).failed).toBe(1);
  });
});

it('shows what each stage took, and all of them together', () => {
  const table = tableOfStages([
    { name: 'lint', failed: true, seconds: '3.2', counts: null },
    { name: 'unit tests', failed: false, seconds: '120.0', counts: { passed: 3901, failed: 0, skipped: 7 } },
  ]);
  expect(table.split('\n')).toEqual([
    'stage       result  seconds  passed  failed  skipped',
    'lint        FAILED      3.2',
    'unit tests    done    120.0    3901       0        7',
    'together              123.2',
  ]);
});
