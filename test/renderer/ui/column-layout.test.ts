import { describe, expect, test } from 'vitest';
import {
  fitColumns,
  NARROWEST_COLUMN,
  readColumnLayout,
  resizeColumn,
  sortBy,
  sortRows,
  toggleColumn,
} from '../../../renderer/ui/column-layout.ts';
import { rowForKey } from '../../../renderer/ui/grid-keys.ts';

const EMPTY = readColumnLayout(undefined, null);

describe('a stored column layout', () => {
  test.each([
    ['nothing', undefined],
    ['no object', 'x'],
    ['wrong pieces', { widths: { name: 'wide', age: 3 }, hidden: 'name', sort: { column: 1 } }],
  ])('of %s is the default', (_name, stored) => {
    expect(readColumnLayout(stored, { column: 'name', descending: false })).toEqual({
      widths: {},
      hidden: [],
      sort: { column: 'name', descending: false },
    });
  });

  test('comes back as it was stored', () => {
    const layout = toggleColumn(resizeColumn(sortBy(EMPTY, 'age'), 'name', 180.4), 'type');
    expect(readColumnLayout(JSON.parse(JSON.stringify(layout)), null)).toEqual(layout);
  });
});

test('a heading sorts up, then down, then up; another starts up', () => {
  const up = sortBy(EMPTY, 'name');
  const down = sortBy(up, 'name');
  expect([up.sort, down.sort, sortBy(down, 'name').sort, sortBy(down, 'age').sort]).toEqual([
    { column: 'name', descending: false },
    { column: 'name', descending: true },
    { column: 'name', descending: false },
    { column: 'age', descending: false },
  ]);
});

test('a column keeps a width that can be grabbed again', () => {
  expect(resizeColumn(EMPTY, 'name', 3).widths['name']).toBe(NARROWEST_COLUMN);
});

describe('sorting rows', () => {
  test('numbers inside names count as numbers', () => {
    expect(sortRows(['n-10', 'n-2'], (row) => row, false)).toEqual(['n-2', 'n-10']);
  });
  test('numbers are numbers', () => expect(sortRows([10, 2], (row) => row, true)).toEqual([10, 2]));
  test('without a sorted column the order stays', () =>
    expect(sortRows(['b', 'a'], undefined, false)).toEqual(['b', 'a']));
});

describe('keys in a grid', () => {
  test.each([
    ['ArrowDown', -1, 0],
    ['j', 0, 1],
    ['k', 1, 0],
    ['ArrowUp', 0, 0],
    ['PageDown', 1, 6],
    ['PageDown', 8, 9],
    ['Home', 7, 0],
    ['End', 0, 9],
    ['x', 3, null],
  ])('%s at row %i goes to %s', (key, index, expected) => {
    expect(rowForKey(key, index, 10, 5)).toBe(expected);
  });

  test('an empty list goes nowhere', () => expect(rowForKey('End', -1, 0, 5)).toBeNull());
});

describe('fitting columns into the width of a table', () => {
  const columns = [
    { id: 'name', width: 200, least: 100, grow: 1 },
    { id: 'state', width: 100 },
    { id: 'owner', width: 100, least: 60, spare: 1 },
    { id: 'rule', width: 100, spare: 2 },
  ];
  const widthsIn = (available: number, chosen: Readonly<Record<string, number>> = {}) =>
    fitColumns(columns, chosen, available).map(({ column, width }) => `${column.id} ${width}`);

  test.each([
    ['what is left over goes to the columns that grow', 600, ['name 300', 'state 100', 'owner 100', 'rule 100']],
    ['what is missing is taken where there is slack', 430, ['name 150', 'state 100', 'owner 80', 'rule 100']],
    ['without enough slack the most spare column goes', 320, ['name 142', 'state 100', 'owner 77']],
    ['then the next', 220, ['name 120', 'state 100']],
    ['what must be shown stays, and the table scrolls', 120, ['name 100', 'state 100']],
    ['not measured yet: all of them', 0, ['name 200', 'state 100', 'owner 100', 'rule 100']],
  ])('%s', (_name, available, widths) => {
    expect(widthsIn(available)).toEqual(widths);
  });

  test('a width that a person chose is neither stretched nor squeezed', () => {
    expect(widthsIn(600, { name: 140 })).toEqual(['name 140', 'state 100', 'owner 100', 'rule 100']);
    expect(widthsIn(400, { name: 140 })).toEqual(['name 140', 'state 100', 'owner 60', 'rule 100']);
  });
});
