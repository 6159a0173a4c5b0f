import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { render, writeIntoDocument, writeResults } from './harness/report.ts';
import type { Comparison, Sample, Section } from './harness/section.ts';
import { type ComparisonResult, summarise } from './harness/statistics.ts';

/** Sections by name, in the order in which they run. Each is loaded when it is asked for. */
const SECTIONS: Readonly<Record<string, () => Promise<Section>>> = {
  forwarding: async () => (await import('./forwarding/forwarding.ts')).forwarding,
  watches: async () => (await import('./watches/watches.ts')).watches,
  streams: async () => (await import('./streams/streams.ts')).streams,
  masking: async () => (await import('./masking/masking.ts')).masking,
  'large-bodies': async () => (await import('./large-bodies/large-bodies.ts')).largeBodies,
  policy: async () => (await import('./policy/policy.ts')).policy,
  journal: async () => (await import('./journal/journal.ts')).journal,
};

const repository = join(import.meta.dirname, '../..');

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '7' },
    only: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const rounds = Number(options.rounds);
const wanted = positionals.length === 0 ? Object.keys(SECTIONS) : positionals;
const unknown = wanted.filter((name) => !(name in SECTIONS));
if (unknown.length > 0 || !Number.isInteger(rounds) || rounds < 1) {
  console.error(`usage: npm run bench [section …] [-- --rounds 7] [--only text] [--write]
sections: ${Object.keys(SECTIONS).join(', ')}`);
  process.exit(2);
}
if (rounds < 7) console.log(`${rounds} rounds: a look, not a figure to quote`);
for (const name of wanted) await runSection(name);

async function runSection(name: string): Promise<void> {
  const section = await SECTIONS[name]?.();
  if (section === undefined) return;
  const results: ComparisonResult[] = [];
  const tables: string[] = [];
  const bench = {
    async compare(comparison: Comparison) {
      if (options.only !== undefined && !comparison.title.includes(options.only)) return;
      const result = summarise(comparison, await measure(comparison));
      results.push(result);
      tables.push(render(comparison, result));
      console.log(`\n${tables.at(-1)}`);
    },
    note(text: string) {
      results.at(-1)?.notes.push(text);
      tables.push(`${text}\n`);
      console.log(text);
    },
  };
  console.log(`\n## ${name}`);
  await section(bench);
  if (options.only !== undefined) return;
  writeResults(join(repository, 'test-output/bench', `${name}.json`), name, results);
  if (options.write) writeIntoDocument(join(repository, 'docs/performance.md'), name, tables.join('\n'));
}

/** One round of each contender, then the next: what disturbs the machine disturbs all of them. */
async function measure({ contenders }: Comparison): Promise<Map<string, Sample[]>> {
  const samples = new Map<string, Sample[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, sample } of contenders) samples.get(name)?.push(await sample());
  }
  return samples;
}
