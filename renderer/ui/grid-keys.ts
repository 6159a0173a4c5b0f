/**
 * The row that a key moves to in a list of `count` rows, or null when the key does not move. Nothing selected is
 * `index` -1. `page` is how many rows are in view.
 */
export function rowForKey(key: string, index: number, count: number, page: number): number | null {
  const targets: Readonly<Record<string, number>> = {
    ['ArrowDown']: index + 1,
    j: index + 1,
    ['ArrowUp']: index - 1,
    k: index - 1,
    ['PageDown']: index + page,
    ['PageUp']: index - page,
    ['Home']: 0,
    ['End']: count - 1,
  };
  const target = targets[key];
  return target === undefined || count === 0 ? null : Math.min(Math.max(target, 0), count - 1);
}
