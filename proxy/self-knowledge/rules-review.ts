import type { Decision } from '../../model/decision.ts';
import { BUILT_IN_RESOURCES } from '../resources/built-in-resources.ts';
import { BUILT_IN_SUBRESOURCES, covers } from './asked-subresources.ts';
import { type Judge, PATH_VERBS, REQUEST_VERBS } from './judge.ts';
import { isPlainObject, type PlainObject, textOf, textsOf } from './plain-json.ts';

/** The list as it is told, and the resources and paths on it that a person is asked about for some verbs. */
export interface JudgedRules {
  readonly status: PlainObject;
  readonly approvals: readonly string[];
}

/** Paths that `*` is said out for. */
const KNOWN_PATHS: readonly string[] = [
  ...['/api', '/api/*', '/apis', '/apis/*', '/healthz', '/livez', '/logs', '/metrics', '/openapi', '/openapi/*'],
  ...['/readyz', '/version', '/.well-known/openid-configuration', '/openid/v1/jwks'],
];
/** Said by name of what policy denies within a `*`; the rest is counted. */
const NAMED_DENIALS = 8;

/** A resource that a rule names, with the verbs that are left of it. */
interface Kept {
  readonly group: string;
  readonly resource: string;
  readonly name: string;
  readonly verbs: readonly string[];
}

/**
 * The rules that RBAC gives, without what policy denies. RBAC's lists only add, so an exception within a `*` cannot be
 * said: such a rule keeps the verbs that policy allows on resources in general, built-in resources that policy opens
 * beyond that are listed beside it, and the list is called incomplete. What waits for a person is kept.
 */
export function judgeRules(
  status: PlainObject,
  namespace: string,
  judge: Judge,
  canAsk: (decision: Decision) => boolean,
): JudgedRules {
  const approvals = new Set<string>();
  const denied = new Set<string>();
  let inexact = false;
  const possible = (decision: Decision, what: string): boolean => {
    if (decision.outcome === 'requireApproval' && canAsk(decision)) approvals.add(what);
    else if (decision.outcome !== 'allow') return false;
    return true;
  };

  const verbsLeft = (rule: PlainObject, { group, resource, name }: Omit<Kept, 'verbs'>): readonly string[] => {
    const left = textsOf(rule, 'verbs').flatMap((verb): readonly string[] => {
      const asked = verb === '*' ? REQUEST_VERBS : REQUEST_VERBS.includes(verb) ? [verb] : null;
      // What no request has for a verb is checked inside the API server.
      if (asked === null) return [verb];
      const kept = asked.filter((each) => {
        const decision = judge.resource({ verb: each, group, resource, namespace, name });
        return possible(decision, written(group, resource));
      });
      return verb === '*' && kept.length === asked.length ? ['*'] : kept;
    });
    return [...new Set(left)];
  };

  /** What is left of a pattern: its own verbs, and those that policy opens on built-in resources within it only. */
  const within = (rule: PlainObject, pattern: Kept): readonly Kept[] => {
    inexact = true;
    const { group, resource, name, verbs } = pattern;
    const covered = [...BUILT_IN_RESOURCES, ...BUILT_IN_SUBRESOURCES].filter(
      (one) => (group === '*' || one.group === group) && covers(resource, one.resource),
    );
    return covered.flatMap((one): readonly Kept[] => {
      const left = verbsLeft(rule, { ...one, name });
      if (left.length === 0) denied.add(written(one.group, one.resource));
      if (verbs.includes('*')) return [];
      const more = left.filter((verb) => !verbs.includes(verb));
      return more.length === 0 ? [] : [{ ...one, name, verbs: more }];
    });
  };

  const resourceRules = objectsIn(status, 'resourceRules').flatMap((rule) => {
    const names = textsOf(rule, 'resourceNames');
    const kept: Kept[] = [];
    for (const group of textsOf(rule, 'apiGroups')) {
      for (const resource of textsOf(rule, 'resources')) {
        for (const name of names.length === 0 ? [''] : names) {
          const one = { group, resource, name, verbs: verbsLeft(rule, { group, resource, name }) };
          kept.push(one);
          if (group === '*' || resource.includes('*')) kept.push(...within(rule, one));
        }
      }
    }
    return asRules(kept.filter(({ verbs }) => verbs.length > 0));
  });

  const nonResourceRules = objectsIn(status, 'nonResourceRules').flatMap((rule) =>
    textsOf(rule, 'nonResourceURLs')
      .flatMap((url) => (url === '*' ? KNOWN_PATHS : [url]))
      .map((url) => {
        if (textsOf(rule, 'nonResourceURLs').includes('*')) inexact = true;
        const asked = textsOf(rule, 'verbs').flatMap((verb) => (verb === '*' ? PATH_VERBS : [verb]));
        const verbs = asked.filter((verb) => possible(judge.path(verb, url), url));
        return { verbs, nonResourceURLs: [url] };
      })
      .filter(({ verbs }) => verbs.length > 0),
  );

  const before = textOf(status, 'evaluationError');
  const error = inexactness([...denied]);
  return {
    status: {
      ...status,
      resourceRules,
      nonResourceRules,
      ...(inexact ? { incomplete: true, evaluationError: before === '' ? error : `${before}; ${error}` } : {}),
    },
    approvals: [...approvals],
  };
}

function inexactness(denied: readonly string[]): string {
  const says = "Gatehouse's policy applies too, and a rule with * cannot leave out what it denies";
  if (denied.length === 0) return says;
  const rest = denied.length - NAMED_DENIALS;
  return `${says}: ${denied.slice(0, NAMED_DENIALS).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

function written(group: string, resource: string): string {
  const [name = '', subresource] = resource.split('/', 2);
  const full = group === '' || (group === '*' && name === '*') ? name : `${name}.${group}`;
  return subresource === undefined ? full : `${full}/${subresource}`;
}

/** One rule for all resources of a group that the same is left for. */
function asRules(kept: readonly Kept[]): readonly PlainObject[] {
  const rules = new Map<string, { verbs: readonly string[]; group: string; name: string; resources: string[] }>();
  for (const { group, resource, name, verbs } of kept) {
    const key = JSON.stringify([group, name, verbs]);
    const rule = rules.get(key);
    if (rule) rule.resources.push(resource);
    else rules.set(key, { verbs, group, name, resources: [resource] });
  }
  return [...rules.values()].map(({ verbs, group, name, resources }) => ({
    verbs,
    apiGroups: [group],
    resources,
    ...(name === '' ? {} : { resourceNames: [name] }),
  }));
}

function objectsIn(object: PlainObject, field: string): readonly PlainObject[] {
  const value = object[field];
  return Array.isArray(value) ? value.filter(isPlainObject) : [];
}
