import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeIntoDocument } from '../bench/harness/report.ts';
import { flood } from './flood.ts';
import type { Observation, Scenario } from './scenario.ts';
import { slowLoris, slowReaders } from './slow-clients.ts';
import { suddenDeath } from './sudden-death.ts';
import { watches } from './watches.ts';

const SCENARIOS: readonly Scenario[] = [flood, slowReaders, slowLoris, suddenDeath, watches];

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { write: { type: 'boolean', default: false } },
});
const wanted = SCENARIOS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
if (wanted.length === 0) {
  console.error(
    `usage: npm run load [scenario …] [-- --write]\nscenarios: ${SCENARIOS.map(({ name }) => name).join(', ')}`,
  );
  process.exit(2);
}
let failed = 0;
for (const scenario of wanted) {
  const observations = await scenario.run();
  failed += observations.filter(({ holds }) => holds === false).length;
  const table = render(scenario, observations);
  console.log(`\n${table}`);
  if (options.write)
    writeIntoDocument(join(process.cwd(), 'docs/reliability.md'), scenario.name, table, 'npm run load');
}
process.exit(failed === 0 ? 0 : 1);

function render({ title }: Scenario, observations: readonly Observation[]): string {
  const rows = observations.map(
    ({ what, figure, holds }) =>
      `| ${what} | ${figure} | ${holds === null ? '' : holds ? 'holds' : '**does not hold**'} |`,
  );
  return [`**${title}**`, '', '| | | |', '| --- | --- | --- |', ...rows, ''].join('\n');
}
