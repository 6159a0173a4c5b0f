import { nearMiss } from '../../../model/near-miss.ts';
import type { PolicyWarning } from '../../../model/policy-state.ts';
import { visible } from '../../../model/visible-text.ts';
import { compileGlobs } from '../../patterns/glob.ts';
import type { DocumentPath, ParsedPolicy } from '../document/parse-policy.ts';
import type { Dimensions } from '../document/policy-document.ts';
import { judgeResource } from '../match/judge-resource.ts';
import type { ResourceParts } from '../match/resource-pattern.ts';
import { type Located, locatedClusters, locatedIdentities, locatedTexts } from './located.ts';
import { NEVER_MATCHES } from './never-matches.ts';
import type { SeenCluster, Surroundings } from './surroundings.ts';

/**
 * Takes what is found, in the order of the document.
 * @param once what it comes from, where the same would be said at many places; the first of them says it for all.
 */
type Say = (path: DocumentPath, message: string, once?: string) => void;

/** More than anybody looks at. */
const ENOUGH = 100;
/** Of the clusters of one list, so many are named. */
const NAMES_AT_MOST = 5;

/** What of a document can match nothing where the gateway runs, though it may elsewhere. */
export function unmatchedHere(policy: ParsedPolicy, around: Surroundings): PolicyWarning[] {
  const { metadata, spec } = policy.document;
  const found = new Map<string, PolicyWarning>();
  const told = new Set<string>();
  spec.rules.forEach((rule, index) => {
    if (found.size >= ENOUGH) return;
    const { not = [], actsAs: _, ...match } = rule.match;
    const say: Say = (path, message, once) => {
      if (once !== undefined && told.has(once)) return;
      if (once !== undefined) told.add(once);
      const problem = policy.problem(path, NEVER_MATCHES, visible(message));
      const key = `${problem.line}:${problem.column} ${problem.message}`;
      if (!found.has(key)) found.set(key, { ...problem, rule: `${metadata.name}/${rule.id}` });
    };
    const path = ['spec', 'rules', index, 'match'];
    sayUnmatched(policy, match, path, around, say);
    const about = clustersOf(policy, match, around);
    not.forEach((block, place) => {
      sayUnmatched(policy, block, [...path, 'not', place], { ...around, clusters: about }, say);
    });
    (rule.obligations?.mask ?? []).forEach(({ resource }, place) => {
      sayForeign(
        { text: resource, path: ['spec', 'rules', index, 'obligations', 'mask', place, 'resource'] },
        about,
        say,
      );
    });
  });
  return [...found.values()];
}

/** Groups that rules name and Kubernetes itself does not serve whole: what is in them, only a cluster can say. */
export function groupsToLookAt(policies: readonly ParsedPolicy[]): readonly string[] {
  const texts = policies.flatMap((policy) =>
    policy.document.spec.rules.flatMap(({ match, obligations }) => [
      ...[match, ...(match.not ?? [])].flatMap(({ resources = [] }) => locatedTexts(policy, resources, [])),
      ...(obligations?.mask ?? []).map(({ resource }) => ({ text: resource })),
    ]),
  );
  const groups = texts.flatMap(({ text }) => foreignParts(text)?.group ?? []);
  return [...new Set(groups)].sort();
}

function sayUnmatched(
  policy: ParsedPolicy,
  match: Dimensions,
  path: DocumentPath,
  around: Surroundings,
  say: Say,
): void {
  sayClusters(policy, match, path, around, say);
  saySessions(match, path, around, say);
  saySubjects(policy, match, path, around, say);
  const about = clustersOf(policy, match, around);
  for (const located of locatedTexts(policy, match.resources ?? [], [...path, 'resources'])) {
    sayForeign(located, about, say);
  }
}

function sayClusters(
  policy: ParsedPolicy,
  { clusters: wanted }: Dimensions,
  path: DocumentPath,
  { clusters, otherContexts }: Surroundings,
  say: Say,
): void {
  if (wanted === undefined || clusters.length === 0) return;
  const found = locatedClusters(policy, wanted, [...path, 'clusters']);
  if (found === null) return;
  // The demo cluster has a kubeconfig of its own, which says nothing of a person's contexts.
  const connected = clusters.filter(({ labels }) => labels[ENVIRONMENT] !== 'demo').map(({ name }) => name);
  const known = [...clusters.map(({ name }) => name), ...otherContexts];
  const wantedNames = connected.length === 0 ? [] : (found.block.names ?? []);
  const names = locatedTexts(policy, wantedNames, [...found.path, 'names']);
  const matched = names.filter(({ text }) => known.some(compileGlobs([text])));
  const elsewhere: Located[] = [];
  for (const located of names) {
    const { text, path: place } = located;
    if (matched.some((one) => one.text === text)) continue;
    const slug = clusters.find((one) => one.slug === text)?.name;
    // Who names the other one too has not misspelt it: prod-1 and prod-2.
    const others = known.filter((name) => !matched.some((one) => one.text === name));
    const near = matched.length === 0 ? nearMiss(text, others) : nearMiss(text, others, 1);
    const meant = text.includes('*') ? null : (slug ?? near);
    if (meant === null) elsewhere.push(located);
    else say(place, `no cluster here is called "${text}", so this matches nothing; did you mean ${meant}?`);
  }
  // A folder that many gateways share has a list for each of them.
  const [first] = elsewhere;
  if (matched.length === 0 && first !== undefined) {
    const called = oneOf(elsewhere.map(({ text }) => `"${text}"`));
    say(first.path, `no cluster here is called ${called}, so this matches nothing; connected: ${connected.join(', ')}`);
  }
  for (const [key, value] of Object.entries(found.block.labels ?? {})) {
    const place = [...found.path, 'labels', key];
    const values = clusters.flatMap(({ labels }) => (Object.hasOwn(labels, key) ? [labels[key] ?? ''] : []));
    if (values.length === 0) {
      const none = clusters.every(({ labels }) => Object.keys(labels).length === 0);
      const why = none ? 'clusters have no labels here; use names' : `no cluster here has a label ${key}`;
      say(place, `the label ${key}=${value} matches nothing: ${why}`);
    } else if (key === ENVIRONMENT && !ENVIRONMENTS.includes(value)) {
      say(place, `the label ${key}=${value} matches nothing: it is one of ${ENVIRONMENTS.join(', ')}`);
    }
  }
}

