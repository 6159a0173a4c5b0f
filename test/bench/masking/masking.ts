import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { isDeepStrictEqual } from 'node:util';
import { runProgram } from '../harness/processes.ts';
import type { Sample, Section } from '../harness/section.ts';
import { MASKERS, type Masker } from './maskers.ts';
import { secretList } from './secrets.ts';

interface ListMasked {
  readonly mbPerSecond: number;
  readonly cpuMsPerMb: number;
  readonly firstByteMs: number;
  readonly longestMs: number;
  readonly peakRssMb: number;
}

const LIST_METRICS = { 'MB/s': 0, 'CPU ms/MB': 2, 'first byte ms': 1, 'longest block ms': 1, 'peak RSS MB': 0 };

const WAYS = [
  ['read only', 'read'],
  ['Gatehouse', 'wasm'],
  ['Gatehouse, scanner in JavaScript', 'js'],
  ['JSON.parse, walk, JSON.stringify', 'json'],
  ['@streamparser/json', 'streamparser'],
] as const;

const list = (name: string, how: string, file: string, before: number) => ({
  name,
  async sample(): Promise<Sample> {
    const result = await runProgram<ListMasked>('mask-list', [how, file, String(before)], { place: 'measured' });
    return {
      'MB/s': result.mbPerSecond,
      'CPU ms/MB': result.cpuMsPerMb,
      'first byte ms': result.firstByteMs,
      'longest block ms': result.longestMs,
      'peak RSS MB': result.peakRssMb,
    };
  },
});

const one = (name: string, how: string) => ({
  name,
  async sample(): Promise<Sample> {
    const { firstUs, cpuUs } = await runProgram<{ firstUs: number; cpuUs: number }>('mask-one', [how], {
      place: 'measured',
    });
    return { 'CPU µs': cpuUs, 'first call µs': firstUs };
  },
});

/** Lists of Secrets, 2.5 KB each, whose every value (and its copy in last-applied) gets its token. */
export const masking: Section = async (bench) => {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'));
  try {
    await bench.compare({
      title: 'one Secret of 2.5 KB, warm',
      metrics: { 'CPU µs': 2, 'first call µs': 0 },
      contenders: [
        one('copy', 'copy'),
        one('Gatehouse', 'wasm'),
        one('Gatehouse, scanner in JavaScript', 'js'),
        one('JSON.parse, walk, JSON.stringify', 'json'),
      ],
      targets: [{ metric: 'CPU µs', contender: 'Gatehouse', peer: 'JSON.parse, walk, JSON.stringify', atMost: 0.15 }],
    });
    for (const [megabytes, before] of [
      [1, 20],
      [10, 3],
      [100, 0],
    ] as const) {
      const file = join(folder, `${megabytes}.json`);
      await writeFile(file, secretList(megabytes * 1e6));
      if (megabytes === 1) await assertSame(file);
      const cold = before === 0;
      // A streaming parser takes five seconds for 100 MB, and shows nothing there that 10 MB do not.
      const ways = WAYS.filter(([, how]) => how !== 'streamparser' || !cold);
      await bench.compare({
        title: `a list of ${megabytes} MB, ${cold ? 'cold start' : 'warm'}`,
        metrics: LIST_METRICS,
        contenders: ways.map(([name, how]) => list(name, how, file, before)),
        targets: cold
          ? [{ metric: 'longest block ms', contender: 'Gatehouse', peer: null, atMost: 5 }]
          : [
              { metric: 'MB/s', contender: 'Gatehouse', peer: 'JSON.parse, walk, JSON.stringify', atLeast: 8 },
              { metric: 'first byte ms', contender: 'Gatehouse', peer: null, atMost: 1 },
            ],
      });
      if (cold) {
        bench.note(
          'Peak RSS beyond that of "read only" is what masking holds; its target is 20 MB, whatever the size.',
        );
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** Contenders that do not do the same work are no comparison. */
async function assertSame(file: string): Promise<void> {
  const results = await Promise.all(
    ['wasm', 'js', 'json'].map(async (how) => {
      const masker = MASKERS[how] as Masker;
      const masked = await buffer(masker(createReadStream(file)));
      return JSON.parse(masked.toString('utf8')) as unknown;
    }),
  );
  if (!results.every((result) => isDeepStrictEqual(result, results[0]))) throw new Error('the maskers do not agree');
}
