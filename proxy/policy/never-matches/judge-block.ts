import { visible } from '../../../model/visible-text.ts';
import { type BuiltInResource, builtInResource, writtenResource } from '../../resources/built-in-resources.ts';
import type { DocumentPath, ParsedPolicy } from '../document/parse-policy.ts';
import type { Dimensions } from '../document/policy-document.ts';
import { judgeResource } from '../match/judge-resource.ts';
import { resourceParts } from '../match/resource-pattern.ts';
import type { Report } from './finding.ts';
import { judgeName, judgeNamespace, judgeServiceAccount, judgeUrl } from './judge-text.ts';
import { isSettled, mayBeAsked, mayBeAskedOfPaths, verbOfMethod, verbsInstead } from './judge-verbs.ts';
import { type Located, locatedIdentities, locatedTexts } from './located.ts';

/** The dimensions of one block, sets resolved; null where the block does not give one. */
interface Block {
  readonly path: DocumentPath;
  readonly verbs: readonly Located[] | null;
  readonly resources: readonly Located[] | null;
  readonly urls: readonly Located[] | null;
  readonly namespaces: readonly Located[] | null;
  readonly names: readonly Located[] | null;
}

/** Says what of a block, in a rule or in a `not` of it, can match nothing by its text alone. */
export function judgeBlock(policy: ParsedPolicy, dimensions: Dimensions, path: DocumentPath, report: Report): void {
  const { verbs, resources, nonResourceURLs, namespaces, names, impersonation } = dimensions;
  const texts = (values: readonly string[] | undefined, key: string) =>
    values === undefined ? null : locatedTexts(policy, values, [...path, key]);
  const block: Block = {
    path,
    verbs: texts(verbs, 'verbs'),
    resources: texts(resources, 'resources'),
    urls: texts(nonResourceURLs, 'nonResourceURLs'),
    namespaces: texts(namespaces, 'namespaces'),
    names: texts(names, 'names'),
  };
  judgeResources(block, report);
  each(block.namespaces, judgeNamespace, report);
  const known = builtInOf(block.resources);
  each(block.names, (name) => judgeName(name, block.urls === null ? known : null), report);
  each(block.urls, judgeUrl, report);
  judgeVerbs(block, report);
  judgePlace(block, report);
  if (impersonation?.as !== undefined) {
    judgeIdentities(policy, impersonation.as, [...path, 'impersonation', 'as'], report);
  }
}

/** Service accounts that are written in a form that matches none. */
export function judgeIdentities(
  policy: ParsedPolicy,
  as: Parameters<typeof locatedIdentities>[1],
  path: DocumentPath,
  report: Report,
): void {
  const found = locatedIdentities(policy, as, path);
  const accounts = found?.block.serviceAccounts;
  if (found === null || accounts === undefined) return;
  each(locatedTexts(policy, accounts, [...found.path, 'serviceAccounts']), judgeServiceAccount, report);
}

function each(texts: readonly Located[] | null, judge: (text: string) => string | null, report: Report): void {
  for (const { text, path } of texts ?? []) {
    const message = judge(text);
    if (message !== null) report('impossible', path, message);
  }
}

function judgeResources({ resources }: Block, report: Report): void {
  const all = new Set((resources ?? []).map(({ text }) => text));
  for (const { text, path } of resources ?? []) {
    const verdict = judgeResource(text);
    if (verdict.kind === 'impossible') report('impossible', path, verdict.message);
    // Who names the new place too writes for old clusters and new ones.
    if (verdict.kind === 'unlikely' && !verdict.instead.some((one) => all.has(one))) {
      report('unlikely', path, verdict.message);
    }
  }
}

/** A request is about a resource or about a path, and the verbs of the two differ. */
function judgeVerbs({ path, verbs: given, resources, urls }: Block, report: Report): void {
  if (given === null || (resources === null && urls === null)) return;
  const verbs = given.map(({ text }) => text);
  const isPathsDead = urls !== null && !mayBeAskedOfPaths(verbs);
  const possible = (resources ?? []).filter(({ text }) => judgeResource(text).kind !== 'impossible');
  const dead = possible.filter(({ text }) => !mayBeAsked(text, verbs));
  const isAlive = (urls !== null && !isPathsDead) || dead.length < (resources ?? []).length;
  if (!isAlive && dead.every(({ text }) => isSettled(text, verbs))) {
    const [first] = dead;
    const write =
      first === undefined
        ? 'of paths the verbs are get, head, post, put, patch, delete'
        : verbsInstead(first.text, verbs);
    report('impossible', [...path, 'verbs'], `no request has ${listed(verbs)} as its verb here; ${write}`);
    return;
  }
  for (const { text, path: place } of dead) {
    const what = `"${text}" matches nothing with the verbs ${listed(verbs)}`;
    report('unlikely', place, visible(`${what}; ${verbsInstead(text, verbs)}`));
  }
  if (isPathsDead) {
    const what = `paths match nothing with the verbs ${listed(verbs)}`;
    report('unlikely', [...path, 'nonResourceURLs'], `${what}; theirs are get, head, post, put, patch, delete`);
  }
  if (urls !== null) return;
  for (const { text, path: place } of given) {
    const meant = verbOfMethod(text);
    if (meant === null || verbs.includes(meant)) continue;
    report('unlikely', place, `"${text}" is a verb of paths, and matches no resource; of resources it is ${meant}`);
  }
}

/** Namespaces and names of what has none. */
function judgePlace({ path, resources, urls, namespaces, names }: Block, report: Report): void {
  if (resources === null && urls === null) return;
  if (resources === null) {
    const place = namespaces === null ? (names === null ? null : 'names') : 'namespaces';
    if (place === null || (namespaces ?? names ?? []).some(({ text }) => text === '')) return;
    report('impossible', [...path, place], `paths have no ${place}, so nothing is matched; take ${place} out`);
    return;
  }
  if (namespaces === null || namespaces.some(({ text }) => text === '')) return;
  const nowhere = resources.filter(({ text }) => isClusterWide(text));
  const isWhole = nowhere.length === resources.length && urls === null;
  for (const { text, path: place } of nowhere) {
    const why = `"${text}" belongs to the whole cluster and is in no namespace`;
    report(
      isWhole ? 'impossible' : 'unlikely',
      place,
      isWhole ? `${why}; take namespaces out` : `${why}, so it is not matched here; give it a rule of its own`,
    );
  }
  if (urls !== null) {
    report(
      'unlikely',
      [...path, 'nonResourceURLs'],
      'paths have no namespaces, so none is matched here; give them a rule of their own',
    );
  }
}

/** A namespace is in itself: requests about one name it as theirs too (apiserver `requestinfo.go`). */
function isClusterWide(pattern: string): boolean {
  const found = builtInOf([{ text: pattern, path: [] }])?.[0];
  return found !== undefined && !found.namespaced && writtenResource(found) !== 'namespaces';
}

/** The built-in resources of a list; null where there are others, or patterns that take others in. */
function builtInOf(resources: readonly Located[] | null): readonly BuiltInResource[] | null {
  if (resources === null) return null;
  const found = resources.map(({ text }) => {
    const parts = resourceParts(text);
    return parts === null ? null : builtInResource(parts.group ?? '', parts.resource);
  });
  return found.some((one) => one === null) ? null : found.filter((one) => one !== null);
}

function listed(verbs: readonly string[]): string {
  return verbs.join(', ');
}
