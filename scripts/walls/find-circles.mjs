/**
 * Files that import each other in a circle, one circle for each knot of them (Tarjan's strongly connected components).
 * @param {ReadonlyMap<string, ReadonlySet<string>>} graph the files that each file imports
 * @returns {string[][]} each a way round that begins with the knot's first file by name
 */
export function findCircles(graph) {
  /** @type {Map<string, { index: number, low: number, open: boolean }>} */
  const seen = new Map();
  /** @type {string[]} */
  const stack = [];
  /** @type {string[][]} */
  const circles = [];
  /** @param {string} file */
  const visit = (file) => {
    const own = { index: seen.size, low: seen.size, open: true };
    seen.set(file, own);
    stack.push(file);
    for (const next of graph.get(file) ?? []) {
      const other = seen.get(next) ?? visit(next);
      if (other.open) own.low = Math.min(own.low, other.low);
    }
    if (own.low === own.index) {
      const knot = stack.splice(stack.indexOf(file));
      for (const one of knot) /** @type {typeof own} */ (seen.get(one)).open = false;
      if (knot.length > 1 || graph.get(file)?.has(file)) circles.push(wayRound(graph, new Set(knot.sort())));
    }
    return own;
  };
  for (const file of [...graph.keys()].sort()) if (!seen.has(file)) visit(file);
  return circles;
}

/**
 * The shortest way from a knot's first file back to it.
 * @param {ReadonlyMap<string, ReadonlySet<string>>} graph
 * @param {ReadonlySet<string>} knot
 * @returns {string[]}
 */
function wayRound(graph, knot) {
  const [first = ''] = knot;
  const ways = [[first]];
  const reached = new Set();
  for (const way of ways) {
    for (const next of graph.get(/** @type {string} */ (way.at(-1))) ?? []) {
      if (next === first) return way;
      if (!knot.has(next) || reached.has(next)) continue;
      reached.add(next);
      ways.push([...way, next]);
    }
  }
  return [...knot];
}
