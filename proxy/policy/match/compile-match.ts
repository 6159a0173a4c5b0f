import { visible } from '../../../model/visible-text.ts';
import { compileGlobs } from '../../patterns/glob.ts';
import { writeInstead } from '../../resources/meant-resource.ts';
import { type Dimensions, KNOWN_VERBS, type MatchBlock } from '../document/policy-document.ts';
import type { SetReader } from '../document/set-reader.ts';
import { impersonationText, resourceText } from '../policy-question.ts';
import { actsAsText, compileActsAs } from './act-as-match.ts';
import { allOf, awaiting, type Dimension, opposite, yesOrNo } from './dimension.ts';
import { compileImpersonation } from './impersonation-match.ts';
import { compileResources, isResourcePattern, RESOURCE_PATTERN_FORM } from './resource-pattern.ts';

/** Verbs of requests that touch objects which the path does not name. */
const COLLECTION_VERBS = new Set(['list', 'watch', 'deletecollection']);
/** Beside those, the name is not in the path when an object is created. */
const NAMELESS_VERBS = new Set([...COLLECTION_VERBS, 'create']);

/** Compiles a `match` block with its `not`; problems are reported to the reader. */
export function compileMatch(match: MatchBlock, sets: SetReader, path: readonly (string | number)[]): Dimension[] {
  const { not, actsAs: identities, ...positive } = match;
  const dimensions = compileDimensions(positive, sets, path);
  (not ?? []).forEach((block, index) => {
    const excluded = compileDimensions(block, sets, [...path, 'not', index]);
    dimensions.push({
      name: 'not',
      wanted: excluded.map(({ name, wanted }) => `${name}: ${wanted}`).join(' and '),
      got: (question) => excluded.map((dimension) => `${dimension.name}: ${dimension.got(question)}`).join(' and '),
      // What may be excluded but is not certain to be must still be restricted, hence the other sense of lenient.
      answer: (question, lenient) => opposite(allOf(excluded, question, !lenient)),
      fixed: excluded.every(({ fixed }) => fixed),
    });
  });
  // Last, because it costs most.
  return [...dimensions, ...actsAs(identities, sets, [...path, 'actsAs'])];
}

function compileDimensions(block: Dimensions, sets: SetReader, path: readonly (string | number)[]): Dimension[] {
  return [
    ...verbs(block, sets, path),
    ...target(block, sets, path),
    ...subjects(block, sets, path),
    ...sessions(block),
    ...clusters(block, sets, path),
    ...namespaces(block, sets, path),
    ...names(block, sets, path),
    ...impersonation(block, sets, path),
  ];
}

function verbs(block: Dimensions, sets: SetReader, path: readonly (string | number)[]): Dimension[] {
  if (block.verbs === undefined) return [];
  const wanted = sets.texts(block.verbs, [...path, 'verbs']);
  for (const verb of wanted) {
    if (verb === 'impersonate')
      sets.report([...path, 'verbs'], 'invalid-value', 'use the impersonation block instead of the verb impersonate');
    else if (!KNOWN_VERBS.has(verb))
      sets.report([...path, 'verbs'], 'invalid-value', `"${verb}" is not a verb (${[...KNOWN_VERBS].join(', ')})`);
  }
  const known = new Set(wanted);
  const every = known.has('*');
  return [
    {
      name: 'verbs',
      wanted: wanted.join(', '),
      got: (question) => question.verb,
      answer: (question) => yesOrNo(every || known.has(question.verb)),
      fixed: true,
    },
  ];
}

/** `resources` and `nonResourceURLs` are two halves of one dimension: a request is about either. */
function target(block: Dimensions, sets: SetReader, path: readonly (string | number)[]): Dimension[] {
  if (block.resources === undefined && block.nonResourceURLs === undefined) return [];
  const resources = sets.texts(block.resources ?? [], [...path, 'resources']);
  const urls = sets.texts(block.nonResourceURLs ?? [], [...path, 'nonResourceURLs']);
  for (const pattern of resources) {
    if (isResourcePattern(pattern)) continue;
    const write = writeInstead(pattern);
    const message = `"${pattern}" ${RESOURCE_PATTERN_FORM}${write === '' ? '' : `; ${write}`}`;
    sets.report([...path, 'resources'], 'invalid-value', visible(message));
  }
  for (const url of urls) {
    if (!url.startsWith('/') && url !== '*')
      sets.report([...path, 'nonResourceURLs'], 'invalid-value', `"${url}" must begin with /`);
  }
  const isResource = compileResources(resources.filter(isResourcePattern));
  const isUrl = compileGlobs(urls);
  return [
    {
      name: block.resources === undefined ? 'nonResourceURLs' : 'resources',
      wanted: [...resources, ...urls].join(', '),
      got: (question) => (question.resource === '' ? question.nonResourcePath : resourceText(question)),
      answer: (question) =>
        yesOrNo(
          question.resource === '' ? isUrl(question.nonResourcePath) : isResource(question.apiGroup, question.resource),
        ),
      fixed: true,
      permits: 'target',
    },
  ];
}

