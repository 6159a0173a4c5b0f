import {
  type Manager,
  managersAfterUpdate,
  sameManagers,
  setManagers,
  trackingOf,
} from '../ownership/managed-fields.ts';
import { changedObject } from './changed-object.ts';
import {
  isJsonObject,
  type JsonObject,
  metadataOf,
  nameOf,
  namespaceOf,
  sameJson,
  textAt,
  textsAt,
  timestamp,
  uidOf,
} from './json.ts';
import { applyCreationDefaults, applyDefaults } from './object-defaults.ts';
import { identify } from './object-identity.ts';
import { ObjectStore } from './object-store.ts';
import { groupVersionOf, hasStatus, kindNamed, type ResourceKind, resourceKinds } from './resource-kinds.ts';
import {
  ApiError,
  alreadyExists,
  badRequest,
  conflict,
  fieldInvalid,
  forbidden,
  invalid,
  notFound,
  preconditionFailed,
} from './status.ts';
import { validate, validateChange } from './validation.ts';

/** How a write is to be made. */
export interface WriteOptions {
  readonly dryRun: boolean;
  readonly manager: string;
  /** Who owns which field afterwards, where that is settled already (server-side apply). */
  readonly managers?: readonly Manager[];
  /** A PUT: another uid is a precondition that fails, not a change of a field. */
  readonly replaces?: boolean;
  /** The cluster's own write: it may set the status along with the rest. */
  readonly trusted?: boolean;
}

/** What a DELETE asks for. */
export interface DeleteRequest {
  readonly dryRun: boolean;
  readonly gracePeriodSeconds: number | null;
  readonly orphan: boolean;
  readonly uid: string;
  readonly resourceVersion: string;
}

/** `object` is what remains (a pod on its way out, a namespace being emptied), null when nothing does. */
export interface DeleteOutcome {
  readonly object: JsonObject | null;
  readonly uid: string;
}

const internal: WriteOptions = { dryRun: false, manager: 'demo-controller-manager', trusted: true };

/** The objects of the cluster with the rules of writing them: defaults, validation, conflicts, deletion, ownership. */
export class ClusterObjects {
  readonly store = new ObjectStore();

  get(kind: ResourceKind, namespace: string, name: string): JsonObject {
    const object = this.store.get(kind.storage, namespace, name);
    if (!object) throw notFound(kind, name);
    return object;
  }

  find(kindName: string, namespace: string, name: string): JsonObject | undefined {
    return this.store.get(kindNamed(kindName).storage, namespace, name);
  }

  list(kindName: string, namespace = ''): JsonObject[] {
    return this.store.list(kindNamed(kindName).storage, namespace);
  }

  create(kind: ResourceKind, namespace: string, given: JsonObject, options: WriteOptions = internal): JsonObject {
    const object = structuredClone(given);
    const metadata = metadataOf(object);
    const stated = textAt(metadata, 'namespace');
    if (kind.namespaced && stated !== '' && stated !== namespace) {
      throw badRequest(`the namespace of the provided object does not match the namespace sent on the request`);
    }
    if (textAt(metadata, 'resourceVersion') !== '')
      throw new ApiError(500, '', 'resourceVersion should not be set on objects to be created');
    if (kind.namespaced) metadata['namespace'] = namespace;
    else delete metadata['namespace'];
    if (hasStatus(kind) && !options.trusted) delete object['status'];
    // Go writes the empty status of these.
    if (['Deployment', 'Job', 'CronJob'].includes(kind.kind)) object['status'] ??= {};
    identify(object, isJsonObject(object['spec']) && kind.kind !== 'Namespace' && kind.kind !== 'Service');
    applyDefaults(object, kind.kind);
    const managers = this.#managers(kind, null, object, options, '');
    applyCreationDefaults(object, kind.kind);
    const causes = validate(object, kind.kind);
    if (causes.length > 0) throw invalid(kind, nameOf(object), causes);
    this.#admit(kind, namespace, object);
    if (this.store.get(kind.storage, namespace, nameOf(object))) throw alreadyExists(kind, nameOf(object));
    setManagers(object, managers);
    return options.dryRun ? object : this.store.put(kind.storage, object);
  }

