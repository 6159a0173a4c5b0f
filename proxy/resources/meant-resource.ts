import { nearMiss } from '../../model/near-miss.ts';
import { BUILT_IN_RESOURCES, type BuiltInResource, writtenResource } from './built-in-resources.ts';

/** By whatever kubectl takes for it, in lower case. */
const BY_WORD: ReadonlyMap<string, readonly BuiltInResource[]> = byWord();
/** Short names have a neighbour everywhere. */
const WORDS = BUILT_IN_RESOURCES.flatMap(({ resource, kind }) => [resource, kind.toLowerCase()]);

/** What people call a subresource that has another name. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  logs: 'log',
  'port-forward': 'portforward',
  evict: 'eviction',
  bind: 'binding',
  approve: 'approval',
  tokens: 'token',
  shell: 'exec',
};

/** The built-in resources that go by a word: plural, singular, kind or short name, in any case. */
export function resourcesCalled(word: string): readonly BuiltInResource[] {
  return BY_WORD.get(word.toLowerCase()) ?? [];
}

/** The subresource that was meant by a word, of those that there are; null where none comes near. */
export function subresourceCalled(word: string, there: readonly string[]): string | null {
  const lower = word.toLowerCase();
  const other = OTHER_WORDS[lower] ?? lower;
  return there.includes(other) ? other : nearMiss(lower, there);
}

/**
 * What a text that names no resource was probably meant to be, as rules write it: `Deployment`, `deploy`, `pod/exec`,
 * `apps/v1/deployments`, `deployments.v1.apps` or `deploymnets`. Empty where nothing comes near.
 */
function meantResources(text: string): readonly string[] {
  const [first = '', ...others] = text.trim().split('/');
  const candidates = named(first);
  if (candidates.length > 0) return candidates.map((one) => writtenWith(one, others[0] ?? ''));
  // A group and perhaps a version before the resource, as in an apiVersion or a path.
  const group = first.toLowerCase();
  for (const segment of others) {
    const inGroup = preferring(resourcesCalled(segment), group);
    if (inGroup.length > 0) return inGroup.map((one) => writtenWith(one, others[others.indexOf(segment) + 1] ?? ''));
  }
  const [word = ''] = first.split('.');
  const near = nearMiss(word, WORDS);
  return near === null ? [] : named(near + first.slice(word.length)).map((one) => writtenWith(one, others[0] ?? ''));
}

/** `write deployments.apps`, for the end of a message; empty where nothing comes near. */
export function writeInstead(text: string): string {
  const meant = meantResources(text);
  return meant.length === 0 ? '' : `write ${meant.join(' or ')}`;
}

function named(text: string): readonly BuiltInResource[] {
  const [word = '', ...group] = text.split('.');
  return preferring(resourcesCalled(word), group.join('.').toLowerCase());
}

/** Those of the group that was given or hinted at; all where it is none of theirs. */
function preferring(found: readonly BuiltInResource[], hint: string): readonly BuiltInResource[] {
  if (hint === '') return found;
  const labels = new Set(hint.split('.'));
  const close = found.filter(({ group }) => labels.has(group.split('.', 1)[0] ?? ''));
  return close.length === 0 ? found : close;
}

function writtenWith(resource: BuiltInResource, word: string): string {
  const { subresources } = resource;
  const subresource = word === '*' ? word : (subresourceCalled(word, subresources) ?? '');
  return writtenResource(resource, word === '' ? '' : subresource);
}

function byWord(): Map<string, BuiltInResource[]> {
  const words = new Map<string, BuiltInResource[]>();
  for (const one of BUILT_IN_RESOURCES) {
    for (const word of new Set([one.resource, one.kind.toLowerCase(), ...one.shortNames])) {
      words.set(word, [...(words.get(word) ?? []), one]);
    }
  }
  return words;
}
