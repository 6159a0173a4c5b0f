import { type JsonObject, nameOf, namespaceOf } from './json.ts';

/** A change in the store. `previous` is the object before it, absent for an addition. */
export interface StoreEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly storage: string;
  readonly revision: number;
  readonly object: JsonObject;
  readonly previous: JsonObject | null;
}

/** Changes kept for watches that start in the past; older ones get 410 Expired, as after etcd's compaction. */
const historyLimit = 5_000;

/** Go's field order, which people know from kubectl's output. */
const metadataOrder = [
  'name',
  'generateName',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
  'managedFields',
];

/**
 * The objects of the cluster by kind, with one revision counter and a short history, as etcd keeps them. Objects handed
 * out are shared: whoever changes one clones it first.
 */
export class ObjectStore {
  readonly #objects = new Map<string, Map<string, JsonObject>>();
  readonly #history: StoreEvent[] = [];
  readonly #listeners = new Set<(event: StoreEvent) => void>();
  #revision = 1_000;
  #oldest = 1_000;

  /** The revision of the newest change. */
  get revision(): number {
    return this.#revision;
  }

  get(storage: string, namespace: string, name: string): JsonObject | undefined {
    return this.#objects.get(storage)?.get(`${namespace}/${name}`);
  }

  /** In the order of namespace and name, as etcd lists keys; all namespaces when `namespace` is empty. */
  list(storage: string, namespace = ''): JsonObject[] {
    const keyed = [...(this.#objects.get(storage) ?? [])];
    const wanted = namespace === '' ? keyed : keyed.filter(([key]) => key.startsWith(`${namespace}/`));
    return wanted.sort(([left], [right]) => (left < right ? -1 : 1)).map(([, object]) => object);
  }

  /** Adds or replaces; gives the object its `resourceVersion`. */
  put(storage: string, object: JsonObject): JsonObject {
    const objects = this.#objects.get(storage) ?? new Map<string, JsonObject>();
    this.#objects.set(storage, objects);
    const key = `${namespaceOf(object)}/${nameOf(object)}`;
    const previous = objects.get(key) ?? null;
    const stored = this.#stamped(object);
    objects.set(key, stored);
    this.#publish({
      type: previous ? 'MODIFIED' : 'ADDED',
      storage,
      revision: this.#revision,
      object: stored,
      previous,
    });
    return stored;
  }

  /** Removes; the event carries the last object under the new revision. */
  remove(storage: string, namespace: string, name: string): JsonObject | undefined {
    const previous = this.get(storage, namespace, name);
    if (!previous) return undefined;
    this.#objects.get(storage)?.delete(`${namespace}/${name}`);
    const object = this.#stamped(previous);
    this.#publish({ type: 'DELETED', storage, revision: this.#revision, object, previous });
    return object;
  }

  /** Changes after a revision, or null when they are no longer all known. */
  since(storage: string, revision: number): StoreEvent[] | null {
    if (revision < this.#oldest) return null;
    return this.#history.filter((event) => event.storage === storage && event.revision > revision);
  }

  /** Calls back at each change until the returned function is called. */
  subscribe(listener: (event: StoreEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  #stamped(object: JsonObject): JsonObject {
    this.#revision += 1;
    const metadata = object['metadata'] as JsonObject;
    const stamped: JsonObject = {};
    for (const field of metadataOrder) {
      const value = field === 'resourceVersion' ? String(this.#revision) : metadata[field];
      if (value !== undefined && value !== '') stamped[field] = value;
    }
    return { ...object, metadata: stamped };
  }

  #publish(event: StoreEvent): void {
    this.#history.push(event);
    if (this.#history.length > historyLimit) {
      const dropped = this.#history.shift();
      if (dropped) this.#oldest = dropped.revision;
    }
    for (const listener of [...this.#listeners]) listener(event);
  }
}
