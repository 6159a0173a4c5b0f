import { describe, expect, it } from 'vitest';
import { aggregatedBy, isUnfilled } from '../../../../proxy/evaluation/rights/aggregation.ts';

const aggregator = (...clusterRoleSelectors: object[]) => ({
  metadata: { name: 'sum' },
  aggregationRule: { clusterRoleSelectors },
});
const labelled = (labels: object) => ({ metadata: { name: 'part', labels } });
const expression = (operator: string, values?: readonly string[]) => ({
  matchExpressions: [{ key: 'a', operator, ...(values === undefined ? {} : { values }) }],
});

describe('case 54: a ClusterRole that an aggregated one takes in', () => {
  it.each<[string, object[], object, boolean]>([
    ['by its label', [{ matchLabels: { a: 'b' } }], { a: 'b' }, true],
    ['another value', [{ matchLabels: { a: 'b' } }], { a: 'c' }, false],
    ['one of two labels', [{ matchLabels: { a: 'b', c: 'd' } }], { a: 'b' }, false],
    ['one of two selectors', [{ matchLabels: { x: 'y' } }, { matchLabels: { a: 'b' } }], { a: 'b' }, true],
    ['a selector that says nothing', [{}], {}, true],
    ['In', [expression('In', ['b', 'c'])], { a: 'c' }, true],
    ['In, and has it not', [expression('In', ['b'])], {}, false],
    ['NotIn', [expression('NotIn', ['b'])], { a: 'b' }, false],
    ['NotIn, and has it not', [expression('NotIn', ['b'])], {}, true],
    ['Exists', [expression('Exists')], { a: '' }, true],
    ['DoesNotExist', [expression('DoesNotExist')], { a: '' }, false],
    ['an operator to come', [expression('Like', ['b'])], {}, true],
    ['both parts of a selector', [{ matchLabels: { c: 'd' }, ...expression('Exists') }], { a: 'b' }, false],
  ])('%s', (_name, selectors, labels, isTaken) => {
    expect(aggregatedBy([aggregator(...selectors)], labelled(labels))).toEqual(isTaken ? ['sum'] : []);
  });

  it('is never itself', () => {
    const itself = { ...aggregator({}), metadata: { name: 'sum', labels: {} } };
    expect(aggregatedBy([itself], itself)).toEqual([]);
  });

  it('leaves one open into which nothing was put yet', () => {
    expect(isUnfilled(aggregator({}))).toBe(true);
    expect(isUnfilled({ ...aggregator({}), rules: null })).toBe(true);
    expect(isUnfilled({ ...aggregator({}), rules: [{ verbs: ['get'] }] })).toBe(false);
    expect(isUnfilled({ rules: [] })).toBe(false);
  });
});
