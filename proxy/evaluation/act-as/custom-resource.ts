import type { Road } from '../../../model/gained-identity.ts';
import { type Deputy, deputyOf } from '../../policy/act-as/deputies.ts';
import { isRecord } from '../../request/json-value.ts';
import { at, objectsIn, specified, textAt } from '../fields.ts';
import { TOKEN_ACCOUNT, TOKEN_TYPE } from '../look/token-secrets.ts';
import { BOOTSTRAP_TYPE } from './bootstrap-token.ts';
import type { Change } from './change.ts';
import { accountsNamed, type NamedIdentity } from './custom-accounts.ts';
import { codeChanges, makesPods } from './custom-code.ts';
import { gainedByHostAccess, waysToHost } from './node.ts';
import { anyone, type Gained, serviceAccount } from './service-account.ts';

/** `hostPath: /etc`, `hostPaths: [/etc]`, `hostDisk: {path}`. */
const HOST_FIELD = /^host[-_]?(?:path|disk|dir(?:ectory)?)s?$/i;

/**
 * What a custom resource gives its writer, whatever its kind: by whom its controller is, where that is known, and by its
 * shape, which follows pods in what matters wherever pods are made.
 */
export function gainedByCustomResource(roads: readonly Road[], change: Change): Gained[] {
  const deputy = deputyOf(change.apiGroup ?? '', change.resource);
  return [
    ...(deputy !== null && roads.includes(deputy.road) ? gainedByDeputy(deputy, change) : []),
    ...(roads.includes('pod') ? gainedByAccounts(change) : []),
    ...(roads.includes('node') ? gainedByHost(change) : []),
    ...(roads.includes('secret') ? gainedByTokenTemplate(change) : []),
    ...(roads.includes('exec') ? gainedByCode(change) : []),
  ];
}

/** A label, an annotation or the same again has the controller do nothing that it did not do before. */
function gainedByDeputy({ road, says, words }: Deputy, { before, after }: Change): Gained[] {
  if (words !== null && ![...objectsIn(specified(after))].some((fields) => hasField(fields, words))) return [];
  return text(specified(before)) === text(specified(after)) ? [] : [anyone(road, says)];
}

function gainedByAccounts({ namespace, before, after }: Change): Gained[] {
  const had = accountsOf(namespace, before);
  return [...accountsOf(namespace, after)]
    .filter(([key]) => !had.has(key))
    .map(([, identity]) => gainedAs('pod', identity, ', as which its pods would run'));
}

/** `hostPath: /etc` and `hostDisk: {path}` beside what a pod has. */
function gainedByHost(change: Change): Gained[] {
  return gainedByHostAccess({ ...change, before: asInPods(change.before), after: asInPods(change.after) });
}

/**
 * Other code in what has an identity already is as good as a command that is run there. Without a rehearsal everything
 * may be other.
 */
function gainedByCode({ namespace, before, after }: Change): Gained[] {
  if (before === null || (after !== null && !codeChanges(before, after))) return [];
  const has = accountsOf(namespace, after ?? before);
  const kept = [...accountsOf(namespace, before)].filter(([key]) => has.has(key));
  const ways = [...waysToHost(asInPods(before), '')];
  return [
    ...kept.map(([, identity]) => gainedAs('exec', identity, ', as which what this changes runs')),
    ...(ways.length === 0 ? [] : [anyone('exec', `root on the node that runs its pods (${ways.join(', ')})`)]),
  ];
}

/** A Secret that a controller makes by a template in this: the token controller writes a token into one of its type. */
function gainedByTokenTemplate({ namespace, before, after }: Change): Gained[] {
  const had = new Set(tokensIn(namespace, before).map(({ says }) => says));
  return tokensIn(namespace, after).filter(({ says }) => !had.has(says));
}

function tokensIn(namespace: string, object: unknown): Gained[] {
  const types = new Set<unknown>();
  const accounts = new Set<string>();
  for (const fields of objectsIn(specified(object))) {
    types.add(at(fields, 'type'));
    const account = textAt(fields, TOKEN_ACCOUNT);
    if (account !== '') accounts.add(account);
  }
  return [
    ...(types.has(TOKEN_TYPE) ? [...accounts] : []).map((account) =>
      serviceAccount('secret', namespace, account, ', by a token in a Secret that this makes'),
    ),
    ...(types.has(BOOTSTRAP_TYPE)
      ? [anyone('secret', 'whoever signs in with the bootstrap token that this makes')]
      : []),
  ];
}

/** What makes pods and names no account makes them as `default`. */
function accountsOf(namespace: string, object: unknown): Map<string, NamedIdentity> {
  const named = accountsNamed(namespace, specified(object));
  if (named.size === 0 && makesPods(object)) named.set(`${namespace}/default`, { namespace, account: 'default' });
  return named;
}

function gainedAs(road: Road, identity: NamedIdentity, how: string): Gained {
  if ('account' in identity) return serviceAccount(road, identity.namespace, identity.account, how);
  if ('template' in identity) return anyone(road, `a service account that is named by ${identity.template}${how}`);
  const { user, groups } = identity;
  const inGroups = groups.length === 0 ? '' : ` in ${groups.join(', ')}`;
  const says = `${user || '(no name)'}${inGroups}, as whom its controller acts`;
  return { road, user, groups, anyone: user === '', account: null, says };
}

/** The object with host paths as a pod writes them, beside its own. */
function asInPods(object: unknown): unknown {
  const paths: string[] = [];
  for (const fields of objectsIn(specified(object))) {
    for (const [field, value] of Object.entries(fields)) {
      // A pod's own form is read as it is.
      if (!HOST_FIELD.test(field) || (field === 'hostPath' && isRecord(value))) continue;
      for (const one of Array.isArray(value) ? value : [value])
        paths.push(typeof one === 'string' ? one : textAt(one, 'path'));
    }
  }
  const found = paths.filter((path) => path !== '').map((path) => ({ hostPath: { path } }));
  return object === null ? null : { spec: [specified(object), found] };
}

function hasField(fields: Readonly<Record<string, unknown>>, words: RegExp): boolean {
  return Object.keys(fields).some((field) => words.test(field));
}

function text(value: unknown): string {
  return JSON.stringify(value);
}
