import type { DeleteRequest } from '../store/cluster-objects.ts';
import { present } from '../store/event-forms.ts';
import { type JsonObject, nameOf, namespaceOf, textAt, textsAt } from '../store/json.ts';
import type { ResourceKind } from '../store/resource-kinds.ts';
import { deleted, forbidden, invalid, unsupportedValue } from '../store/status.ts';
import { answer } from './answer.ts';
import { readBody } from './body-codec.ts';
import { bodyOf, type Call, fieldValidation, readDryRun } from './call.ts';
import { readInteger, readPage } from './read-objects.ts';

/** DeleteOptions come under any version: `v1`, `meta.k8s.io/v1`, the object's own group's. */
const deleteOptions = {
  anyVersion: true,
  group: '',
  version: 'v1',
  kind: 'DeleteOptions',
  message: 'meta.DeleteOptions',
};

const propagations = ['Foreground', 'Background', 'Orphan'];

/** What a DELETE asks for. A body that is not empty decides alone: the query's options are then not looked at. */
async function readDeleteRequest(call: Call): Promise<DeleteRequest> {
  const { query } = call;
  const body = await bodyOf(call.request);
  let options: JsonObject = {};
  if (body.length > 0) {
    options = readBody(body, call.headers.first('Content-Type'), deleteOptions, fieldValidation(call));
  } else {
    const grace = query.get('gracePeriodSeconds');
    const propagation = query.get('propagationPolicy');
    options = {
      dryRun: query.getAll('dryRun'),
      ...(grace !== null ? { gracePeriodSeconds: readInteger(grace) } : {}),
      ...(propagation !== null ? { propagationPolicy: propagation } : {}),
    };
  }
  const grace = options['gracePeriodSeconds'];
  const propagation = textAt(options, 'propagationPolicy');
  if (propagation !== '' && !propagations.includes(propagation)) {
    const cause = unsupportedValue('propagationPolicy', propagation, [...propagations, 'nil']);
    throw invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', [cause]);
  }
  return {
    dryRun: readDryRun(textsAt(options, 'dryRun'), 'DeleteOptions'),
    gracePeriodSeconds: typeof grace === 'number' ? grace : null,
    orphan: options['propagationPolicy'] === 'Orphan' || options['orphanDependents'] === true,
    uid: textAt(options, 'preconditions', 'uid'),
    resourceVersion: textAt(options, 'preconditions', 'resourceVersion'),
  };
}

/** Those that the real server's NamespaceLifecycle admission keeps. */
const IMMORTAL_NAMESPACES: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public']);

/** DELETE of one object. */
export async function deleteObject(call: Call, kind: ResourceKind): Promise<void> {
  const { info, cluster } = call;
  if (kind.kind === 'Namespace' && IMMORTAL_NAMESPACES.has(info.name)) {
    throw forbidden(kind, info.name, 'this namespace may not be deleted');
  }
  const request = await readDeleteRequest(call);
  const outcome = cluster.objects.remove(kind, kind.namespaced ? info.namespace : '', info.name, request);
  answer(call, 200, outcome.object ? present(kind, outcome.object) : deleted(kind, info.name, outcome.uid));
}

/** DELETE of many: those that the query's selectors, limit and continue choose. The answer lists them as they were. */
export async function deleteCollection(call: Call, kind: ResourceKind): Promise<void> {
  const { objects } = call.cluster;
  const request = await readDeleteRequest(call);
  const { list, objects: chosen } = readPage(call, kind);
  for (const object of chosen) {
    // One may be gone already with the owner that went before it.
    if (objects.store.get(kind.storage, namespaceOf(object), nameOf(object)) === undefined) continue;
    objects.remove(kind, namespaceOf(object), nameOf(object), request);
  }
  answer(call, 200, list, kind.kind);
}
