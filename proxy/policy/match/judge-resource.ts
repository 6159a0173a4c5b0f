import { nearMiss } from '../../../model/near-miss.ts';
import { visible } from '../../../model/visible-text.ts';
import {
  BUILT_IN_RESOURCES,
  type BuiltInResource,
  builtInResource,
  isBuiltInGroup,
  TABLE_VERSION,
  writtenResource,
} from '../../resources/built-in-resources.ts';
import {
  type EarlierResource,
  earlierResource,
  earlierSubresource,
  isEarlierGroup,
} from '../../resources/earlier-resources.ts';
import { resourcesCalled, subresourceCalled, writeInstead } from '../../resources/meant-resource.ts';
import { type ResourceParts, resourceParts } from './resource-pattern.ts';

/** What there is to say of one resource pattern that a rule names. */
export type ResourceVerdict =
  /** Something that a cluster may have: nothing to say. */
  | { readonly kind: 'possible' }
  /** What no cluster can have, whatever is installed in it. */
  | { readonly kind: 'impossible'; readonly message: string }
  /**
   * What no cluster of this version has by itself. Older ones may: `instead` is what has its place now, and says nothing
   * new where the rule names that too.
   */
  | { readonly kind: 'unlikely'; readonly message: string; readonly instead: readonly string[] }
  /** Of a group that others may serve: only the cluster can say. */
  | { readonly kind: 'foreign'; readonly parts: ResourceParts };

const POSSIBLE: ResourceVerdict = { kind: 'possible' };

/** Subresources that only the kubelet is asked about; the API server has no such paths. */
const OF_THE_KUBELET: ReadonlySet<string> = new Set(
  'checkpoint configz healthz log metrics pods spec stats'.split(' '),
);
/** The API server asks RBAC about them when an owner is named (plugin OwnerReferencesPermissionEnforcement). */
const FINALIZERS = 'finalizers are what RBAC alone is asked about, and no request names them';
/** What RBAC calls those whom somebody may impersonate. */
const IDENTITIES: ReadonlySet<string> = new Set(['users', 'groups', 'uids', 'userextras']);
const ALL_SUBRESOURCES: readonly string[] = [
  ...new Set(BUILT_IN_RESOURCES.flatMap(({ subresources }) => subresources)),
];

/** Judges a pattern by its text. A name is refused only where it is certain that no cluster can have it. */
export function judgeResource(pattern: string): ResourceVerdict {
  const parts = resourceParts(pattern);
  if (parts === null) return POSSIBLE;
  if (parts.resource === '*') return judgeWildcard(pattern, parts);
  return parts.group === null ? judgeCore(pattern, parts) : judgeGrouped(pattern, parts, parts.group);
}

/**
 * True for a built-in resource that is named in a way that matches none: `deployments`, `pod`, `pods.apps`. No version of
 * Kubernetes will have these, so who sets one right takes nothing away.
 */
export function isMisnamed(pattern: string): boolean {
  const parts = resourceParts(pattern);
  if (parts === null || resourcesCalled(parts.resource).length === 0) return false;
  if (builtInResource(parts.group ?? '', parts.resource) !== null) return false;
  return judgeResource(pattern).kind === 'impossible';
}

function judgeWildcard(pattern: string, parts: ResourceParts): ResourceVerdict {
  const { group, subresource } = parts;
  if (group === null) {
    if (['', '*', 'rollback', ...ALL_SUBRESOURCES].includes(subresource)) return POSSIBLE;
    if (subresource === 'finalizers') return unlikely(`"${pattern}" matches nothing: ${FINALIZERS}`);
    return unlikely(`${noSubresource(pattern, subresource)}${orElse(subresource, ALL_SUBRESOURCES, '*/')}`);
  }
  if (isBuiltInGroup(group)) {
    const there = BUILT_IN_RESOURCES.filter((one) => one.group === group).flatMap(({ subresources }) => subresources);
    if (subresource === '' || there.includes(subresource)) return POSSIBLE;
    if (subresource === '*') {
      return there.length > 0
        ? POSSIBLE
        : unlikely(`"${pattern}" matches nothing: no resource of ${group} has subresources`);
    }
    if (earlierSubresource(group, 'deployments', subresource)) return unlikely(goneSubresource(pattern));
    return impossible(`${noSubresource(pattern, subresource, group)}${orElse(subresource, there, `*.${group}/`)}`);
  }
  if (isEarlierGroup(group)) {
    const message = `"${pattern}" matches nothing: Kubernetes ${TABLE_VERSION} has no group ${group} any more`;
    return unlikely(message, ['*']);
  }
  const meant = groupMeant(group, () => true);
  if (meant === null) return { kind: 'foreign', parts };
  const write = meant === '' ? 'the core group has no name: name its resources one by one' : `write *.${meant}`;
  return impossible(`"${pattern}" matches nothing: there is no group ${group}; ${write}`);
}

function judgeCore(pattern: string, parts: ResourceParts): ResourceVerdict {
  const found = builtInResource('', parts.resource);
  if (found !== null) return judgeSubresource(pattern, found, parts.subresource);
  const write = IDENTITIES.has(parts.resource)
    ? 'whom one may act as is said by "impersonation" or "actsAs"'
    : writeInstead(pattern);
  const custom = `a custom resource needs its group, such as ${parts.resource}.example.com`;
  return impossible(`"${pattern}" matches nothing: the core group has no ${parts.resource}; ${write || custom}`);
}

