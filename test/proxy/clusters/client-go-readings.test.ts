import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ourReading, type Recorded } from './client-go-reading.ts';
import { ODD_KUBECONFIGS } from './odd-kubeconfigs.ts';

// What client-go made of them was recorded by test/cluster/kubeconfigs.test.ts, which also sees that it still does.
const recorded: readonly Recorded[] = JSON.parse(
  readFileSync(new URL('fixtures/client-go-readings.json', import.meta.url), 'utf8'),
);

describe('a kubeconfig is read as client-go reads it', () => {
  it('in every case that was thought of, and more', () => {
    const names = recorded.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(Object.keys(ODD_KUBECONFIGS)));
    expect(names.length).toBeGreaterThan(Object.keys(ODD_KUBECONFIGS).length + 90);
  });

  it.each(recorded)('$name', ({ reading, left, ...kubeconfig }) => {
    const ours = ourReading(kubeconfig);
    if (left === null) {
      expect(ours.reading).toEqual(reading);
      expect(ours.left, 'nothing is called wrong').toEqual(kubeconfig.blocks);
    } else {
      // client-go takes nothing of the file; of ours, one entry costs itself alone.
      expect(reading).toBeNull();
      expect(ours.left.join('')).toBe(left.text);
      expect(ours.reading).toEqual(left.reading);
    }
  });
});
