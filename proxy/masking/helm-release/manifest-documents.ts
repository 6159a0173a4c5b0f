import { readOrdinaryYaml } from './ordinary-yaml.ts';
import { readWholeYaml } from './whole-yaml.ts';
import type { YamlNode } from './yaml-tree.ts';

/** One document of a manifest: its text, and where it begins. */
export interface ManifestDocument {
  readonly text: string;
  readonly start: number;
}

/**
 * The documents of a manifest, as helm and Kubernetes' reader split them (apimachinery `pkg/util/yaml/decoder.go`): at
 * each line that begins with dashes, inside a text too.
 */
export function documentsOf(manifest: string): ManifestDocument[] {
  const documents: ManifestDocument[] = [];
  let start = 0;
  // What stands behind the dashes belongs to the document: YAML lets one begin there.
  for (const match of manifest.matchAll(/(?<=^|\n)---/g)) {
    documents.push({ text: manifest.slice(start, match.index), start });
    start = match.index + match[0].length;
  }
  documents.push({ text: manifest.slice(start), start });
  return documents.filter(({ text }) => text.trim() !== '');
}

/** @returns undefined where it cannot be said what Go's reader reads. */
export function readDocument(text: string): YamlNode | undefined {
  const ordinary = readOrdinaryYaml(text);
  return ordinary === undefined ? readWholeYaml(text) : ordinary;
}
