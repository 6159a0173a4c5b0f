import { quantile } from '../bench/harness/statistics.ts';
import type { Surroundings } from './surroundings.ts';

/** What a scenario found out, in words and figures. */
export interface Observation {
  readonly what: string;
  readonly figure: string;
  /** Null where nothing must hold. */
  readonly holds: boolean | null;
}

/** Something that must not bring the gateway down. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  run(): Promise<readonly Observation[]>;
}

export const PLAIN = '/api/v1/namespaces/default/services';

/** What ordinary requests are like right now: each on a connection of its own, TLS handshake included. */
export async function ordinary(
  surroundings: Surroundings,
  count = 50,
): Promise<{ readonly p50: number; readonly p99: number; readonly failed: number }> {
  const times: number[] = [];
  let failed = 0;
  for (let done = 0; done < count; done += 1) {
    const { status, ms } = await surroundings.ask('GET', `${PLAIN}/2048`);
    if (status !== 200) failed += 1;
    times.push(ms);
  }
  times.sort((one, other) => one - other);
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99), failed };
}

/** Runs a task for each number below `count`, so many at one time. */
export async function inTurns(count: number, atOnce: number, task: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < count) {
        next += 1;
        await task(next - 1);
      }
    }),
  );
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export function milliseconds(value: number): string {
  return `${value.toFixed(1)} ms`;
}
