import type { Splice } from '../scan/byte-window.ts';
import { LAST_APPLIED, type MaskForm } from '../tokens/mask-form.ts';
import { REDACTED } from '../tokens/mask-token.ts';
import { joinField } from '../values/field-path.ts';
import type { OwnValues, TextPlace } from '../values/own-values.ts';
import { mayWrapText } from '../values/text-views.ts';
import { type ObjectText, ObjectTexts } from './object-texts.ts';
import { OrderedSplices } from './ordered-splices.ts';

/** What of a Secret is searched for its own values, and what was masked there already. */
export interface SearchedPart {
  /** The metadata of an object, or all of a copy of one. */
  readonly part: 'metadata' | 'copy';
  readonly bytes: Buffer;
  /** Where it begins. */
  readonly start: number;
  readonly masked: readonly Splice[];
  /** Where the texts begin that were masked from within. */
  readonly copies: ReadonlySet<number>;
  readonly as: MaskForm;
  /** Makes the token for a text and tells whoever keeps count. */
  readonly token: (field: string, plain: Buffer) => string;
}

/** By these an object is found and written; they say nothing that the path does not. */
const IDENTITY: ReadonlySet<string> = new Set([
  'name',
  'namespace',
  'uid',
  'resourceVersion',
  'selfLink',
  'creationTimestamp',
  'deletionTimestamp',
  'generation',
]);

/** Annotations whose value tools compare with a name of theirs: there an ordinary word is that name. */
const COMPARED =
  /^(?:(?:meta\.)?helm\.sh|argocd\.argoproj\.io|cert-manager\.io|kubernetes\.io|reflector\.v1\.k8s\.emberstack\.com|replicator\.v1\.mittwald\.de|sealedsecrets\.bitnami\.com|kustomize\.toolkit\.fluxcd\.io|helm\.toolkit\.fluxcd\.io|app\.kubernetes\.io)\//;

/**
 * The masks for every text of a part of a Secret that holds one of the Secret's own values. A text is masked whole: what
 * is left around a value in base64, or in the middle of a difference, is of no use, and the mask of a whole text can be
 * written back. What is in `managedFields` becomes null: an update without any keeps those that are there, and one with an empty
 * list would not.
 */
export function maskOwnTexts(own: OwnValues, searched: SearchedPart): Splice[] {
  const { part, bytes, start, masked, copies, as, token } = searched;
  const { texts, parts } = new ObjectTexts(bytes, start);
  const done = new OrderedSplices(masked);
  // Too many values to look for each in each text: any text may hold one, and a name where one of them does.
  const mayAnyName = own.tooMany && own.mayStandIn(bytes, done.between(start, bytes.length));
  const root = part === 'metadata' ? ['metadata'] : [];
  const splices: Splice[] = [];
  const maskedKeys = new Map<string, string>();
  let inManagedFields = false;
  for (const text of texts) {
    const path = [...root, ...text.path];
    const place = placeOf(path, text.what);
    if (place === null || copies.has(text.start) || done.around(text)) continue;
    const isManaged = isManagedField(path);
    if (isManaged && inManagedFields) continue;
    const shown = shownPath(path, maskedKeys);
    // A part of it is masked already, in a field whose name must not be told.
    const isNamedAfterValue = text.what === 'string' && shown !== path && done.within(text);
    const stands = own.tooMany ? place === 'text' || mayAnyName : own.standIn(text.text, place);
    if (!isNamedAfterValue && !stands) continue;
    if (isManaged) {
      inManagedFields = true;
      const all = parts.find((found) => [...root, ...found.path].join('\0') === 'metadata\0managedFields');
      if (all !== undefined) splices.push({ start: all.start, end: all.end, bytes: 'null' });
      continue;
    }
    const parent = fieldOf(shown.slice(0, -1));
    const field = text.what === 'key' ? parent : fieldOf(shown);
    let mask = token(field, Buffer.from(text.text));
    if (text.what === 'key') {
      // Two keys of one map differ.
      if (as === 'redact') mask = `${REDACTED}.${maskedKeys.size}`;
      maskedKeys.set(path.join('\0'), mask);
    }
    splices.push({ start: text.start, end: text.end, bytes: text.what === 'scalar' ? Buffer.from(`"${mask}"`) : mask });
  }
  return splices;
}

/** A key and a text that could hold a value in base64 of base64. Bytes. */
const SHORTEST_WRAPPING = 32;

/**
 * A quick look at what is not masked yet.
 * @param isCopy what is not metadata there may wrap a value too.
 */
export function mayHoldValue(
  own: OwnValues,
  bytes: Buffer,
  start: number,
  masked: readonly Range[],
  isCopy: boolean,
): boolean {
  const left = new OrderedSplices(masked).between(start, bytes.length);
  const wraps = ({ start: from, end: to }: Range) => to - from > SHORTEST_WRAPPING && mayWrapText(bytes, from, to);
  return (isCopy && left.some(wraps)) || own.mayStandIn(bytes, left);
}

type Range = Pick<Splice, 'start' | 'end'>;

/** Masks every annotation but those that tools compare, and the copies, which are masked from within. */
export function maskAnnotations(bytes: Buffer, start: number, token: SearchedPart['token']): Splice[] {
  return new ObjectTexts(bytes, start).texts
    .filter(({ path, what }) => what === 'string' && path[0] === 'annotations')
    .filter(({ path: [, name = ''] }) => name !== LAST_APPLIED && !COMPARED.test(name))
    .map((text) => ({
      start: text.start,
      end: text.end,
      bytes: token(fieldOf(['metadata', ...text.path]), Buffer.from(text.text)),
    }));
}

function placeOf(path: readonly string[], what: ObjectText['what']): TextPlace | null {
  const [first = '', second = ''] = path;
  if (first !== 'metadata') {
    if (path.length === 1 && (what === 'key' || first === 'apiVersion' || first === 'kind')) return null;
    // Its values are masked by their place, and its keys are shown.
    return path.some((key) => key === 'data' || key === 'stringData') ? null : 'name';
  }
  if (path.length === 2 && (what === 'key' || IDENTITY.has(second))) return null;
  if (second === 'managedFields') return path.includes('f:data') || path.includes('f:stringData') ? null : 'name';
  if (second !== 'annotations' || what === 'key') return 'name';
  return COMPARED.test(path[2] ?? '') ? 'name' : 'text';
}

function isManagedField(path: readonly string[]): boolean {
  return path[0] === 'metadata' && path[1] === 'managedFields';
}

/** The path with the masks of its keys; the same array where there are none. */
function shownPath(path: readonly string[], masked: ReadonlyMap<string, string>): readonly string[] {
  if (masked.size === 0) return path;
  const shown = path.map((key, index) => masked.get(path.slice(0, index + 1).join('\0')) ?? key);
  return shown.some((key, index) => key !== path[index]) ? shown : path;
}

function fieldOf(path: readonly string[]): string {
  return path.reduce((field, key) => (/^\d+$/.test(key) ? `${field}[${key}]` : joinField(field, key)), '');
}
