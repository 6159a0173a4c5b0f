import { compressedTokensIn, holdsToken, mayHoldCompressed, tokensIn } from '../masking/tokens/mask-text.ts';
import { containsMaskToken } from '../masking/tokens/mask-token.ts';
import { Refusal } from '../refusal.ts';
import type { ApiRequest } from '../request/api-request.ts';
import { jsonText, textAt, withValueAt } from '../request/json-text.ts';
import { isJsonObject, type JsonValue } from '../request/json-value.ts';
import { bodyFormat, JSON_PATCH } from '../request/media-types.ts';
import { restoreEditedFile } from './edited-file.ts';
import { fieldOf, isRelease, type Path, stepsOfPointer } from './field-path.ts';
import { readsObject, restoreJsonPatch } from './json-patch.ts';
import { lineageSources } from './lineage.ts';
import type { LiveObject, LiveObjects } from './live-objects.ts';
import type { Origin } from './mask-origins.ts';
import { objectPath } from './object-path.ts';
import { openProtobufBody, type ProtobufBody } from './protobuf-body.ts';
import { maskedReleaseIn, masksInOtherReleases, restoreFromRelease, restoreStoredRelease } from './release-lineage.ts';
import { type FromElsewhere, type Restored, Restorer, type Unrestored } from './restore.ts';
import type { Source } from './source.ts';
import { maskWrittenBack } from './written-back.ts';

export interface RehydrationOptions {
  readonly objects: LiveObjects;
  readonly originOf: (token: string) => Origin | undefined;
  /** Whether policy masks anything of the resource; where it does not, a JSON Patch may read. */
  readonly isMasked: boolean;
}

/** A body in which every mask has become the value it stands for. Never logged, recorded or shown. */
export interface Rehydrated {
  readonly body: Buffer;
  /** The version of the object that the values were read from, where the gateway wrote it into the body; else null. */
  readonly pinnedTo: string | null;
}

/**
 * Puts the values back for which the masks in a body stand, so that what a client read can be written again: each value
 * only into the field of the object that it came from, read anew from the cluster. The write is then bound to what was
 * read: by the client's own resourceVersion, or by one that is added.
 *
 * @param bytes the body as sent, empty when there is none.
 * @param parsed its value from the strict reader; null where it was not read (protobuf, no body).
 * @returns null where the body holds no masks and goes out as it is.
 * @throws {Refusal} `mask-written-back` naming the fields, `patch-reads-secret`, `body-not-readable`.
 */
export async function rehydrate(
  request: ApiRequest,
  bytes: Buffer,
  parsed: JsonValue,
  options: RehydrationOptions,
): Promise<Rehydrated | null> {
  const body = openBody(request, bytes, parsed);
  const isPatch = request.contentType === JSON_PATCH && request.method === 'PATCH';
  const operations = isPatch ? operationsOf(request, body.value) : null;
  const reads = operations !== null && options.isMasked && readsObject(operations);
  const masks = operations === null ? [...masksIn(body.value)] : operations.flatMap(masksInOperation);
  // The bytes too: comments and keys that the reader gave up, and protobuf of kinds that are not in the table.
  if (masks.length === 0 && containsMaskToken(bytes)) masks.push({ field: '', tokens: [] });
  const release = maskedReleaseIn(request, body.value);
  if (release !== null) masks.push({ field: 'data.release', tokens: [] });
  const elsewhere = masksInOtherReleases(request, body.value);
  if (elsewhere.length > 0) {
    throw maskWrittenBack(request, body.value, elsewhere, { live: null, originOf: options.originOf });
  }
  if (masks.length === 0 && !reads) return null;
  return new Rehydration(request, body, operations, options).run(masks);
}

interface Body {
  readonly value: JsonValue;
  readonly protobuf: ProtobufBody | null;
  /** Protobuf that cannot be read. */
  readonly unread: boolean;
}

function openBody(request: ApiRequest, bytes: Buffer, parsed: JsonValue): Body {
  const isProtobuf = bodyFormat(request.method, request.contentType) === 'protobuf';
  const mayHoldMasks = containsMaskToken(bytes) || mayHoldCompressed(bytes);
  if (!isProtobuf || !mayHoldMasks) return { value: parsed, protobuf: null, unread: false };
  const protobuf = openProtobufBody(bytes);
  return { value: protobuf?.value ?? null, protobuf, unread: protobuf === null && containsMaskToken(bytes) };
}

