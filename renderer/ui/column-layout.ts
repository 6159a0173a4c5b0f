/** How a person left a table's columns: widths, hidden ones, the sort. Stored per table. */
export interface ColumnLayout {
  readonly widths: Readonly<Record<string, number>>;
  readonly hidden: readonly string[];
  readonly sort: { readonly column: string; readonly descending: boolean } | null;
}

export const NARROWEST_COLUMN = 56;

/** Reads a stored layout; anything unreadable falls back, piece by piece. */
export function readColumnLayout(stored: unknown, fallback: ColumnLayout['sort']): ColumnLayout {
  const value = (typeof stored === 'object' && stored !== null ? stored : {}) as Partial<Record<string, unknown>>;
  const widths: Record<string, number> = {};
  if (typeof value['widths'] === 'object' && value['widths'] !== null) {
    for (const [column, width] of Object.entries(value['widths'])) {
      if (typeof width === 'number' && width >= NARROWEST_COLUMN) widths[column] = width;
    }
  }
  const hidden = Array.isArray(value['hidden'])
    ? value['hidden'].filter((column): column is string => typeof column === 'string')
    : [];
  return { widths, hidden, sort: readSort(value['sort']) ?? fallback };
}

function readSort(stored: unknown): ColumnLayout['sort'] {
  if (typeof stored !== 'object' || stored === null) return null;
  const { column, descending } = stored as { column?: unknown; descending?: unknown };
  return typeof column === 'string' && typeof descending === 'boolean' ? { column, descending } : null;
}

/** A click on a heading: ascending, then descending, then ascending again. */
export function sortBy(layout: ColumnLayout, column: string): ColumnLayout {
  const descending = layout.sort?.column === column && !layout.sort.descending;
  return { ...layout, sort: { column, descending } };
}

export function resizeColumn(layout: ColumnLayout, column: string, width: number): ColumnLayout {
  return { ...layout, widths: { ...layout.widths, [column]: Math.max(NARROWEST_COLUMN, Math.round(width)) } };
}

export function toggleColumn(layout: ColumnLayout, column: string): ColumnLayout {
  const hidden = layout.hidden.includes(column)
    ? layout.hidden.filter((other) => other !== column)
    : [...layout.hidden, column];
  return { ...layout, hidden };
}

/** Sorts without touching the order of equals. Numbers as numbers, words as people sort them (`node-2` before `node-10`). */
export function sortRows<Row>(
  rows: readonly Row[],
  value: ((row: Row) => string | number) | undefined,
  descending: boolean,
): readonly Row[] {
  if (value === undefined) return rows;
  const sign = descending ? -1 : 1;
  return [...rows].sort((left, right) => {
    const a = value(left);
    const b = value(right);
    if (typeof a === 'number' && typeof b === 'number') return sign * (a - b);
    return sign * String(a).localeCompare(String(b), 'en', { numeric: true });
  });
}

/** How much room a column needs. Pixels. */
export interface ColumnRoom {
  readonly id: string;
  /** With room enough. */
  readonly width: number;
  /** The least that it is of use with; `width` where it is not given. */
  readonly least?: number;
  /** Its share of what is left over; none where it is not given. */
  readonly grow?: number;
  /** Left out where there is no room; the highest goes first. */
  readonly spare?: number;
}

/**
 * The columns that fit in `available` pixels, with their widths: what there is too much is taken from columns that can
 * be narrower, then spare columns go; what is left over goes to those that grow. Widths that a person `chose` stay.
 * Where even that does not fit the table scrolls. Nothing available means not measured yet: all, as wide as they like.
 */
export function fitColumns<Column extends ColumnRoom>(
  columns: readonly Column[],
  chosen: ColumnLayout['widths'],
  available: number,
): ReadonlyArray<{ readonly column: Column; readonly width: number }> {
  const wanted = (column: ColumnRoom) => chosen[column.id] ?? column.width;
  const least = (column: ColumnRoom) => chosen[column.id] ?? Math.min(column.width, column.least ?? column.width);
  if (available <= 0) return columns.map((column) => ({ column, width: wanted(column) }));
  let shown = columns;
  while (sum(shown.map(least)) > available) {
    const spare = Math.max(...shown.map((column) => column.spare ?? 0));
    if (spare === 0) break;
    shown = shown.filter((column) => column.spare !== spare);
  }
  const left = available - sum(shown.map(wanted));
  const share = shown.map((column) => (left < 0 ? wanted(column) - least(column) : growth(column, chosen)));
  const shares = sum(share);
  const given = shares === 0 ? 0 : Math.max(left, -shares) / shares;
  return shown.map((column, index) => ({ column, width: Math.floor(wanted(column) + given * (share[index] ?? 0)) }));
}

function growth(column: ColumnRoom, chosen: ColumnLayout['widths']): number {
  return chosen[column.id] === undefined ? (column.grow ?? 0) : 0;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
