import { visible } from '../../../model/visible-text.ts';
import type { BuiltInResource } from '../../resources/built-in-resources.ts';

/** Why a text matches nothing, whatever the cluster; null where it may. */
export type Impossible = string | null;

/** A DNS label (RFC 1123), as every namespace is called (apimachinery `IsDNS1123Label`). */
const LABEL = 63;
/**
 * Names that are no DNS names: RBAC's are any segment of a path, an address has colons, and so has a bundle of a signer.
 * A certificate request is called as its client likes (`node-csr-` and base64, by old kubelets), and nobody looks at the
 * names of disruption budgets and of the core group's events (Kubernetes 1.36.3).
 */
const OTHER_NAMES: ReadonlySet<string> = new Set([
  ...['ipaddresses', 'clustertrustbundles'],
  ...['certificatesigningrequests', 'poddisruptionbudgets', 'events'],
]);

/** A namespace, or a pattern for one; the empty text is what has none. */
export function judgeNamespace(pattern: string): Impossible {
  if (pattern === '' || isLabelPattern(pattern)) return null;
  const write = orLower(pattern, isLabelPattern);
  return visible(
    `"${pattern}" matches nothing: a namespace is called by lower-case letters, digits and dashes, 63 at most${write}`,
  );
}

/** @param resources that the rule is about; null where it may be about others too. */
export function judgeName(pattern: string, resources: readonly BuiltInResource[] | null): Impossible {
  if (pattern === '') return null;
  if (/[/%]/.test(pattern) || pattern === '.' || pattern === '..') {
    return visible(`"${pattern}" matches nothing: no object's name holds / or %`);
  }
  const dns = resources?.every(
    ({ group, resource }) => group !== 'rbac.authorization.k8s.io' && !OTHER_NAMES.has(resource),
  );
  if (dns !== true || isDnsPattern(pattern)) return null;
  const write = orLower(pattern, isDnsPattern);
  return visible(
    `"${pattern}" matches nothing: such an object is called by lower-case letters, digits, dashes and dots${write}`,
  );
}

/** `namespace:name`, or a pattern for it. */
export function judgeServiceAccount(pattern: string): Impossible {
  const full = /^system:serviceaccount:(?<account>[^:]+:[^:]+)$/.exec(pattern)?.groups?.['account'];
  if (full !== undefined) return visible(`"${pattern}" matches nothing: a service account is written ${full}`);
  const colons = pattern.split(':').length - 1;
  const form = 'a service account is written namespace:name, in lower case, such as kube-system:*';
  if (colons > 1 || (colons === 0 && !pattern.includes('*'))) {
    return visible(`"${pattern}" matches nothing: ${form}`);
  }
  if (/^[a-z0-9.*:-]*$/.test(pattern)) return null;
  return visible(`"${pattern}" matches nothing: ${form}`);
}

/** A path that is about no resource, or a pattern for such paths. */
export function judgeUrl(pattern: string): Impossible {
  if (!pattern.startsWith('/')) return null;
  if (pattern.length > 1 && pattern.endsWith('/')) {
    const write = pattern.replace(/\/+$/, '') || '/';
    return visible(`"${pattern}" matches nothing: a path counts without the slash at its end; write ${write}`);
  }
  if (/[?#]/.test(pattern)) return visible(`"${pattern}" matches nothing: a path counts without its query`);
  const segments = pattern.slice(1).split('/');
  // apiserver `requestinfo.go`: what has that many segments is about a resource.
  const least = segments[0] === 'api' ? 3 : segments[0] === 'apis' ? 4 : Number.POSITIVE_INFINITY;
  if (segments.length < least) return null;
  return visible(`"${pattern}" matches nothing: such a path is about a resource; name that under resources`);
}

function isLabelPattern(pattern: string): boolean {
  return /^[a-z0-9*](?:[a-z0-9*-]*[a-z0-9*])?$/.test(pattern) && pattern.replaceAll('*', '').length <= LABEL;
}

/** A colon too: the name of a pod or service behind the API server's proxy may be `https:web:8443`. */
function isDnsPattern(pattern: string): boolean {
  return /^[a-z0-9.:*-]+$/.test(pattern);
}

function orLower(pattern: string, isGood: (pattern: string) => boolean): string {
  const lower = pattern.trim().toLowerCase();
  return isGood(lower) ? `; write ${lower}` : '';
}
