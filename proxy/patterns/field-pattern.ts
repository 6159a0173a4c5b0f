/** One step of a field pattern: a key (or the name of a list's entry), any of them, or any number of levels. */
export type Step = { readonly key: string } | 'any' | 'deep';

const STEP = /\.(?<plain>[-_A-Za-z0-9]+|\*\*|\*)|\[(?:'(?<single>[^']+)'|"(?<double>[^"]+)"|(?<any>\*))\]/y;

/** Top-level fields that every object has; they hold more than values. */
const NOT_VALUES: ReadonlySet<string> = new Set(['metadata', 'items', 'rows', 'kind', 'type', 'apiVersion']);

/** Maps from a key, which may have dots in it, to a value. */
const FLAT_MAPS: ReadonlySet<string> = new Set(['data', 'stringData', 'binaryData']);

/**
 * Reads a field as policies write it: `data.*`, `data.password`, `data['ca.crt']`, `spec.values.**`,
 * `spec.template.spec.containers[*].env[*].value`. `*` is any key of a map and any entry of a list, `**` everything below.
 * In `data`, `stringData` and `binaryData` what follows is one key, dots and all.
 * @returns null where the text is no such field.
 */
export function readFieldPattern(text: string): readonly Step[] | null {
  const first = /^[A-Za-z]\w*/.exec(text)?.[0];
  if (first === undefined || NOT_VALUES.has(first)) return null;
  if (FLAT_MAPS.has(first) && /^\.[-._A-Za-z0-9]+$/.test(text.slice(first.length))) {
    return [{ key: first }, { key: text.slice(first.length + 1) }];
  }
  const steps: Step[] = [{ key: first }];
  STEP.lastIndex = first.length;
  while (STEP.lastIndex < text.length) {
    const groups = STEP.exec(text)?.groups;
    if (groups === undefined) return null;
    const { plain, single, double, any } = groups;
    if (plain === '**') steps.push('deep');
    else if (plain === '*' || any !== undefined) steps.push('any');
    else steps.push({ key: plain ?? single ?? double ?? '' });
  }
  return steps.length < 2 ? null : steps;
}

/**
 * Where the patterns of all rules have got to on the way down an object. The nodes are built once; walking down does
 * not allocate where no pattern goes on.
 */
export interface PatternNode {
  readonly keys: Map<string, PatternNode>;
  /** Under any key, and in any entry. */
  any: PatternNode | null;
  /** At any level below. */
  below: PatternNode | null;
  /** This node is what `**` leads to: it goes on at every level. */
  readonly deep: boolean;
  /** Rules that mask what is here, and rules that keep it. */
  readonly masks: Set<number>;
  readonly keeps: Set<number>;
}

export type Nodes = readonly PatternNode[];

export const NO_NODES: Nodes = [];

export function newPatternNode(deep = false): PatternNode {
  return { keys: new Map(), any: null, below: null, deep, masks: new Set(), keeps: new Set() };
}

export function addPattern(root: PatternNode, steps: readonly Step[], rule: number, kind: 'masks' | 'keeps'): void {
  let node = root;
  for (const step of steps) node = grown(node, step);
  node[kind].add(rule);
}

function grown(node: PatternNode, step: Step): PatternNode {
  if (step === 'deep') {
    node.below ??= newPatternNode(true);
    return node.below;
  }
  if (step === 'any') {
    node.any ??= newPatternNode();
    return node.any;
  }
  const next = node.keys.get(step.key) ?? newPatternNode();
  node.keys.set(step.key, next);
  return next;
}

/** One level down, under a key or into an entry of a list. */
export function descend(nodes: Nodes, slot: string | number): Nodes {
  if (nodes.length === 0) return NO_NODES;
  const found: PatternNode[] = [];
  for (const node of nodes) {
    const next = typeof slot === 'string' ? node.keys.get(slot) : undefined;
    if (next !== undefined) found.push(next);
    if (node.any !== null) found.push(node.any);
    if (node.below !== null) found.push(node.below);
    if (node.deep) found.push(node);
  }
  return found;
}

/** The rules that mask what the nodes have come to. No rule takes another rule's mask away. */
export function maskedBy(nodes: Nodes): number[] {
  const [node] = nodes;
  if (node === undefined) return [];
  if (nodes.length === 1 && node.keeps.size === 0) return [...node.masks];
  const kept = new Set(nodes.flatMap(({ keeps }) => [...keeps]));
  return [...new Set(nodes.flatMap(({ masks }) => [...masks]))].filter((rule) => !kept.has(rule));
}
