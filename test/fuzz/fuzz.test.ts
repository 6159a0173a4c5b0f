import { join } from 'node:path';
import { afterAll, describe, it } from 'vitest';
import { Random } from '../proxy/masking/random.ts';
import { readFindings } from './findings.ts';
import { mutate } from './mutation.ts';
import { TARGETS } from './targets/all.ts';

/** A short run with fixed seeds; `npm run fuzz` makes the long ones. */
const CASES = 150;

describe.each(TARGETS.map((target) => [target.name, target] as const))(
  '%s, given bytes of strangers',
  (name, target) => {
    afterAll(() => target.close?.());

    it('holds for every seed', async () => {
      for (const seed of target.seeds) await target.check(seed, new Random(1));
    });

    it('holds for what once was found', async () => {
      for (const { input } of readFindings(join(import.meta.dirname, 'findings'), name)) {
        for (let seed = 1; seed < 20; seed += 1) await target.check(input, new Random(seed));
      }
    });

    it(`holds for ${CASES} mutations`, async () => {
      const random = new Random(20_260);
      for (let done = 0; done < CASES; done += 1) {
        const { seeds, words } = target;
        await target.check(mutate(random.pick(seeds), { random, other: random.pick(seeds), words }), random);
      }
    });
  },
);
