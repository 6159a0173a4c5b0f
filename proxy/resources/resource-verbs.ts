import type { BuiltInResource } from './built-in-resources.ts';

const EVERY = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];
const WITHOUT_COLLECTION = EVERY.filter((verb) => verb !== 'deletecollection');

/** Verbs of resources that have not all of them (discovery of Kubernetes 1.36.3). */
const RESOURCE_VERBS: Readonly<Record<string, readonly string[]>> = {
  bindings: ['create'],
  componentstatuses: ['get', 'list'],
  namespaces: WITHOUT_COLLECTION,
  selfsubjectreviews: ['create'],
  tokenreviews: ['create'],
  localsubjectaccessreviews: ['create'],
  selfsubjectaccessreviews: ['create'],
  selfsubjectrulesreviews: ['create'],
  subjectaccessreviews: ['create'],
};

/** Subresources that are streams, whose verb is `create` by GET too. */
export const STREAMS: ReadonlySet<string> = new Set(['exec', 'attach', 'portforward']);

const CHANGES = ['get', 'update', 'patch'];
const SUBRESOURCE_VERBS: Readonly<Record<string, readonly string[]>> = {
  approval: CHANGES,
  // A stream is always `create`, by GET too.
  attach: ['create'],
  exec: ['create'],
  portforward: ['create'],
  binding: ['create'],
  eviction: ['create'],
  token: ['create'],
  ephemeralcontainers: CHANGES,
  finalize: ['update'],
  log: ['get'],
  proxy: ['get', 'create', 'update', 'patch', 'delete'],
  resize: CHANGES,
  scale: CHANGES,
  status: CHANGES,
};

/** The verbs that requests for a built-in resource have, as rules name them. */
export function verbsOf(
  { group, resource }: Pick<BuiltInResource, 'group' | 'resource'>,
  subresource: string,
): readonly string[] {
  if (subresource !== '') return SUBRESOURCE_VERBS[subresource] ?? EVERY;
  // The path of the old proxy names the resource alone.
  const others = group === '' && ['pods', 'services', 'nodes'].includes(resource) ? ['proxy'] : [];
  const reveal = group === '' && resource === 'secrets' ? ['reveal'] : [];
  return [...(RESOURCE_VERBS[resource] ?? EVERY), ...others, ...reveal];
}
