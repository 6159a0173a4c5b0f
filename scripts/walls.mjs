/*
 * Checks the walls of the house: what the source files import against walls.yaml. Part of `npm run check` and of the lint
 * stage of `npm test`.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from './set-up/cache-folder.mjs';
import { checkWalls } from './walls/check-walls.mjs';
import { readFloorPlan } from './walls/floor-plan.mjs';
import { readFiles } from './walls/read-files.mjs';

const plan = readFloorPlan(await readFile(join(repository, 'walls.yaml'), 'utf8'));
const breaches = checkWalls(plan, await readFiles(repository));
for (const { where, text, mend } of breaches) console.log(`${where}\n  ${text}\n  To mend it: ${mend}.\n`);
if (breaches.length > 0) {
  console.log(`The walls of walls.yaml do not hold in ${breaches.length} places.`);
  process.exitCode = 1;
}
