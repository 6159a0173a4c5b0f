/**
 * The row that a key moves to in a list of `count` rows, or null when the key does not move. Nothing selected is
 * `index` -1. `page` is how many rows are in view.
 */
export declare function rowForKey(key: string, index: number, count: number, page: number): number | null;
