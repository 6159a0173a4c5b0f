import { type ManifestDocument, readDocument } from './manifest-documents.ts';
import { entriesOf, nameOf, TooMuch, textUnder, valuesUnder, type YamlMap, type YamlNode } from './yaml-tree.ts';

/** An object that a manifest renders, and every text in it. */
export interface ManifestObject {
  readonly kind: string;
  readonly name: string;
  readonly texts: readonly string[];
}

/**
 * Steps through one document: an alias leads to the same node again, and ten aliases of ten aliases to ten thousand.
 */
const MOST_STEPS = 200_000;

/**
 * The objects that a document renders: itself, or the items of a list, and of lists in it. None where it cannot be
 * read.
 */
export function objectsOf({ text }: ManifestDocument): ManifestObject[] {
  const root = readDocument(text);
  if (root?.kind !== 'map') return [];
  try {
    const objects: ManifestObject[] = [];
    collect(root, '', objects, { steps: 0 });
    return objects;
  } catch (error) {
    if (error instanceof TooMuch) return [];
    throw error;
  }
}

function collect(node: YamlMap, listKind: string, objects: ManifestObject[], taken: { steps: number }): void {
  step(taken);
  const kind = textUnder(node, 'kind') || listKind;
  const lists = valuesUnder(node, 'items').filter((value) => value?.kind === 'list');
  if (lists.length === 0) objects.push({ kind, name: nameOf(node), texts: textsOf(node, taken) });
  // Items without a kind are of the list's (apimachinery `unstructured/helpers.go`).
  const itemKind = kind.replace(/List$/, '');
  for (const { items } of lists) {
    for (const item of items) if (item?.kind === 'map') collect(item, itemKind, objects, taken);
  }
}

function textsOf(node: YamlNode, taken: { steps: number }): string[] {
  const texts: string[] = [];
  const waiting: YamlNode[] = [node];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    step(taken);
    if (next?.kind === 'scalar') texts.push(next.value);
    else if (next?.kind === 'list') for (const item of next.items) waiting.push(item);
    else if (next !== null) for (const { value } of entriesOf(next)) waiting.push(value);
  }
  return texts;
}

function step(taken: { steps: number }): void {
  taken.steps += 1;
  if (taken.steps > MOST_STEPS) throw new TooMuch();
}
