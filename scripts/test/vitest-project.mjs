import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from '../set-up/cache-folder.mjs';
import { run } from '../set-up/run.mjs';
import { countReport, countVitest } from './stages.mjs';

/**
 * Runs one project of vitest.config.ts.
 * @param {string} project
 * @param {NodeJS.ProcessEnv} env added to this process's own
 * @param {{ node?: string, name?: string }} [options] the Node that runs it, and what its report is called
 */
export async function runVitestProject(project, env, { node = process.execPath, name = project } = {}) {
  const report = join(repository, 'test-output', `${name}.json`);
  await mkdir(join(repository, 'test-output'), { recursive: true });
  await rm(report, { force: true });
  const { code } = await run(
    node,
    [
      join(repository, 'node_modules/vitest/vitest.mjs'),
      ...['run', '--project', project, '--passWithNoTests'],
      ...['--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    ],
    { cwd: repository, env: { ...process.env, ...env } },
  );
  return countReport(report, countVitest, code);
}
