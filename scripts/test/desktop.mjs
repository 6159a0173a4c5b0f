import { cp, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { repository } from '../set-up/cache-folder.mjs';
import { run } from '../set-up/run.mjs';
import { openDisplay } from './display.mjs';
import { countPlaywright, countReport } from './stages.mjs';
import { prepareUnprivileged } from './unprivileged.mjs';

/**
 * Runs the Playwright tests on the built app, with the operating system's sandbox on.
 * @param {import('../set-up.mjs').SetUp} setUp
 * @param {readonly string[]} [filters] arguments for Playwright
 */
export async function runDesktopTests({ electron, tools, systemReady }, filters = []) {
  if (!electron || !tools) throw new Error('the desktop tests need Electron, kubectl and helm: see the set-up above');
  if (!systemReady) console.log('system packages are missing (see the set-up above); Electron may not start');
  const place = await prepareUnprivileged({ electron: electron.folder, tools });
  const { display, close: closeDisplay } = await openDisplay(place.prefix, place.env);
  const output = join(place.scratch, 'output');
  const results = join(repository, 'test-output/desktop');
  console.log(`running on Electron ${electron.version}`);
  try {
    const playwright = join(place.tree, 'node_modules/@playwright/test/cli.js');
    const [command = '', ...rest] = [
      ...place.prefix,
      place.node,
      playwright,
      'test',
      '--pass-with-no-tests',
      ...filters,
    ];
    const { code } = await run(command, rest, {
      cwd: place.tree,
      env: {
        ...place.env,
        DISPLAY: display,
        GATEHOUSE_TEST_ELECTRON: place.electron,
        GATEHOUSE_TEST_KUBECTL: place.tools.kubectl,
        GATEHOUSE_TEST_HELM: place.tools.helm,
        GATEHOUSE_TEST_OUTPUT: output,
        PATH: `${dirname(place.tools.kubectl)}:${process.env['PATH'] ?? ''}`,
      },
    });
    await rm(results, { recursive: true, force: true });
    await cp(output, results, { recursive: true });
    return await countReport(join(results, 'report.json'), countPlaywright, code);
  } finally {
    closeDisplay();
    await place.close();
  }
}
