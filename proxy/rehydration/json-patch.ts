import { kindClassOf } from '../masking/plan/mask-rules.ts';
import { holdsToken } from '../masking/tokens/mask-text.ts';
import { Refusal } from '../refusal.ts';
import type { ApiRequest } from '../request/api-request.ts';
import { jsonText, textAt, valueAt } from '../request/json-text.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../request/json-value.ts';
import { type Path, type Step, stepsOfPointer } from './field-path.ts';
import { flaggedMasks, isMasked } from './masked-fields.ts';
import type { Restorer } from './restore.ts';
import type { Source } from './source.ts';

const PLACE = /^(?:0|[1-9]\d*)$/;

/** Paths that every client may test: they guard against a race and hold no value. */
const GUARDS: ReadonlySet<string> = new Set(['/metadata/resourceVersion', '/metadata/uid']);

/**
 * Whether the object must be known to judge a JSON Patch (RFC 6902): `copy` and `move` put a value elsewhere, `test` says
 * whether it is right, and some operations change what a value is masked by.
 */
export function readsObject(operations: readonly JsonValue[]): boolean {
  return operations.some((operation) => reads(operation) || mayUnmask(operation));
}

function reads(operation: JsonValue): boolean {
  const op = textAt(operation, 'op');
  if (op === 'add' || op === 'replace' || op === 'remove') return false;
  return !(op === 'test' && GUARDS.has(textAt(operation, 'path')));
}

function holdsMask(operation: JsonValue): boolean {
  const value = isJsonObject(operation) ? operation.get('value') : undefined;
  return value !== undefined && holdsToken(jsonText(value));
}

/** A `name`, or a word of a command line: a value beside it may be masked because of it. What is put last is beside none. */
function mayUnmask(operation: JsonValue): boolean {
  const op = textAt(operation, 'op');
  if (op === 'test') return false;
  return [textAt(operation, 'path'), op === 'move' ? textAt(operation, 'from') : ''].some((pointer) =>
    /\/(?:name|[-+]?\d+)$/.test(pointer),
  );
}

/**
 * Whether an operation takes away what a value that it leaves alone is masked by: the name of its variable, or the flag
 * before it. With `?dryRun=All` that would be a way to read the value.
 */
function unmasks(operation: JsonValue, live: Source, moved: ReadonlySet<string>): boolean {
  if (!mayUnmask(operation)) return false;
  const op = textAt(operation, 'op');
  const written = touches(op === 'copy' || op === 'move' ? 'add' : op, textAt(operation, 'path'), live, moved);
  return written || (op === 'move' && touches('remove', textAt(operation, 'from'), live, moved));
}

function touches(op: string, pointer: string, live: Source, moved: ReadonlySet<string>): boolean {
  const steps = stepsOfPointer(pointer);
  const last = steps.at(-1) ?? '';
  const parent = steps.slice(0, -1);
  const known = plainPart(stablePart(parent, moved), live.masked);
  const beside = descend([live], known).sources[0];
  if (beside === undefined) return false;
  // Which element it is cannot be told any more.
  if (known.length < parent.length) return isMasked(beside);
  if (last === 'name') return valueAt(beside.masked, 'value') !== valueAt(beside.plain, 'value');
  if (!Array.isArray(beside.masked) || last === '-') return false;
  const flagged = flaggedMasks(beside);
  if (!PLACE.test(last) || moved.has(parent.join('\0'))) return flagged.size > 0;
  return flagged.has(Number(last) + (op === 'add' ? 0 : 1));
}

export interface PatchRestoration {
  /** The object as it is before the patch; null where there is none yet. */
  readonly live: Source | null;
  /** What may give values back: the object, and others of its lineage. */
  readonly sources: readonly Source[];
  readonly restorer: Restorer;
  readonly request: ApiRequest;
}

/**
 * The same patch with its masks put back. Paths are looked up in the object as it is before the patch; where an earlier
 * operation has moved the elements of a list, a place in it means nothing any more, and nothing is put back or read there.
 * @throws {Refusal} `patch-reads-secret` for an operation that would read a masked value.
 */
export function restoreJsonPatch(
  operations: readonly JsonValue[],
  { live, sources: document, restorer, request }: PatchRestoration,
): JsonValue[] {
  const moved = new Set<string>();
  const writesMasks = operations.some(holdsMask);
  return operations.map((operation, index) => {
    // What an earlier operation put back is nowhere in the object as it is, and must not be read from there either.
    if (writesMasks && reads(operation) && !holdsMask(operation))
      throw readsSecret(request, textAt(operation, 'op'), index);
    if (live !== null && unmasks(operation, live, moved)) throw unmasksValue(request, index);
    const restored = reads(operation)
      ? checkedRead(operation, index, { live, moved, request })
      : isJsonObject(operation)
        ? restoreOperation(operation, document, moved, restorer)
        : operation;
    noteMoved(operation, moved);
    return restored;
  });
}

function restoreOperation(
  operation: JsonObject,
  document: readonly Source[],
  moved: ReadonlySet<string>,
  restorer: Restorer,
): JsonValue {
  const value = operation.get('value');
  if (value === undefined) return operation;
  const steps = stepsOfPointer(textAt(operation, 'path'));
  const known = isStable(steps.slice(0, -1), moved) ? document : [];
  const last = steps.at(-1);
  const parents = descend(known, steps.slice(0, -1));
  let restored: JsonValue;
  if (last !== undefined && parents.sources.some(({ masked }) => Array.isArray(masked))) {
    // An element: known by its name wherever it is put, else by its place, which an insertion does not keep.
    const named = isJsonObject(value) ? typeof value.get('name') === 'string' : typeof value === 'string';
    const keepsPlace = textAt(operation, 'op') === 'replace' && isStable(steps, moved);
    const path = [...parents.path, last];
    const here = keepsPlace ? descend(known, steps).sources : [];
    const list = named ? restorer.restore([value], parents.sources, document, parents.path) : null;
    restored = (Array.isArray(list) ? list[0] : undefined) ?? restorer.restore(value, here, document, path);
  } else {
    const { sources, path } = descend(known, steps);
    const more = path[0] === 'stringData' ? restorer.stringData(known, path) : [];
    restored = restorer.restore(value, [...sources, ...more], document, path);
  }
  return restored === value ? operation : new Map([...operation, ['value', restored]]);
}