function subjects(block: Dimensions, sets: SetReader, path: readonly (string | number)[]): Dimension[] {
  if (block.subjects === undefined) return [];
  const { users, groups, serviceAccounts } = sets.identities(block.subjects, [...path, 'subjects']);
  if (serviceAccounts)
    sets.report(
      [...path, 'subjects'],
      'invalid-value',
      'a subject is a user or a group; service accounts are for impersonation',
    );
  const isUser = compileGlobs(users ?? []);
  const isGroup = compileGlobs(groups ?? []);
  const plain = ![...(users ?? []), ...(groups ?? [])].some((pattern) => pattern.includes('*'));
  return [
    {
      name: 'subjects',
      wanted: [...(users ?? []), ...(groups ?? []).map((group) => `group ${group}`)].join(', '),
      got: ({ principal }) => [principal.user, ...principal.groups.map((group) => `group ${group}`)].join(', '),
      answer: ({ principal }) => yesOrNo(isUser(principal.user) || principal.groups.some(isGroup)),
      fixed: false,
      ...(plain ? { principals: { users: users ?? [], groups: groups ?? [] } } : {}),
    },
  ];
}

function sessions({ sessions: kinds }: Dimensions): Dimension[] {
  if (kinds === undefined) return [];
  return [
    {
      name: 'sessions',
      wanted: kinds.join(', '),
      got: ({ principal }) => principal.session.kind,
      answer: ({ principal }) => yesOrNo(kinds.includes(principal.session.kind)),
      fixed: false,
    },
  ];
}

function clusters(block: Dimensions, sets: SetReader, path: readonly (string | number)[]): Dimension[] {
  if (block.clusters === undefined) return [];
  const { names: wantedNames, labels = {} } = sets.clusters(block.clusters, [...path, 'clusters']);
  const isName = wantedNames === undefined ? () => true : compileGlobs(wantedNames);
  const pairs = Object.entries(labels);
  return [
    {
      name: 'clusters',
      wanted: [...(wantedNames ?? []), ...pairs.map(([key, value]) => `${key}=${value}`)].join(', '),
      got: ({ cluster }) =>
        [cluster.name, ...Object.entries(cluster.labels).map(([key, value]) => `${key}=${value}`)].join(', '),
      answer: ({ cluster }) =>
        yesOrNo(isName(cluster.name) && pairs.every(([key, value]) => cluster.labels[key] === value)),
      fixed: false,
    },
  ];
}

function namespaces(block: Dimensions, sets: SetReader, path: readonly (string | number)[]): Dimension[] {
  if (block.namespaces === undefined) return [];
  const wanted = sets.texts(block.namespaces, [...path, 'namespaces']);
  const isNamespace = compileGlobs(wanted);
  return [
    {
      name: 'namespaces',
      wanted: wanted.join(', '),
      got: (question) => question.namespace || '(none)',
      answer: (question, lenient) =>
        yesOrNo(
          isNamespace(question.namespace) ||
            (lenient && question.namespace === '' && question.resource !== '' && COLLECTION_VERBS.has(question.verb)),
        ),
      fixed: false,
    },
  ];
}

function names(block: Dimensions, sets: SetReader, path: readonly (string | number)[]): Dimension[] {
  if (block.names === undefined) return [];
  const wanted = sets.texts(block.names, [...path, 'names']);
  const isName = compileGlobs(wanted);
  return [
    {
      name: 'names',
      wanted: wanted.join(', '),
      got: (question) => question.name || '(none)',
      answer: (question, lenient) =>
        yesOrNo(
          isName(question.name) ||
            (lenient && question.name === '' && question.resource !== '' && NAMELESS_VERBS.has(question.verb)),
        ),
      fixed: false,
    },
  ];
}

function impersonation(block: Dimensions, sets: SetReader, path: readonly (string | number)[]): Dimension[] {
  if (block.impersonation === undefined) return [];
  const { any = false, as, uids } = block.impersonation;
  const identities = as === undefined ? null : sets.identities(as, [...path, 'impersonation', 'as']);
  const wantedUids = sets.texts(uids ?? [], [...path, 'impersonation', 'uids']);
  const { touches, covers } = compileImpersonation({ any, as: identities, uids: wantedUids });
  const listed = [
    ...(identities?.users ?? []),
    ...(identities?.groups ?? []).map((group) => `group ${group}`),
    ...(identities?.serviceAccounts ?? []).map((account) => `service account ${account}`),
    ...wantedUids.map((uid) => `UID ${uid}`),
  ];
  return [
    {
      name: 'impersonation',
      wanted: [...(any ? ['any'] : []), ...listed].join(', '),
      got: impersonationText,
      answer: (question, lenient) =>
        yesOrNo(question.impersonation !== null && (lenient ? touches : covers)(question.impersonation)),
      fixed: false,
      permits: 'impersonation',
    },
  ];
}

function actsAs(block: MatchBlock['actsAs'], sets: SetReader, path: readonly (string | number)[]): Dimension[] {
  if (block === undefined) return [];
  const { any = false, as, through, strong = false } = block;
  const test = compileActsAs({
    any,
    as: as === undefined ? null : sets.identities(as, [...path, 'as']),
    through: through ?? null,
    strong,
  });
  const wanted = [
    any ? 'any' : JSON.stringify(as),
    ...(through === undefined ? [] : [`through ${through.join(', ')}`]),
    ...(strong ? ['strong only'] : []),
  ];
  return [
    {
      name: 'actsAs',
      wanted: wanted.join(' '),
      got: (question) => actsAsText(test.mentioned(question), impersonationText(question)),
      mentioned: test.mentioned,
      ...awaiting('identities', test),
      fixed: false,
      permits: test.namesImpersonation ? 'impersonation' : 'identity',
    },
  ];
}
