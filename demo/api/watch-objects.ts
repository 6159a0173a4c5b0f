import { present } from '../store/event-forms.ts';
import { goJson, type JsonObject, nameOf, namespaceOf } from '../store/json.ts';
import type { StoreEvent } from '../store/object-store.ts';
import { groupVersionOf, type ResourceKind } from '../store/resource-kinds.ts';
import { badRequest, expired, invalid } from '../store/status.ts';
import { bookmarkTable, type IncludeObject, partialMetadata, tableOf } from '../table/table.ts';
import { representationFor } from './answer.ts';
import type { Call } from './call.ts';
import { type Representation, readIncludeObject } from './negotiation.ts';
import { readInteger, readSelection, type Selection } from './read-objects.ts';
import { queryTrue } from './request-target.ts';

/** Bookmarks come about once a minute to clients that take them. */
const bookmarkInterval = 60_000;

/** Bytes that a watch may lag behind before it is cut off; the client then watches afresh. */
const maximumLag = 16 * 1024 * 1024;

/** Writes watch events in the asked form. */
class EventWriter {
  readonly #call: Call;
  readonly #kind: ResourceKind;
  readonly #as: Representation;
  readonly #include: IncludeObject;
  #withColumns = true;

  constructor(call: Call, kind: ResourceKind) {
    this.#call = call;
    this.#kind = kind;
    this.#as = representationFor(call, 'watch');
    this.#include = readIncludeObject(call.query.get('includeObject'));
  }

  /** Starts the answer. */
  open(): void {
    this.#call.response.writeHead(200, { 'Content-Type': 'application/json' });
    this.#call.response.flushHeaders();
  }

  event(type: string, object: JsonObject): void {
    this.#write(type, this.#shown(present(this.#kind, object)));
  }

  bookmark(revision: number, endOfInitialEvents: boolean): void {
    const object: JsonObject = {
      kind: this.#kind.kind,
      apiVersion: groupVersionOf(this.#kind),
      metadata: {
        resourceVersion: String(revision),
        ...(endOfInitialEvents ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
      },
    };
    if (this.#as.transform === 'Table')
      this.#write('BOOKMARK', bookmarkTable(this.#kind.kind, object, this.#tableOptions()));
    else this.#write('BOOKMARK', this.#shown(object));
  }

  #tableOptions() {
    const options = { version: this.#as.tableVersion, include: this.#include, withColumns: this.#withColumns };
    this.#withColumns = false;
    return options;
  }

  #shown(object: JsonObject): JsonObject {
    if (this.#as.transform === 'none') return object;
    if (this.#as.transform !== 'Table') return partialMetadata(object, this.#as.tableVersion);
    const metadata = { resourceVersion: (object['metadata'] as JsonObject)['resourceVersion'] ?? '' };
    return tableOf(this.#kind.kind, [object], metadata, this.#tableOptions());
  }

  #write(type: string, object: JsonObject): void {
    const { response } = this.#call;
    if (response.writableLength > maximumLag) response.destroy();
    else response.write(`${goJson({ type, object })}\n`);
  }
}

/** What a change means to a watch that sees some objects only: entering is ADDED, leaving is DELETED. */
function seenAs(event: StoreEvent, selected: Selection, kind: ResourceKind): 'ADDED' | 'MODIFIED' | 'DELETED' | null {
  const after = event.type !== 'DELETED' && selected(present(kind, event.object));
  const before = event.previous !== null && selected(present(kind, event.previous));
  if (after) return before ? 'MODIFIED' : 'ADDED';
  return before ? 'DELETED' : null;
}

/** Starting point of a watch: all that is there now, or the changes after a revision. */
function readStart(call: Call): { initial: boolean; revision: number; mark: boolean } {
  const initialEvents = call.query.get('sendInitialEvents');
  const version = call.query.get('resourceVersion') ?? '';
  if (!/^\d*$/.test(version)) {
    throw badRequest(`Invalid value: "${version}": strconv.ParseUint: parsing "${version}": invalid syntax`);
  }
  if (initialEvents !== null && call.query.get('resourceVersionMatch') !== 'NotOlderThan') {
    const message = 'Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan';
    throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', [
      { reason: 'FieldValueForbidden', message, field: 'resourceVersionMatch' },
    ]);
  }
  if (queryTrue(initialEvents)) return { initial: true, revision: 0, mark: true };
  return { initial: initialEvents === null && Number(version) === 0, revision: Number(version), mark: false };
}

/** Streams changes until the client leaves or `timeoutSeconds` have passed (30 to 60 minutes when not given). */
export function watchObjects(call: Call, kind: ResourceKind): void {
  const { response, query, cluster, info } = call;
  const selected = readSelection(call, kind);
  const wanted: Selection = (object) => selected(object) && (info.name === '' || nameOf(object) === info.name);
  const start = readStart(call);
  const bookmarks = queryTrue(query.get('allowWatchBookmarks'));
  const seconds = readInteger(query.get('timeoutSeconds')) || 1800 + Math.floor(Math.random() * 1800);
  const store = cluster.objects.store;
  const writer = new EventWriter(call, kind);
  writer.open();
  const pass = (event: StoreEvent) => {
    if (event.storage !== kind.storage) return;
    if (info.namespace !== '' && kind.namespaced && namespaceOf(event.object) !== info.namespace) return;
    const type = seenAs(event, wanted, kind);
    if (type !== null) writer.event(type, event.object);
  };
  if (start.initial) {
    const namespace = kind.namespaced ? info.namespace : '';
    for (const object of store.list(kind.storage, namespace))
      if (wanted(present(kind, object))) writer.event('ADDED', object);
    if (start.mark && bookmarks) writer.bookmark(store.revision, true);
  } else {
    const missed = store.since(kind.storage, start.revision);
    if (missed === null) {
      const gone = expired(String(start.revision), store.revision);
      response.end(`${goJson({ type: 'ERROR', object: gone.status })}\n`);
      return;
    }
    missed.forEach(pass);
    if (start.revision === 0 && start.mark && bookmarks) writer.bookmark(store.revision, true);
  }
  const unsubscribe = store.subscribe(pass);
  const ticker = bookmarks ? setInterval(() => writer.bookmark(store.revision, false), bookmarkInterval) : undefined;
  const deadline = setTimeout(() => response.end(), seconds * 1000);
  ticker?.unref();
  deadline.unref();
  response.on('close', () => {
    unsubscribe();
    clearInterval(ticker);
    clearTimeout(deadline);
  });
}