function judgeGrouped(pattern: string, parts: ResourceParts, group: string): ResourceVerdict {
  const { resource, subresource } = parts;
  const found = builtInResource(group, resource);
  if (found !== null) return judgeSubresource(pattern, found, subresource);
  const earlier = earlierResource(group, resource);
  if (earlier !== null) {
    const now = placeOf(earlier, subresource);
    const gone = `"${pattern}" matches nothing from Kubernetes ${earlier.goneSince} on`;
    return unlikely(now === null ? gone : `${gone}; write ${now}`, now === null ? [] : [now]);
  }
  const known = resourcesCalled(resource);
  if (isBuiltInGroup(group) || isEarlierGroup(group)) {
    // A custom resource always has a dot in its group, and one that goes by a built-in name in a built-in group is a slip.
    if (known.length === 0 && group.includes('.')) {
      const near = nearMiss(resource, namesIn(group));
      if (near === null) return { kind: 'foreign', parts };
      return unlikely(
        `"${pattern}" matches nothing: the group ${group} has no ${resource}; did you mean ${near}.${group}?`,
      );
    }
    const write = writeInstead(pattern) || `Kubernetes ${TABLE_VERSION} has ${listed(group)} there`;
    return impossible(`"${pattern}" matches nothing: the group ${group} has no ${resource}; ${write}`);
  }
  const isMeant = (candidate: string) => known.some((one) => one.group === candidate);
  if (known.length > 0 && (!group.includes('.') || groupMeant(group, isMeant) !== null)) {
    return impossible(`"${pattern}" matches nothing: there is no group ${group}; ${writeInstead(pattern)}`);
  }
  return { kind: 'foreign', parts };
}

/** What there is now in the place of an earlier resource, or of a subresource of it; null where nothing is. */
function placeOf({ now }: EarlierResource, subresource: string): string | null {
  if (now === null || subresource === '') return now;
  const written = `${now}/${subresource}`;
  return judgeResource(written).kind === 'possible' ? written : now;
}

function judgeSubresource(pattern: string, found: BuiltInResource, subresource: string): ResourceVerdict {
  const { group, resource, subresources } = found;
  if (subresource === '' || subresources.includes(subresource)) return POSSIBLE;
  const name = writtenResource(found);
  if (subresource === '*') {
    return subresources.length > 0
      ? POSSIBLE
      : unlikely(`"${pattern}" matches nothing: ${name} has no subresources`, [name, '*']);
  }
  if (earlierSubresource(group, resource, subresource)) return unlikely(goneSubresource(pattern));
  if (subresource === 'finalizers') {
    return impossible(`"${pattern}" matches nothing: ${FINALIZERS}; to restrict who writes them, write ${name}`);
  }
  if (name === 'nodes' && OF_THE_KUBELET.has(subresource)) {
    const why = "that is the kubelet's own, and reached through the API server as nodes/proxy alone";
    return impossible(`"${pattern}" matches nothing: ${why}; write nodes/proxy`);
  }
  return impossible(
    `"${pattern}" matches nothing: ${name} has no subresource ${subresource}${orElse(subresource, subresources, `${name}/`)}`,
  );
}

/**
 * The built-in group that was meant by what is none: the core group's nicknames, a group with its version, or the first
 * labels of one, such as `rbac`. Null where it may be somebody's own.
 */
function groupMeant(group: string, isWanted: (group: string) => boolean): string | null {
  if (/^(?:v\d+\.)?core$/.test(group) || /^v\d+(?:(?:alpha|beta)\d+)?$/.test(group)) return '';
  const unversioned = group.replace(/^v\d+(?:(?:alpha|beta)\d+)?\.|\.v\d+(?:(?:alpha|beta)\d+)?$/, '');
  if (unversioned !== group && isBuiltInGroup(unversioned) && isWanted(unversioned)) return unversioned;
  const longer = [...new Set(BUILT_IN_RESOURCES.map((one) => one.group))].find(
    (one) => one.startsWith(`${unversioned}.`) && isWanted(one),
  );
  return longer ?? null;
}

function orElse(word: string, there: readonly string[], before: string): string {
  if (there.length === 0) return ', nor any other';
  const meant = subresourceCalled(word, there);
  return meant === null ? `; it has ${[...new Set(there)].join(', ')}` : `; write ${before}${meant}`;
}

function noSubresource(pattern: string, subresource: string, group = ''): string {
  return `"${pattern}" matches nothing: no resource of ${group || 'Kubernetes itself'} has a subresource ${subresource}`;
}

function goneSubresource(pattern: string): string {
  return `"${pattern}" matches nothing: it is a subresource of earlier versions of Kubernetes`;
}

function listed(group: string): string {
  return namesIn(group).join(', ') || 'nothing';
}

function namesIn(group: string): readonly string[] {
  return BUILT_IN_RESOURCES.filter((one) => one.group === group).map(({ resource }) => resource);
}

function impossible(message: string): ResourceVerdict {
  return { kind: 'impossible', message: visible(message) };
}

function unlikely(message: string, instead: readonly string[] = []): ResourceVerdict {
  return { kind: 'unlikely', message: visible(message), instead };
}
