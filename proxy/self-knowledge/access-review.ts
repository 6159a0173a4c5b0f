import type { Decision } from '../../model/decision.ts';
import { BUILT_IN_RESOURCES } from '../resources/built-in-resources.ts';
import { BUILT_IN_SUBRESOURCES, covers } from './asked-subresources.ts';
import { type Attributes, type Judge, PATH_VERBS, REQUEST_VERBS, strictestOf } from './judge.ts';
import { isPlainObject, type PlainObject, textOf } from './plain-json.ts';

/** A review's status, and what to tell the person beside it: kubectl prints no reason behind a yes. */
export interface JudgedReview {
  readonly status: PlainObject;
  readonly warning: string | null;
}

const IDENTITIES: ReadonlySet<string> = new Set(['users', 'serviceaccounts']);

/**
 * What the cluster said of one request, and policy with it: allowed where both allow. A request that waits for a person
 * can be made, so it is allowed, with a reason that says so; where nobody can be asked it is not. A no of the
 * cluster stays as it is.
 * @param spec as the cluster read it, from its answer.
 * @param canAsk whether there is anybody who could approve.
 */
export function judgeAccess(
  status: PlainObject,
  spec: PlainObject,
  judge: Judge,
  canAsk: (decision: Decision) => boolean,
): JudgedReview {
  if (status['allowed'] !== true) return { status, warning: null };
  const decision = decisionOn(spec, judge);
  if (decision === null || decision.outcome === 'allow') return { status, warning: null };
  if (decision.outcome === 'requireApproval' && canAsk(decision)) {
    const said = `gatehouse: needs a person's approval (rule ${decision.decidingRule}): ${decision.message}`;
    const before = textOf(status, 'reason');
    return {
      status: { ...status, reason: before === '' ? said : `${before}; ${said}` },
      warning: `needs a person's approval (rule ${decision.decidingRule}): ${decision.message}`,
    };
  }
  const why = decision.outcome === 'deny' ? decision.message : `nobody can approve it here: ${decision.message}`;
  return { status: { ...status, allowed: false, denied: true, reason: `gatehouse policy: ${why}` }, warning: null };
}

/** Null where policy has nothing to say: verbs that no request has are checked inside the API server. */
function decisionOn(spec: PlainObject, judge: Judge): Decision | null {
  const path = spec['nonResourceAttributes'];
  if (isPlainObject(path)) {
    const verbs = expand(textOf(path, 'verb'), PATH_VERBS);
    return verbs.length === 0 ? null : strictestOf(verbs.map((verb) => judge.path(verb, textOf(path, 'path'))));
  }
  const asked = spec['resourceAttributes'];
  if (!isPlainObject(asked)) return null;
  const attributes = {
    verb: textOf(asked, 'verb'),
    group: textOf(asked, 'group'),
    resource: withSubresource(textOf(asked, 'resource'), textOf(asked, 'subresource')),
    namespace: textOf(asked, 'namespace'),
    name: textOf(asked, 'name'),
  };
  if (attributes.verb === 'impersonate') return onIdentity(attributes, judge);
  const each = expand(attributes.verb, [...REQUEST_VERBS, 'proxy']).flatMap((verb) =>
    resourcesIn({ ...attributes, verb }).map((one) => judge.resource(one)),
  );
  return each.length === 0 ? null : strictestOf(each);
}

function withSubresource(resource: string, subresource: string): string {
  return subresource === '' ? resource : `${resource}/${subresource}`;
}

function expand(verb: string, known: readonly string[]): readonly string[] {
  if (verb === '*') return known.filter((each) => each !== 'proxy');
  return known.includes(verb) ? [verb] : [];
}

/** "Everything" is allowed where each thing is: of `*` every built-in resource is asked about too. */
function resourcesIn(attributes: Attributes): readonly Attributes[] {
  const { group, resource, verb } = attributes;
  if (!resource.includes('*') && group !== '*') return [attributes];
  const collection = verb === 'list' || verb === 'watch' || verb === 'deletecollection';
  const covered = [...BUILT_IN_RESOURCES, ...(collection ? [] : BUILT_IN_SUBRESOURCES)].filter(
    (one) => (group === '*' || one.group === group) && covers(resource, one.resource),
  );
  return [attributes, ...covered.map((one) => ({ ...attributes, group: one.group, resource: one.resource }))];
}

/** Groups, UIDs and extras alone are no identity that policy could judge. */
function onIdentity({ group, resource, namespace, name }: Attributes, judge: Judge): Decision | null {
  if (group !== '' || !IDENTITIES.has(resource)) return null;
  const user = resource === 'users' ? name : `system:serviceaccount:${namespace}:${name}`;
  return judge.identity({ user: name === '' ? '*' : user, uid: '', groups: [], extra: new Map() });
}
