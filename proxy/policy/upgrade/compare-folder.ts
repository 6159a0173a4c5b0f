import type { BuiltInPart, PartState } from '../../../model/policy-upgrade.ts';
import { BUILT_IN, type BuiltIn, commentOf, versionOf, versionSaying } from './built-in-parts.ts';
import { type PolicyPart, setsIn } from './policy-parts.ts';

/** The built-in parts of this version, and those of earlier ones that the folder has, each with how it stands there. */
export function compareFolder(parts: readonly PolicyPart[]): BuiltInPart[] {
  const inFolder = new Map(parts.map((part) => [part.id, part]));
  const known = new Set(BUILT_IN.map(({ id }) => id));
  const latest = latestVersionIn(parts);
  const found = BUILT_IN.filter(({ kind, id }) => kind !== 'head' || inFolder.has(id)).map((builtIn) => {
    const mine = inFolder.get(builtIn.id);
    const moved = mine === undefined ? elsewhere(builtIn, parts) : undefined;
    const state = moved === undefined ? stateOf(builtIn, mine, inFolder.has(builtIn.policy), latest) : 'moved';
    const usedBy = builtIn.kind === 'set' ? ownRulesWith(builtIn, parts) : [];
    // A head is a name: its metadata and defaults are not written.
    const available = builtIn.kind !== 'head' && (state === 'old' || state === 'new' || state === 'absent');
    return {
      id: builtIn.id,
      kind: builtIn.kind,
      state,
      file: mine?.file ?? moved?.file ?? inFolder.get(builtIn.policy)?.file ?? builtIn.file,
      inFolder: mine?.value ?? moved?.value ?? null,
      builtIn: builtIn.value,
      comment: commentOf(builtIn),
      needs: [],
      usedBy,
      available,
      offered: available && state !== 'absent' && usedBy.length === 0,
    };
  });
  return [...found.map((part) => ({ ...part, needs: setsFor(part, found) })), ...dropped(parts, known)];
}

/** The newest built-in version that anything in the folder is from; -1 where nothing is built in. A head is only a name. */
function latestVersionIn(parts: readonly PolicyPart[]): number {
  const builtIn = parts.filter(({ kind }) => kind !== 'head');
  return Math.max(-1, ...builtIn.map((part) => versionSaying(part) ?? -1));
}

function stateOf(builtIn: BuiltIn, mine: PolicyPart | undefined, hasPolicy: boolean, latest: number): PartState {
  if (mine !== undefined) {
    if (mine.fingerprint === builtIn.fingerprint) return 'same';
    return versionSaying(mine) === null ? 'changed' : 'old';
  }
  // Of what the folder was made from, somebody took it out: it alone, or with all of its document.
  const since = versionOf(hasPolicy ? builtIn.id : builtIn.policy) ?? Number.POSITIVE_INFINITY;
  return latest >= 0 && latest < since ? 'new' : 'absent';
}

/** A rule that a person put, as it was built in, into another document. */
function elsewhere({ id, kind, policy }: BuiltIn, parts: readonly PolicyPart[]): PolicyPart | undefined {
  if (kind !== 'rule') return undefined;
  const name = id.slice(policy.length);
  return parts.find(
    (part) =>
      part.kind === 'rule' &&
      part.id === `${part.policy}${name}` &&
      versionSaying({ id, fingerprint: part.fingerprint }) !== null,
  );
}

/** The rules of the folder that are a person's and refer to this set: another set would change what they say. */
function ownRulesWith({ id, policy }: BuiltIn, parts: readonly PolicyPart[]): string[] {
  const name = id.slice(policy.length + 2);
  return parts
    .filter((part) => part.kind === 'rule' && part.policy === policy && versionSaying(part) === null)
    .filter(({ value }) => setsIn(value).includes(name))
    .map((part) => part.id);
}

/** The sets of its document that a rule refers to, as far as they are to be had. */
function setsFor({ id, kind, builtIn }: BuiltInPart, found: readonly BuiltInPart[]): string[] {
  if (kind !== 'rule') return [];
  const policy = id.slice(0, id.indexOf('/'));
  const sets = new Set(setsIn(builtIn).map((name) => `${policy}/$${name}`));
  return found.filter((part) => sets.has(part.id) && part.available).map((part) => part.id);
}

/** What an earlier version had and this one has not. */
function dropped(parts: readonly PolicyPart[], known: ReadonlySet<string>): BuiltInPart[] {
  return parts
    .filter(({ id, kind }) => kind !== 'head' && !known.has(id) && versionOf(id) !== null)
    .map(({ id, kind, file, value }) => ({
      ...{ id, kind, file, state: 'dropped' as const },
      ...{ inFolder: value, builtIn: null, comment: '', needs: [], usedBy: [], available: false, offered: false },
    }));
}
