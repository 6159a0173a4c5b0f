/** A test for a resource: API group, and `pods` or `pods/exec`. */
export type ResourceTest = (apiGroup: string, resource: string) => boolean;

const PATTERN =
  /^(?<resource>\*|[a-z][a-z0-9-]*)(?:\.(?<group>[a-z0-9][a-z0-9.-]*))?(?:\/(?<subresource>\*|[a-z][a-z0-9-]*))?$/;

/** What a pattern must look like, for messages. */
export const RESOURCE_PATTERN_FORM =
  'must be a resource such as pods, pods/exec, jobs.batch, deployments.apps/scale, *.batch, */proxy or *';

/** True for a pattern that {@link compileResources} understands. */
export function isResourcePattern(pattern: string): boolean {
  return PATTERN.test(pattern);
}

/**
 * Compiles resource patterns. Without a group a name means the core group; `*` means every resource of every group, but
 * never a subresource: `pods/exec` is matched by `pods/exec`, `pods/*`, `*` + `/exec` and `*` + `/*` only (case 33).
 */
export function compileResources(patterns: readonly string[]): ResourceTest {
  const tests = patterns.map(compilePattern);
  return (apiGroup, resource) => {
    const slash = resource.indexOf('/');
    const name = slash === -1 ? resource : resource.slice(0, slash);
    const subresource = slash === -1 ? '' : resource.slice(slash + 1);
    for (const test of tests) if (test(apiGroup, name, subresource)) return true;
    return false;
  };
}

/** True where every resource that `narrow` matches is matched by `wide`; both are good patterns. */
export function resourceCovers(wide: string, narrow: string): boolean {
  const [one, other] = [partsOf(wide), partsOf(narrow)];
  return (
    (one.anyResource || one.resource === other.resource) &&
    (one.anyGroup || (!other.anyGroup && one.group === other.group)) &&
    (one.subresource === other.subresource || (one.subresource === '*' && other.subresource !== ''))
  );
}

/** The parts of a pattern; `group` is null where none is written. */
export interface ResourceParts {
  readonly resource: string;
  readonly group: string | null;
  readonly subresource: string;
}

/** Null for what is no pattern. */
export function resourceParts(pattern: string): ResourceParts | null {
  const groups = PATTERN.exec(pattern)?.groups;
  if (groups === undefined) return null;
  return {
    resource: groups['resource'] ?? '',
    group: groups['group'] ?? null,
    subresource: groups['subresource'] ?? '',
  };
}

function partsOf(pattern: string) {
  const { resource = '', group, subresource = '' } = PATTERN.exec(pattern)?.groups ?? {};
  const anyResource = resource === '*';
  return { resource, anyResource, anyGroup: anyResource && group === undefined, group: group ?? '', subresource };
}

function compilePattern(pattern: string): (apiGroup: string, name: string, subresource: string) => boolean {
  const { resource, anyResource, anyGroup, group: wantedGroup, subresource: wanted } = partsOf(pattern);
  return (apiGroup, name, subresource) =>
    (anyResource || name === resource) &&
    (anyGroup || apiGroup === wantedGroup) &&
    (subresource === wanted || (wanted === '*' && subresource !== ''));
}
