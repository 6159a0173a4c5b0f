import { describe, expect, test } from 'vitest';
import { filterClusters } from '../../../../renderer/features/clusters/cluster-filter.ts';
import { clusters } from '../../bridge-data.ts';

const contexts = (typed: string) => filterClusters(clusters, typed).map(({ context }) => context);

describe('the list of clusters', () => {
  test('unfiltered: connected first, unusable last, else by name', () => {
    expect(contexts('')).toEqual([
      'demo',
      'lumen-prod-eu',
      'dev-mira',
      'kind-local',
      'lumen-prod-us',
      'lumen-staging',
      'customer-a',
      'legacy-onprem',
    ]);
  });

  test('a beginning beats a run inside, which beats scattered letters', () => {
    expect(contexts('de')[0]).toBe('demo');
    expect(contexts('stag')).toEqual(['lumen-staging']);
    expect(contexts('lpu')).toEqual(['lumen-prod-eu', 'lumen-prod-us']);
  });

  test('servers and files are searched too', () => {
    expect(contexts('38219')).toEqual(['kind-local']);
    expect(contexts('customer-a.kubeconfig')).toEqual(['customer-a']);
  });

  test('what matches nothing finds nothing', () => expect(contexts('zzz')).toEqual([]));

  test('it is never cut short', () => {
    const [first] = clusters;
    if (first === undefined) throw new Error('no cluster');
    const many = Array.from({ length: 1_500 }, (_, index) => ({ ...first, slug: `c${index}`, context: `c${index}` }));
    expect(filterClusters(many, '')).toHaveLength(1_500);
    expect(filterClusters(many, 'c')).toHaveLength(1_500);
  });
});
