import { BUILT_IN_RESOURCES } from '../resources/built-in-resources.ts';

/** Subresources that people ask about; `status` is left to controllers. */
export const BUILT_IN_SUBRESOURCES: ReadonlyArray<{ readonly group: string; readonly resource: string }> =
  BUILT_IN_RESOURCES.flatMap(({ group, resource, subresources }) =>
    subresources.filter((one) => one !== 'status').map((one) => ({ group, resource: `${resource}/${one}` })),
  );

/** RBAC's patterns: `*` is every resource and subresource, and a subresource may be that of any resource. */
export function covers(pattern: string, resource: string): boolean {
  if (pattern === '*' || pattern === resource) return true;
  return pattern.startsWith('*/') && resource.endsWith(pattern.slice(1));
}
