import { createHash } from 'node:crypto';
import type { Json, JsonObject } from '../store/json.ts';
import {
  groupVersionOf,
  type ResourceKind,
  resourceKinds,
  storedVerbs,
  virtualKinds,
} from '../store/resource-kinds.ts';
import { noSuchResource, notAcceptable } from '../store/status.ts';
import type { Call } from './call.ts';

/** A path that no handler takes: the router's own 404, in plain text. */
export class PageNotFound extends Error {}

const allKinds = [...resourceKinds, ...virtualKinds].sort((left, right) => (left.resource < right.resource ? -1 : 1));
const groups = [...new Set(allKinds.map((kind) => kind.group))].filter((group) => group !== '').sort();
const aggregatedType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

function verbsOf(kind: ResourceKind): string[] {
  if (virtualKinds.includes(kind)) return ['create'];
  return kind.kind === 'Namespace' ? storedVerbs.filter((verb) => verb !== 'deletecollection') : storedVerbs;
}

function kindsOf(group: string): ResourceKind[] {
  return allKinds.filter((kind) => kind.group === group);
}

function aggregatedResource(kind: ResourceKind): Json {
  return {
    resource: kind.resource,
    // Empty where it is the resource's own.
    responseKind: { group: '', version: '', kind: kind.kind },
    scope: kind.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: kind.singular,
    verbs: verbsOf(kind),
    ...(kind.shortNames.length > 0 ? { shortNames: [...kind.shortNames] } : {}),
    ...(kind.inAll ? { categories: ['all'] } : {}),
    ...(kind.subresources.length > 0
      ? {
          subresources: kind.subresources.map((subresource) => ({
            subresource: subresource.name,
            responseKind: {
              group: subresource.group,
              version: subresource.version,
              kind: subresource.kind,
            },
            verbs: [...subresource.verbs],
          })),
        }
      : {}),
  };
}

function aggregatedGroup(group: string): Json {
  const kinds = kindsOf(group);
  return {
    metadata: group === '' ? {} : { name: group },
    versions: [{ version: kinds[0]?.version ?? 'v1', resources: kinds.map(aggregatedResource), freshness: 'Current' }],
  };
}

function aggregated(names: readonly string[]): JsonObject {
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: names.map(aggregatedGroup),
  };
}

function resourceList(group: string, version: string): JsonObject {
  const kinds = kindsOf(group).filter((kind) => kind.version === version);
  if (kinds.length === 0) throw noSuchResource();
  return {
    kind: 'APIResourceList',
    // The core group's list is older than the field.
    ...(group === '' ? {} : { apiVersion: 'v1' }),
    groupVersion: groupVersionOf({ group, version }),
    resources: kinds.flatMap((kind): Json[] => [
      {
        name: kind.resource,
        singularName: kind.singular,
        namespaced: kind.namespaced,
        kind: kind.kind,
        verbs: verbsOf(kind),
        ...(kind.shortNames.length > 0 ? { shortNames: [...kind.shortNames] } : {}),
        ...(kind.inAll ? { categories: ['all'] } : {}),
      },
      ...kind.subresources.map((subresource) => ({
        name: `${kind.resource}/${subresource.name}`,
        singularName: '',
        namespaced: kind.namespaced,
        ...(subresource.group ? { group: subresource.group, version: subresource.version } : {}),
        kind: subresource.kind,
        verbs: [...subresource.verbs],
      })),
    ]),
  };
}

function groupDocument(group: string): JsonObject {
  const kinds = kindsOf(group);
  if (group === '' || kinds.length === 0) throw new PageNotFound();
  const versions = [...new Set(kinds.map((kind) => kind.version))].map((version) => ({
    groupVersion: `${group}/${version}`,
    version,
  }));
  return { name: group, versions, preferredVersion: versions[0] ?? null };
}

/** What answers a discovery path, with headers of its own. */
export interface Document {
  readonly body: JsonObject;
  readonly headers: Readonly<Record<string, string>>;
}

function plainDocument(body: JsonObject): Document {
  return { body, headers: { 'Content-Type': 'application/json' } };
}

/**
 * The document under `/api` or `/apis`.
 * @throws {ApiError} 404 when there is none.
 */
export function discoveryDocument(call: Call, path: readonly string[]): Document {
  const [prefix, group = '', version = '', rest] = path;
  if (rest !== undefined) throw noSuchResource();
  const top = path.length === 1;
  if (top) {
    const wanted = (call.headers.first('Accept') ?? '')
      .split(',')
      .map((clause) => clause.trim().replace(/;profile=\w+$/, ''));
    const json = wanted.findIndex((clause) => clause === 'application/json' || clause === '*/*');
    const modern = wanted.indexOf(aggregatedType);
    if (json < 0 && modern < 0 && wanted.some((clause) => clause.includes('as=APIGroupDiscoveryList'))) {
      throw notAcceptable('application/json, application/yaml, application/vnd.kubernetes.protobuf');
    }
    if (modern >= 0 && (json < 0 || modern < json)) return aggregatedDocument(prefix === 'api' ? [''] : groups);
  }
  if (prefix === 'api') {
    if (!top) return plainDocument(version === '' ? resourceList('', group) : missing());
    const serverAddress = call.cluster.url().replace('https://', '');
    return plainDocument({
      kind: 'APIVersions',
      versions: ['v1'],
      serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
    });
  }
  if (top) return plainDocument({ kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(groupDocument) });
  if (version === '') return plainDocument({ kind: 'APIGroup', apiVersion: 'v1', ...groupDocument(group) });
  return plainDocument(resourceList(group, version));
}

function missing(): never {
  throw noSuchResource();
}

function aggregatedDocument(names: readonly string[]): Document {
  const body = aggregated(names);
  const tag = createHash('sha512').update(JSON.stringify(body)).digest('hex').toUpperCase();
  return {
    body,
    headers: { 'Content-Type': aggregatedType, ETag: `"${tag}"`, Vary: 'Accept', 'Cache-Control': 'public' },
  };
}