  #managers(
    kind: ResourceKind,
    before: JsonObject | null,
    after: JsonObject,
    options: WriteOptions,
    subresource: string,
  ): readonly Manager[] {
    if (options.managers) return options.managers;
    const writer = { manager: options.manager, apiVersion: groupVersionOf(kind) };
    return managersAfterUpdate(before, after, kind.message, trackingOf(kind, subresource), writer);
  }

  #admit(kind: ResourceKind, namespace: string, object: JsonObject): void {
    if (!kind.namespaced) return;
    const home = this.find('Namespace', '', namespace);
    if (!home) throw notFound(kindNamed('Namespace'), namespace);
    if (textAt(home, 'metadata', 'deletionTimestamp') !== '') {
      const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
      throw forbidden(kind, nameOf(object), why);
    }
    if (kind.kind !== 'Pod') return;
    const account = textAt(object, 'spec', 'serviceAccountName');
    if (!this.find('ServiceAccount', namespace, account)) {
      const why = `error looking up service account ${namespace}/${account}: serviceaccount "${account}" not found`;
      throw forbidden(kind, nameOf(object), why);
    }
  }

  /** Replaces an object by a changed copy of it; `subresource` is empty, `status` or `scale`. */
  update(
    kind: ResourceKind,
    before: JsonObject,
    given: JsonObject,
    options: WriteOptions = internal,
    subresource = '',
  ): JsonObject {
    const name = nameOf(before);
    const asked = metadataOf(structuredClone({ metadata: given['metadata'] ?? {} }));
    const version = textAt(asked, 'resourceVersion');
    if (version !== '' && version !== textAt(before, 'metadata', 'resourceVersion')) throw conflict(kind, name);
    const uid = textAt(asked, 'uid');
    if (uid !== '' && uid !== uidOf(before)) {
      if (!options.replaces) throw invalid(kind, name, [fieldInvalid('metadata.uid', uid, 'field is immutable')]);
      const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${uidOf(before)}`;
      const key = `/registry/${kind.resource}/${namespaceOf(before)}/${name}`.replace('//', '/');
      throw conflict(
        kind,
        name,
        `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`,
      );
    }
    const after = changedObject(kind, before, structuredClone(given), subresource, options.trusted === true);
    applyDefaults(after, kind.kind);
    const causes = [...validate(after, kind.kind), ...validateChange(before, after, kind.kind, subresource)];
    if (causes.length > 0) throw invalid(kind, name, causes);
    if (
      !sameJson(before['spec'] ?? null, after['spec'] ?? null) &&
      typeof metadataOf(before)['generation'] === 'number'
    ) {
      metadataOf(after)['generation'] = Number(metadataOf(before)['generation']) + 1;
    }
    if (!options.trusted) setManagers(after, this.#managers(kind, before, after, options, subresource));
    if (sameJson(comparable(before), comparable(after)) && sameManagers(before, after)) return before;
    if (options.dryRun) return after;
    const stored = this.store.put(kind.storage, after);
    if (this.#finished(stored)) this.#erase(kind, stored, false);
    return stored;
  }

  remove(kind: ResourceKind, namespace: string, name: string, request: DeleteRequest): DeleteOutcome {
    const object = this.get(kind, namespace, name);
    this.#checkPreconditions(kind, object, request);
    const uid = uidOf(object);
    const grace = this.#gracePeriod(kind, object, request);
    const lingers = grace > 0 || textsAt(object, 'metadata', 'finalizers').length > 0 || kind.kind === 'Namespace';
    if (!lingers) {
      if (!request.dryRun) this.#erase(kind, object, request.orphan);
      return { object: kind.kind === 'Pod' ? object : null, uid };
    }
    const going = structuredClone(object);
    const metadata = metadataOf(going);
    metadata['deletionTimestamp'] ??= timestamp(new Date(Date.now() + grace * 1000));
    if (kind.kind !== 'Namespace') metadata['deletionGracePeriodSeconds'] = grace;
    if (kind.kind === 'Namespace') going['status'] = { phase: 'Terminating' };
    return { object: request.dryRun ? going : this.store.put(kind.storage, going), uid };
  }

  #gracePeriod(kind: ResourceKind, object: JsonObject, request: DeleteRequest): number {
    if (kind.kind !== 'Pod' || textAt(object, 'spec', 'nodeName') === '') return 0;
    if (textAt(object, 'status', 'phase') === 'Succeeded' || textAt(object, 'status', 'phase') === 'Failed') return 0;
    return request.gracePeriodSeconds ?? 30;
  }

  #checkPreconditions(kind: ResourceKind, object: JsonObject, request: DeleteRequest): void {
    const uid = uidOf(object);
    if (request.uid !== '' && request.uid !== uid) {
      const why = `the UID in the precondition (${request.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`;
      throw preconditionFailed(kind, nameOf(object), why);
    }
    const version = textAt(object, 'metadata', 'resourceVersion');
    if (request.resourceVersion !== '' && request.resourceVersion !== version) {
      const why = `the ResourceVersion in the precondition (${request.resourceVersion}) does not match the ResourceVersion in record (${version}). The object might have been modified`;
      throw preconditionFailed(kind, nameOf(object), why);
    }
  }

  /** A controller's change: `change` works on a copy; nothing happens when the object is gone. */
  amend(
    kindName: string,
    namespace: string,
    name: string,
    change: (object: JsonObject) => void,
  ): JsonObject | undefined {
    const kind = kindNamed(kindName);
    const before = this.store.get(kind.storage, namespace, name);
    if (!before) return undefined;
    const after = structuredClone(before);
    change(after);
    return sameJson(before, after) ? before : this.store.put(kind.storage, after);
  }

  /** Takes an object away at once, with what it owns. */
  erase(kindName: string, namespace: string, name: string): void {
    const kind = kindNamed(kindName);
    const object = this.store.get(kind.storage, namespace, name);
    if (object) this.#erase(kind, object, false);
  }

  #finished(object: JsonObject): boolean {
    const marked = textAt(object, 'metadata', 'deletionTimestamp') !== '';
    const waits = Number(metadataOf(object)['deletionGracePeriodSeconds'] ?? 0) > 0;
    return marked && !waits && object['kind'] !== 'Namespace' && textsAt(object, 'metadata', 'finalizers').length === 0;
  }

  #erase(kind: ResourceKind, object: JsonObject, orphan: boolean): void {
    this.store.remove(kind.storage, namespaceOf(object), nameOf(object));
    this.#collectDependents(uidOf(object), orphan);
  }

  /** Garbage collection: what the removed object owned goes too, or loses its owner when orphaned. */
  #collectDependents(owner: string, orphan: boolean): void {
    for (const kind of resourceKinds) {
      for (const object of this.store.list(kind.storage)) {
        const references = metadataOf(object)['ownerReferences'];
        if (!Array.isArray(references) || !references.some((reference) => textAt(reference, 'uid') === owner)) continue;
        if (orphan) {
          const freed = structuredClone(object);
          metadataOf(freed)['ownerReferences'] = references.filter((reference) => textAt(reference, 'uid') !== owner);
          this.store.put(kind.storage, freed);
        } else {
          const request = { dryRun: false, gracePeriodSeconds: null, orphan: false, uid: '', resourceVersion: '' };
          this.remove(kind, namespaceOf(object), nameOf(object), request);
        }
      }
    }
  }
}

/** An object without what changes by itself, to see whether a write changes anything. */
function comparable(object: JsonObject): JsonObject {
  const {
    managedFields: _managed,
    resourceVersion: _version,
    generation: _generation,
    ...metadata
  } = metadataOf(object);
  return { ...object, metadata };
}
