import { BUILT_IN_RESOURCES, builtInResource } from '../../resources/built-in-resources.ts';
import { STREAMS, verbsOf } from '../../resources/resource-verbs.ts';
import { resourceParts } from '../match/resource-pattern.ts';

/** Verbs of requests about a resource. */
const OF_RESOURCES = [
  'get',
  'list',
  'watch',
  'create',
  'update',
  'patch',
  'delete',
  'deletecollection',
  'proxy',
  'reveal',
];
/** Verbs of requests about a path, which are the methods of HTTP. */
const OF_PATHS: ReadonlySet<string> = new Set(['get', 'head', 'post', 'put', 'patch', 'delete']);
/** What a person means by a method where a resource is named. */
const MEANT: Readonly<Record<string, string>> = { post: 'create', put: 'update', head: 'get' };

/** Which verbs a resource pattern can be asked with; more than there are where others may serve it. */
function verbsFor(pattern: string): readonly string[] {
  const parts = resourceParts(pattern);
  if (parts === null) return OF_RESOURCES;
  const { resource, group, subresource } = parts;
  if (subresource === '*') return OF_RESOURCES;
  if (resource === '*') {
    const known = BUILT_IN_RESOURCES.some(({ subresources }) => subresources.includes(subresource));
    return known ? verbsOf({ group: group ?? '', resource }, subresource) : OF_RESOURCES;
  }
  const found = builtInResource(group ?? '', resource);
  return found === null ? OF_RESOURCES : verbsOf(found, subresource);
}

/** True where some verb of the list may be that of a request about the resource. */
export function mayBeAsked(pattern: string, verbs: readonly string[]): boolean {
  return verbs.includes('*') || verbsFor(pattern).some((verb) => verbs.includes(verb));
}

/** True where some verb of the list may be that of a request about a path. */
export function mayBeAskedOfPaths(verbs: readonly string[]): boolean {
  return verbs.some((verb) => verb === '*' || OF_PATHS.has(verb));
}

/**
 * True where it is Gatehouse itself that says which verb a request has, so that no version of Kubernetes can have
 * another: streams are always `create`, no request about a resource has a method for a verb, Secrets alone are revealed.
 */
export function isSettled(pattern: string, verbs: readonly string[]): boolean {
  const isStream = STREAMS.has(resourceParts(pattern)?.subresource ?? '');
  return isStream || verbs.every((verb) => verb === 'reveal' || Object.hasOwn(MEANT, verb));
}

/** Which verb to write in the place of those, for the end of a message. */
export function verbsInstead(pattern: string, verbs: readonly string[]): string {
  const subresource = resourceParts(pattern)?.subresource ?? '';
  if (STREAMS.has(subresource)) return `${subresource} is always create, over WebSocket too: write create`;
  const meant = verbs.flatMap((verb) => MEANT[verb] ?? []);
  if (meant.length > 0) return `of resources the verb is ${meant.join(', ')}`;
  return `the verbs of its requests are ${verbsFor(pattern).join(', ')}`;
}

/** The verb of a resource that a method of HTTP stands for; null for a verb that resources have. */
export function verbOfMethod(verb: string): string | null {
  return MEANT[verb] ?? null;
}
