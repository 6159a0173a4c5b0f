import { type ManifestDocument, readDocument } from './manifest-documents.ts';
import { entriesOf, nameOf, textUnder, valuesUnder, type YamlMap, type YamlNode } from './yaml-tree.ts';

/** An object that a manifest renders. */
export interface ManifestObject {
  readonly kind: string;
  readonly name: string;
  readonly node: YamlMap;
}

/** Steps through one object: an alias leads to the same node again, and ten aliases of ten aliases to ten thousand. */
const MOST_STEPS = 200_000;

/** The objects that a document renders: itself, or the items of a list, and of lists in it. */
export function objectsOf({ text }: ManifestDocument): ManifestObject[] {
  const root = readDocument(text);
  return root?.kind === 'map' ? [...objectsIn(root, '', 0)] : [];
}

function* objectsIn(node: YamlMap, listKind: string, depth: number): Generator<ManifestObject> {
  const kind = textUnder(node, 'kind') || listKind;
  const lists = valuesUnder(node, 'items').filter((value) => value?.kind === 'list');
  if (lists.length === 0 || depth > DEEPEST_LIST) {
    yield { kind, name: nameOf(node), node };
    return;
  }
  // Items without a kind are of the list's (apimachinery `unstructured/helpers.go`).
  const itemKind = kind.replace(/List$/, '');
  for (const list of lists) {
    for (const item of list.items) if (item?.kind === 'map') yield* objectsIn(item, itemKind, depth + 1);
  }
}

const DEEPEST_LIST = 20;

/** The texts of an object. */
export function* textsOf(node: YamlNode): Generator<string> {
  let steps = 0;
  const waiting: YamlNode[] = [node];
  for (let next = waiting.pop(); next !== undefined && steps < MOST_STEPS; next = waiting.pop()) {
    steps += 1;
    if (next === null) continue;
    if (next.kind === 'scalar') yield next.value;
    else waiting.push(...(next.kind === 'list' ? next.items : entriesOf(next).map(({ value }) => value)));
  }
}