/** The label that the app gives (`main/clusters/clusters.ts`), and its values. */
const ENVIRONMENT = 'environment';
const ENVIRONMENTS = ['production', 'demo', 'other'];

function saySessions({ sessions: wanted }: Dimensions, path: DocumentPath, { sessions }: Surroundings, say: Say): void {
  if (wanted === undefined || wanted.some((kind) => sessions.includes(kind))) return;
  say([...path, 'sessions'], `sessions of this gateway are ${sessions.join(', ')}, so this matches nothing`);
}

/** Names that nobody can have who calls any such gateway; those of other people may stand in a folder that many share. */
function saySubjects(
  policy: ParsedPolicy,
  { subjects }: Dimensions,
  path: DocumentPath,
  { principal }: Surroundings,
  say: Say,
): void {
  if (subjects === undefined) return;
  const found = locatedIdentities(policy, subjects, [...path, 'subjects']);
  if (found === null) return;
  const named = (key: 'users' | 'groups') => locatedTexts(policy, found.block[key] ?? [], [...found.path, key]);
  const isPossible =
    named('users').some(({ text }) => mayBe(text, [principal.user])) ||
    named('groups').some(({ text }) => mayBe(text, principal.groups));
  const [first] = [...named('users'), ...named('groups')];
  if (isPossible || first === undefined) return;
  const groups = principal.groups.map((group) => `, group ${group}`).join('');
  say(
    first.path,
    `nobody who calls Gatehouse is called "${first.text}", so this matches nothing; here they are ${principal.user}${groups}`,
  );
}

/** True where a pattern may match one of the names, or another name that begins with the same word before a colon. */
function mayBe(pattern: string, names: readonly string[]): boolean {
  const [head = ''] = pattern.split('*');
  return names.some((name) => {
    const colon = name.indexOf(':');
    const scheme = name.slice(0, colon + 1);
    return colon === -1 || head.startsWith(scheme) || (pattern.includes('*') && scheme.startsWith(head));
  });
}

/** Of those that are connected, the ones that a rule is about. */
function clustersOf(policy: ParsedPolicy, { clusters: wanted }: Dimensions, { clusters }: Surroundings) {
  const found = wanted === undefined ? null : locatedClusters(policy, wanted, []);
  if (found === null) return clusters;
  const names = found.block.names;
  const isName =
    names === undefined ? () => true : compileGlobs(locatedTexts(policy, names, []).map(({ text }) => text));
  const labels = Object.entries(found.block.labels ?? {});
  return clusters.filter((one) => isName(one.name) && labels.every(([key, value]) => one.labels[key] === value));
}

function foreignParts(pattern: string): ResourceParts | null {
  // Without a group there is nothing to ask for, and judging what is misnamed takes longest.
  if (!pattern.includes('.')) return null;
  const verdict = judgeResource(pattern);
  return verdict.kind === 'foreign' ? verdict.parts : null;
}

function sayForeign(
  { text, path }: { readonly text: string; readonly path: DocumentPath },
  clusters: readonly SeenCluster[],
  say: Say,
): void {
  const parts = foreignParts(text);
  const group = parts?.group ?? null;
  if (parts === null || group === null || clusters.length === 0) return;
  const served = clusters.map((cluster) => cluster.served.get(group));
  // What one of them was not asked, or did not answer, it may have.
  if (served.some((resources) => resources === undefined || isServed(parts, resources))) return;
  const there = served.flatMap((resources) => [...(resources ?? [])]);
  const name = `${parts.resource}${parts.subresource === '' ? '' : `/${parts.subresource}`}`;
  const near = nearMiss(name, there);
  const hint =
    near !== null
      ? `; did you mean ${written(near, group)}?`
      : there.length === 0
        ? `; it has no group ${group}, so nothing of that group matches`
        : `; of ${group} it has ${there.filter((one) => !one.includes('/')).join(', ')}`;
  const where = clusters.length === 1 ? `the cluster ${clusters[0]?.name}` : 'no connected cluster';
  const has = clusters.length === 1 ? 'does not have it' : 'has it';
  const isWholeGroup = near === null && there.length === 0;
  const once = isWholeGroup ? `${group} ${clusters.map(({ slug }) => slug).join(' ')}` : undefined;
  say(path, `"${text}" matches nothing: ${where} ${has}${hint}`, once);
}

/** `"a", "b" or "c"`. */
function oneOf(texts: readonly string[]): string {
  const shown = texts.slice(0, NAMES_AT_MOST);
  if (texts.length > shown.length) return `${shown.join(', ')} or ${texts.length - shown.length} more`;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} or ${shown.at(-1)}`;
}

function isServed({ resource, subresource }: ResourceParts, resources: ReadonlySet<string>): boolean {
  for (const one of resources) {
    const [name = '', sub = ''] = one.split('/');
    const isName = resource === '*' || name === resource;
    if (isName && (subresource === '*' ? sub !== '' : sub === subresource)) return true;
  }
  return false;
}

function written(name: string, group: string): string {
  const [resource = '', subresource] = name.split('/');
  return `${resource}.${group}${subresource === undefined ? '' : `/${subresource}`}`;
}
