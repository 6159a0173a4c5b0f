import { spawnSync } from 'node:child_process';
import { pinned, providePinnedNode } from '../set-up/node.mjs';
import { runVitestProject } from './vitest-project.mjs';

const LINE = 20;

/**
 * Runs the unit tests on the line of Node that the oldest Electron carries; where none is pinned they count as one
 * skipped test.
 * @param {NodeJS.ProcessEnv} env added to this process's own
 * @returns {Promise<import('./stages.mjs').Counts>}
 */
export async function runUnitTestsOnNode20(env) {
  const platform = `${process.platform}-${process.arch}`;
  const version = pinned[LINE]?.[platform]?.version;
  if (version === undefined) {
    console.log(`no Node ${LINE} is pinned for ${platform}: skipped`);
    return { passed: 0, failed: 0, skipped: 1 };
  }
  // npm names the Node that it was started by: often it is this one.
  const own = process.env['npm_node_execpath'];
  const fits =
    own !== undefined && spawnSync(own, ['--version'], { encoding: 'utf8' }).stdout?.trim() === `v${version}`;
  const { node } = fits ? { node: own } : await providePinnedNode(LINE);
  console.log(`Node: ${version} (${node})`);
  return runVitestProject('unit', env, { node, name: 'unit-node20' });
}
