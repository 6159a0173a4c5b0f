import { readFile } from 'node:fs/promises';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** Runs the stages of a test run one after the other, whatever became of those before, and counts. */
export function startStages() {
  /** @type {Counts} */
  const total = { passed: 0, failed: 0, skipped: 0 };
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
      const verdict = total.failed > before.failed ? 'FAILED' : 'done';
      const counted = isCounts(result) ? `: ${describeCounts(result)}` : '';
      console.log(`== ${name} ${verdict} in ${seconds} s${counted}`);
      return result;
    },
    /**
     * Prints the one line that CI reads, and sets the exit code.
     * @param {{ emptyIsFailure?: boolean }} [options] whether it is a failure that nothing passed
     */
    finish({ emptyIsFailure = true } = {}) {
      if (total.failed > 0 || (emptyIsFailure && total.passed === 0)) process.exitCode = 1;
      console.log(`\n${describeCounts(total)}`);
    },
  };
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
