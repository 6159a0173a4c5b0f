import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../harness/processes.ts';
import type { Sample, Section } from '../harness/section.ts';

interface Appended {
  readonly perSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly cpuUs: number;
  readonly peakRssMb: number;
}

const metrics = { 'records/s': 0, 'p50 µs': 0, 'p99 µs': 0, 'CPU µs/record': 1, 'peak RSS MB': 0 };

/** Records of the journal: in the chain, on the disk before the promise settles. */
export const journal: Section = async (bench) => {
  const root = await mkdtemp(join(process.env['GATEHOUSE_BENCH_FOLDER'] ?? tmpdir(), 'gatehouse-bench-'));
  let runs = 0;
  const contender = (name: string, how: string, lanes: number) => ({
    name,
    async sample(): Promise<Sample> {
      runs += 1;
      const folder = join(root, String(runs));
      await mkdir(folder);
      const result = await runProgram<Appended>('append', [how, folder, String(lanes)], { place: 'measured' });
      await rm(folder, { recursive: true, force: true });
      return {
        'records/s': result.perSecond,
        'p50 µs': result.p50Us,
        'p99 µs': result.p99Us,
        'CPU µs/record': result.cpuUs,
        'peak RSS MB': result.peakRssMb,
      };
    },
  });
  try {
    await bench.compare({
      title: '1 in flight',
      metrics,
      contenders: [
        contender('durable', 'durable', 1),
        contender('written, not synced', 'written', 1),
        contender('write and fdatasync, nothing else', 'plain', 1),
      ],
      targets: [{ metric: 'p50 µs', contender: 'durable', peer: 'write and fdatasync, nothing else', atMost: 1.3 }],
    });
    await bench.compare({
      title: '256 in flight',
      metrics,
      contenders: [
        contender('durable', 'durable', 256),
        contender('written, not synced', 'written', 256),
        contender('JSON.stringify and SHA-256, in memory', 'seal', 1),
      ],
      targets: [
        { metric: 'records/s', contender: 'durable', peer: 'written, not synced', atLeast: 0.9 },
        {
          metric: 'CPU µs/record',
          contender: 'durable',
          peer: 'JSON.stringify and SHA-256, in memory',
          atMost: 1.7,
        },
      ],
    });
    bench.note(
      `The disk is that of ${root.startsWith('/dev/shm') ? 'memory, which says nothing' : tmpdir()}; GATEHOUSE_BENCH_FOLDER names another one.`,
    );
  } finally {
    await rm(root, { recursive: true, force: true });
  }
};