function operationsOf({ info }: ApiRequest, value: JsonValue): readonly JsonValue[] {
  if (Array.isArray(value)) return value as readonly JsonValue[];
  throw new Refusal('body-not-readable', 'A JSON Patch is a list of operations, and this body is not', {
    resource: info.resource,
    name: info.name,
  });
}

/** One pass over one body. */
class Rehydration {
  readonly #request: ApiRequest;
  readonly #body: Body;
  readonly #operations: readonly JsonValue[] | null;
  readonly #options: RehydrationOptions;

  constructor(request: ApiRequest, body: Body, operations: readonly JsonValue[] | null, options: RehydrationOptions) {
    this.#request = request;
    this.#body = body;
    this.#operations = operations;
    this.#options = options;
  }

  async run(masks: readonly Unrestored[]): Promise<Rehydrated> {
    const request = this.#request;
    const live = await this.#readLive();
    const fail = (found: readonly Unrestored[]): Refusal =>
      maskWrittenBack(request, this.#body.value, found, { live, originOf: this.#options.originOf });
    if (this.#body.unread) throw fail(masks);
    const opened = await this.#withoutRelease(fail);
    const own = this.#restore(opened.value, live, [], []);
    const { value, restorer, changes } =
      own.restorer.unrestored.length === 0 ? own : await this.#withLineage(opened.value, live, fail);
    if (restorer.unrestored.length > 0) throw fail(restorer.unrestored);
    const pinned = this.#pin(value, live);
    const { protobuf } = this.#body;
    const body =
      protobuf === null
        ? Buffer.from(jsonText(pinned.value))
        : protobuf.splice([
            ...opened.changes,
            ...changes,
            ...(pinned.version === null ? [] : [versionChange(pinned.version)]),
          ]);
    // Whatever was not understood above, no mask leaves: in protobuf a key, or what stands around the object.
    const sent = protobuf === null ? { value: pinned.value, envelope: Buffer.alloc(0) } : openProtobufBody(body);
    if (sent === null || containsMaskToken(sent.envelope)) throw fail(masks);
    if ([...masksIn(sent.value)].some(({ field }) => !restorer.ofTheCluster.has(field))) throw fail(masks);
    return { body, pinnedTo: pinned.version };
  }

  async #readLive(): Promise<LiveObject | null> {
    const { info } = this.#request;
    // What a create makes is not there yet, whatever stands under its name.
    const path = info.verb === 'update' || info.verb === 'patch' ? objectPath(info, info.name) : null;
    return path === null ? null : this.#options.objects.read(path);
  }

  /** The body with the values of a helm release in it put back. */
  async #withoutRelease(fail: (found: readonly Unrestored[]) => Refusal) {
    const { value } = this.#body;
    const text = maskedReleaseIn(this.#request, value);
    if (text === null) return { value, changes: [] };
    const restored = await restoreStoredRelease(this.#request, value, text, this.#options.objects);
    if ('unrestored' in restored) throw fail(restored.unrestored);
    const path = ['data', 'release'];
    return { value: withValueAt(value, path, restored.text), changes: [{ path, text: restored.text }] };
  }

  /** Once more, with what other objects of the same lineage may give back. */
  async #withLineage(body: JsonValue, live: LiveObject | null, fail: (found: readonly Unrestored[]) => Refusal) {
    const { objects } = this.#options;
    const sources = await lineageSources(this.#request, body, live, objects);
    const isWhole = this.#operations === null;
    const elsewhere = [
      isWhole ? restoreEditedFile(this.#request, body, live) : null,
      isWhole ? await restoreFromRelease(this.#request, body, live, objects) : null,
    ].filter((from) => from !== null);
    const restored = this.#restore(body, live, sources, elsewhere);
    const again = elsewhere.length === 0 ? null : objects.mask(restored.value);
    const shown = again === null ? [] : elsewhere.flatMap((from) => from.shownIn(again));
    if (restored.restorer.unrestored.length === 0 && shown.length > 0) throw fail(shown);
    return restored;
  }

  #restore(body: JsonValue, live: Source | null, lineage: readonly Source[], elsewhere: readonly FromElsewhere[]) {
    const { info } = this.#request;
    const changes: Restored[] = [];
    const restorer = new Restorer({
      isSecret: info.apiGroup === '' && info.resource === 'secrets',
      onRestored: (change) => changes.push(change),
      elsewhere: (text, path) => firstOf(elsewhere, (from) => from.restore(text, path)),
    });
    const sources = [...(live === null ? [] : [live]), ...lineage];
    const value =
      this.#operations === null
        ? restorer.restore(body, sources, sources, [])
        : restoreJsonPatch(this.#operations, { live, sources, restorer, request: this.#request });
    return { value, restorer, changes };
  }

  /**
   * The body bound to the object that was read, so that a value changed meanwhile is not overwritten with the older one:
   * the API server answers 409 then. A client that names a version itself is bound by that.
   */
  #pin(value: JsonValue, live: LiveObject | null): { readonly value: JsonValue; readonly version: string | null } {
    if (this.#operations !== null) return this.#pinPatch(value, live);
    if (live === null || textAt(value, 'metadata', 'resourceVersion') !== '') return { value, version: null };
    const version = live.resourceVersion;
    const pinned = withValueAt(value, ['metadata', 'resourceVersion'], version);
    // A server-side apply with a version alone would make the object anew where it was deleted meanwhile.
    const isApply = this.#request.contentType === 'application/apply-patch+yaml';
    const named = textAt(value, 'metadata', 'uid') !== '';
    return { value: isApply && !named ? withValueAt(pinned, ['metadata', 'uid'], live.uid) : pinned, version };
  }

  #pinPatch(value: JsonValue, live: LiveObject | null) {
    const operations = value as readonly JsonValue[];
    const guarded = operations.some((operation) => {
      const op = textAt(operation, 'op');
      return (op === 'test' || op === 'replace') && textAt(operation, 'path') === '/metadata/resourceVersion';
    });
    // No object was there: the patch may only find none.
    const op = live === null ? 'test' : 'replace';
    const version = live?.resourceVersion ?? '0';
    const guard = new Map([
      ['op', op],
      ['path', '/metadata/resourceVersion'],
      ['value', version],
    ]);
    // Added to a client's own guard too: that may name no version, or one that is only to come, and what was looked at
    // must be what is patched.
    return { value: [...operations, guard], version: live === null || guarded ? null : version };
  }
}

function firstOf<Item>(items: readonly Item[], find: (item: Item) => string | null): string | null {
  for (const item of items) {
    const found = find(item);
    if (found !== null) return found;
  }
  return null;
}

function versionChange(version: string): Restored {
  return { path: ['metadata', 'resourceVersion'], text: version };
}

/** In a JSON Patch the fields are those that it writes. */
function masksInOperation(operation: JsonValue): Unrestored[] {
  const pointer = textAt(operation, 'path');
  const target = stepsOfPointer(pointer);
  const value = isJsonObject(operation) ? operation.get('value') : undefined;
  const inPath = holdsToken(pointer) ? [{ field: fieldOf(target), tokens: tokensIn(pointer) }] : [];
  return [...(value === undefined ? [] : masksIn(value, target)), ...inPath];
}

/** The fields whose value, or a key in it, holds a mask. Without recursion: the depth of the body is the client's choice. */
function* masksIn(value: JsonValue, at: Path = []): Generator<Unrestored> {
  const waiting: Array<readonly [value: JsonValue, path: Path]> = [[value, at]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [current, path] = next;
    if (typeof current === 'string') {
      if (holdsToken(current)) yield { field: fieldOf(path), tokens: tokensIn(current) };
      else if (!isRelease(path)) {
        const packed = compressedTokensIn(current);
        if (packed.length > 0) yield { field: fieldOf(path), tokens: packed };
      }
    } else if (isJsonObject(current)) {
      for (const [key, inner] of [...current].reverse()) {
        if (holdsToken(key)) yield { field: fieldOf(path), tokens: tokensIn(key) };
        waiting.push([inner, [...path, key]]);
      }
    } else if (Array.isArray(current)) {
      const items = current as readonly JsonValue[];
      for (const [index, inner] of [...items.entries()].reverse()) waiting.push([inner, [...path, index]]);
    }
  }
}
