import {
  type Document,
  isCollection,
  isMap,
  isScalar,
  type LineCounter,
  type ParsedNode,
  parseAllDocuments,
  visit,
} from 'yaml';
import { visible } from '../../model/visible-text.ts';

/** What is wrong with a document, and where. */
export type DocumentTrouble = readonly [offset: number, message: string];

/** A key of the map that a config file is. */
export interface ConfigEntry {
  /** Empty for a key that is no text. */
  readonly name: string;
  /** Of the key. */
  readonly at: number;
  readonly value: ParsedNode | null;
}

interface ConfigDocument {
  readonly entries: readonly ConfigEntry[];
  readonly troubles: readonly DocumentTrouble[];
}

/**
 * The entries of the one YAML 1.2 document that a config file is; a file of comments has none. What makes a text longer
 * than it looks, or another thing to another reader, is refused: anchors, tags, directives, a second document.
 */
export function readConfigDocument(text: string, lines: LineCounter): ConfigDocument {
  const documents = documentsOf(text, lines);
  if (documents === null) return refused([0, 'it is nested too deeply for a config file']);
  const [document, second] = documents;
  const troubles = documents.flatMap((one) => documentTroubles(one, text));
  if (second !== undefined) troubles.push([second.range[0], SECOND]);
  if (troubles.length > 0) return refused(...troubles);
  const contents = document?.contents ?? null;
  if (contents === null || (isScalar(contents) && contents.source === '')) return { entries: [], troubles: [] };
  if (!isMap(contents)) return refused([contents.range[0], NO_MAP]);
  const entries = contents.items.map(({ key, value }) => ({
    name: isScalar(key) ? String(key.value) : '',
    at: key.range?.[0] ?? 0,
    value,
  }));
  return { entries, troubles: [] };
}

const SECOND = 'a config file is one document: take out what stands from here on';
const NO_MAP = 'a config file is a map from the names of flags to values, such as "listen: 127.0.0.1:7443"';

function refused(...troubles: readonly DocumentTrouble[]): ConfigDocument {
  return { entries: [], troubles: troubles.map(([at, message]) => [at, visible(message)]) };
}

function documentsOf(text: string, lineCounter: LineCounter): readonly Document.Parsed[] | null {
  try {
    // The failsafe schema leaves every scalar a text: what it may mean is said below, and nowhere else. Keys that stand
    // twice are told below, with both places.
    const options = { version: '1.2', schema: 'failsafe', uniqueKeys: false, prettyErrors: false } as const;
    const parsed = parseAllDocuments(text, { ...options, resolveKnownTags: false, lineCounter });
    return Array.isArray(parsed) ? (parsed as Document.Parsed[]) : [];
  } catch (error) {
    // The composer calls itself for each level.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** What makes a whole document unreadable. */
function documentTroubles(document: Document.Parsed, text: string): DocumentTrouble[] {
  const control = /[^\P{Cc}\t\n\r]/u.exec(text);
  if (control !== null) return [[control.index, 'a control character stands here: take it out']];
  const errors = [...document.errors, ...document.warnings];
  if (errors.length > 0) {
    return errors.map(({ pos, code, message }) => [
      pos[0],
      YAML_ERRORS[code] ?? `it is not YAML: ${message.split('\n', 1)[0]}`,
    ]);
  }
  if (document.directives.yaml.explicit) return [[0, 'a directive stands here: take it out, it is read as YAML 1.2']];
  const found: DocumentTrouble[] = [];
  visit(document, {
    Alias: (_key, { range }) => {
      found.push([
        range?.[0] ?? 0,
        'aliases are not read: write the value out, or put quotes around a text that begins with *',
      ]);
      return visit.BREAK;
    },
    Node: (_key, node) => {
      if (!(isScalar(node) || isCollection(node)) || (!node.anchor && node.tag === undefined)) return undefined;
      found.push([node.range?.[0] ?? 0, NOT_READ]);
      return visit.BREAK;
    },
  });
  return found;
}

const NOT_READ = 'anchors and tags are not read: take it out, or put quotes around a text that begins with & or !';
const YAML_ERRORS: Readonly<Record<string, string>> = {
  TAG_RESOLVE_FAILED: NOT_READ,
  TAB_AS_INDENT: 'a tab stands where spaces belong: YAML is indented with spaces',
  BAD_ALIAS: 'aliases are not read: write the value out, or put quotes around a text that begins with *',
  MULTIPLE_ANCHORS: 'anchors are not read: take them out',
};
