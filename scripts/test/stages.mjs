import { readFile } from 'node:fs/promises';
import { table } from './table.mjs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/**
 * A stage that ended.
 * @typedef {{ name: string, failed: boolean, seconds: string, counts: Counts | null }} Ended
 */

/** Runs the stages of a test run one after the other, whatever became of those before, and counts. */
export function startStages() {
  /** @type {Counts} */
  const total = { passed: 0, failed: 0, skipped: 0 };
  /** @type {Ended[]} */
  const ended = [];
  return {
    total,
    /**
     * @template Result
     * @param {string} name
     * @param {() => Promise<Result>} action a `Counts` that it gives back is added; an error counts as one failure
     * @returns {Promise<Result | null>} null after an error
     */
    async run(name, action) {
      console.log(`\n== ${name}`);
      const started = Date.now();
      const before = { ...total };
      /** @type {Result | null} */
      let result = null;
      try {
        result = await action();
        if (isCounts(result)) add(total, result);
      } catch (error) {
        console.log(error instanceof Error ? error.message : String(error));
        total.failed += 1;
      }
      const seconds = ((Date.now() - started) / 1000).toFixed(1);
      const failed = total.failed > before.failed;
      const counts = isCounts(result) ? result : null;
      ended.push({ name, failed, seconds, counts });
      const counted = counts ? `: ${describeCounts(counts)}` : '';
      console.log(`== ${name} ${failed ? 'FAILED' : 'done'} in ${seconds} s${counted}`);
      return result;
    },
    /**
     * Prints what each stage took, then the one line that CI reads, and sets the exit code.
     * @param {{ emptyIsFailure?: boolean }} [options] whether it is a failure that nothing passed
     */
    finish({ emptyIsFailure = true } = {}) {
      if (total.failed > 0 || (emptyIsFailure && total.passed === 0)) process.exitCode = 1;
      console.log(`\n${tableOfStages(ended)}\n\n${describeCounts(total)}`);
    },
  };
}

/**
 * @param {readonly Ended[]} ended
 */
export function tableOfStages(ended) {
  const seconds = ended.reduce((sum, stage) => sum + Number(stage.seconds), 0).toFixed(1);
  const rows = ended.map(({ name, failed, seconds, counts }) => [
    name,
    failed ? 'FAILED' : 'done',
    seconds,
    ...(counts ? [counts.passed, counts.failed, counts.skipped].map(String) : ['', '', '']),
  ]);
  const heading = ['stage', 'result', 'seconds', 'passed', 'failed', 'skipped'];
  return table([heading, ...rows, ['together', '', seconds]]).join('\n');
}

/** @param {Counts} counts */
export function describeCounts({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/**
 * Counts of vitest's JSON report. A file that could not even be loaded has no tests and is one failure; so is a run
 * that ended badly for a reason that no test shows (an error between tests).
 * @param {any} report
 * @param {number} exitCode
 * @returns {Counts}
 */
export function countVitest(report, exitCode) {
  const broken = report.testResults.filter(
    (/** @type {any} */ file) =>
      file.status === 'failed' && !file.assertionResults.some((/** @type {any} */ test) => test.status === 'failed'),
  ).length;
  const failed = report.numFailedTests + broken;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/**
 * Counts of Playwright's JSON report; a test that passed only when tried again is a failure here.
 * @param {any} report
 * @param {number} exitCode
 * @returns {Counts}
 */
export function countPlaywright(report, exitCode) {
  const failed = report.stats.unexpected + report.stats.flaky + report.errors.length;
  return {
    passed: report.stats.expected,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: report.stats.skipped,
  };
}

/**
 * @param {string} file
 * @param {(report: any, exitCode: number) => Counts} count
 * @param {number} exitCode
 */
export async function countReport(file, count, exitCode) {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) throw new Error(`the test run left no report (exit code ${exitCode})`);
  return count(JSON.parse(text), exitCode);
}

/**
 * @param {unknown} value
 * @returns {value is Counts}
 */
function isCounts(value) {
  return typeof value === 'object' && value !== null && 'passed' in value && 'failed' in value && 'skipped' in value;
}

/** @param {Counts} total
 * @param {Counts} more */
function add(total, more) {
  total.passed += more.passed;
  total.failed += more.failed;
  total.skipped += more.skipped;
}
