import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Random } from '../proxy/masking/random.ts';
import { readFindings } from './findings.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { mutate } from './mutation.ts';
import { TARGETS } from './targets/all.ts';

/** Milliseconds of processor time that one case may take, on whatever a machine is busy with: longer is a hang. */
const LONGEST_CASE = 1_000;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    cases: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  },
});
const cases = Number(options.cases);
const seed = Number(options.seed);
const wanted = TARGETS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
if (!Number.isInteger(cases) || cases < 1 || !Number.isInteger(seed) || wanted.length === 0) {
  console.error(
    `usage: npm run fuzz [target …] [-- --cases 1000000] [--seed 1]\ntargets: ${TARGETS.map(({ name }) => name).join(', ')}`,
  );
  process.exit(2);
}

const findingsFolder = join(process.cwd(), 'test/fuzz/findings');
const shares = wanted.reduce((sum, { share }) => sum + share, 0);
console.log(`${cases} cases, seed ${seed}`);
let found = 0;
for (const target of wanted) found += await run(target, Math.ceil((cases * target.share) / shares));
console.log(
  found === 0
    ? 'nothing found'
    : `${found} found; each is kept in test/fuzz/findings and runs with the tests from now on`,
);
process.exit(found === 0 ? 0 : 1);

async function run(target: FuzzTarget, count: number): Promise<number> {
  const random = new Random(seed);
  const pool = [...target.seeds, ...readFindings(findingsFolder, target.name).map(({ input }) => input)];
  const messages = new Set<string>();
  const started = performance.now();
  let slowest = 0;
  for (let done = 0; done < count; done += 1) {
    const input = mutate(random.pick(pool), { random, other: random.pick(pool), words: target.words });
    const begun = process.cpuUsage();
    let problem: string | null = null;
    try {
      await target.check(input, random);
    } catch (error) {
      problem = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    }
    const used = process.cpuUsage(begun);
    const took = (used.user + used.system) / 1000;
    slowest = Math.max(slowest, took);
    if (took > LONGEST_CASE) problem ??= `took ${Math.round(took)} ms`;
    // The same flaw comes up again and again: its first input is enough.
    const kind = problem?.replace(/\d+|".*"|: .*/g, '') ?? '';
    if (problem === null || messages.has(kind)) continue;
    messages.add(kind);
    console.log(`${target.name}: ${problem}\n  ${JSON.stringify(input.toString('latin1')).slice(0, 400)}`);
    keep(target.name, input);
  }
  await target.close?.();
  const seconds = (performance.now() - started) / 1000;
  console.log(
    `${target.name.padEnd(18)} ${String(count).padStart(8)} cases  ${Math.round(count / seconds)} a second  slowest ${slowest.toFixed(1)} ms  found ${messages.size}`,
  );
  return messages.size;
}

function keep(target: string, input: Buffer): void {
  mkdirSync(findingsFolder, { recursive: true });
  const hash = createHash('sha256').update(input).digest('hex').slice(0, 12);
  writeFileSync(join(findingsFolder, `${target}.${hash}.bin`), input);
}
