/** How a person left a table's columns: widths, hidden ones, the sort. Stored per table. */
export interface ColumnLayout {
    readonly widths: Readonly<Record<string, number>>;
    readonly hidden: readonly string[];
    readonly sort: {
        readonly column: string;
        readonly descending: boolean;
    } | null;
}
export declare const NARROWEST_COLUMN = 56;
/** Reads a stored layout; anything unreadable falls back, piece by piece. */
export declare function readColumnLayout(stored: unknown, fallback: ColumnLayout['sort']): ColumnLayout;
/** A click on a heading: ascending, then descending, then ascending again. */
export declare function sortBy(layout: ColumnLayout, column: string): ColumnLayout;
export declare function resizeColumn(layout: ColumnLayout, column: string, width: number): ColumnLayout;
export declare function toggleColumn(layout: ColumnLayout, column: string): ColumnLayout;
/** Sorts without touching the order of equals. Numbers as numbers, words as people sort them (`node-2` before `node-10`). */
export declare function sortRows<Row>(rows: readonly Row[], value: ((row: Row) => string | number) | undefined, descending: boolean): readonly Row[];