interface ReadContext {
  readonly live: Source | null;
  readonly moved: ReadonlySet<string>;
  readonly request: ApiRequest;
}

/** An operation that reads may run where nothing masked is, and a `test` where it gives the very masks back. */
function checkedRead(operation: JsonValue, index: number, { live, moved, request }: ReadContext): JsonValue {
  const op = textAt(operation, 'op');
  const isCopy = op === 'copy' || op === 'move';
  const known = isJsonObject(operation) && (isCopy || op === 'test');
  // A Secret is not copied from at all: a later version of the API may hold a value where none is today.
  if (kindClassOf(request.info) === 'secrets' && (isCopy || !known)) throw readsSecret(request, op, index);
  if (!known || live === null) return operation;
  const steps = stepsOfPointer(textAt(operation, isCopy ? 'from' : 'path'));
  const stable = plainPart(stablePart(steps, moved), live.masked);
  const source = descend([live], stable).sources[0];
  if (source === undefined || !isMasked(source)) {
    if (kindClassOf(request.info) === 'secrets' && !isHarmless(steps)) throw readsSecret(request, op, index);
    return operation;
  }
  const value = operation.get('value');
  const same = stable.length === steps.length && value !== undefined && jsonText(value) === jsonText(source.masked);
  if (isCopy || !same) throw readsSecret(request, op, index);
  return new Map([...operation, ['value', source.plain]]);
}

/** What of a Secret may be tested although it is not masked. */
function isHarmless(steps: readonly string[]): boolean {
  return steps[0] === 'metadata' && (steps[1] === 'labels' || steps[1] === 'finalizers') && steps.length > 2;
}

function readsSecret({ info }: ApiRequest, op: string, index: number): Refusal {
  const what = op === '' ? 'hold an operation without a name' : `"${op.slice(0, 20)}"`;
  const where = info.resource === 'secrets' ? 'a Secret' : `${info.resource} may not read a masked value and so`;
  return new Refusal(
    'patch-reads-secret',
    `A JSON Patch of ${where} may not ${what} (operation ${index}): it would read a value past its mask; use add, replace or remove`,
    { resource: info.resource, group: info.apiGroup, name: info.name },
  );
}

function unmasksValue({ info }: ApiRequest, index: number): Refusal {
  return new Refusal(
    'patch-reads-secret',
    `A JSON Patch of ${info.resource} may not change what a masked value stands beside (operation ${index}): it could be seen then; replace the whole entry or list, with its mask or another value`,
    { resource: info.resource, group: info.apiGroup, name: info.name },
  );
}

/** The part of a path before the first list whose elements were moved. */
function stablePart(steps: readonly string[], moved: ReadonlySet<string>): readonly string[] {
  for (let length = 0; length < steps.length; length += 1) {
    if (moved.has(steps.slice(0, length).join('\0'))) return steps.slice(0, length);
  }
  return steps;
}

/**
 * The part of a path before a place in a list that is not written as RFC 6901 has it. The API server reads it as Go's
 * `Atoi` does, and counts from the end where it is negative (evanphx/json-patch): `-1`, `+0` and `00` are elements too.
 */
function plainPart(steps: readonly string[], document: JsonValue): readonly string[] {
  let value: JsonValue | undefined = document;
  for (const [length, step] of steps.entries()) {
    if (Array.isArray(value) && !PLACE.test(step)) return steps.slice(0, length);
    value = value === undefined ? undefined : childOf(value, step);
  }
  return steps;
}

function isStable(steps: readonly string[], moved: ReadonlySet<string>): boolean {
  return stablePart(steps, moved).length === steps.length;
}

/** Every operation that puts an element into a list, or takes one out, moves those behind it. */
function noteMoved(operation: JsonValue, moved: Set<string>): void {
  const op = textAt(operation, 'op');
  if (op === 'replace' || op === 'test') return;
  for (const pointer of [textAt(operation, 'path'), textAt(operation, 'from')]) {
    const steps = stepsOfPointer(pointer);
    if (/^(?:[-+]?\d+|-)$/.test(steps.at(-1) ?? '')) moved.add(steps.slice(0, -1).join('\0'));
  }
}

/** The sources at a path, and the path with places in lists as numbers. */
function descend(
  document: readonly Source[],
  steps: readonly string[],
): { readonly sources: readonly Source[]; readonly path: Path } {
  let sources = document;
  const path: Step[] = [];
  for (const step of steps) {
    const isPlace = sources.some(({ masked }) => Array.isArray(masked));
    path.push(isPlace && /^\d+$/.test(step) ? Number(step) : step);
    sources = sources.flatMap((source) => {
      const masked = childOf(source.masked, step);
      const plain = childOf(source.plain, step);
      return masked === undefined || plain === undefined ? [] : [{ masked, plain }];
    });
  }
  return { sources, path };
}

function childOf(value: JsonValue, step: string): JsonValue | undefined {
  if (isJsonObject(value)) return value.get(step);
  if (!Array.isArray(value) || !PLACE.test(step)) return undefined;
  return (value as readonly JsonValue[])[Number(step)];
}
