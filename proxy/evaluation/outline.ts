import type { OutlineEntry } from '../../model/approval.ts';
import { JSON_PATCH } from '../request/media-types.ts';
import { writeJson } from '../request/write-json.ts';
import { at, type Fields, listAt, textAt, textsAt } from './fields.ts';
import { readable, type Written } from './look/body.ts';

/** Of a list, so many are told; and so much of one name. */
const ENTRIES_AT_MOST = 6;
const CHARACTERS_AT_MOST = 200;

const RBAC = 'rbac.authorization.k8s.io';

/**
 * What a body asks for in a few words, so that two requests can be told apart in a list: the role and the subjects of a
 * binding, the rights of a role, the images of a workload. Names alone, never other values. Only for people: rules and
 * grants rest on the body itself.
 */
export function outlineOf(written: Written): OutlineEntry[] {
  const said = readable(written);
  if (said === null) return [];
  const object: unknown = JSON.parse(writeJson(said));
  return entries(object, written).filter(({ says }) => says !== '');
}

function entries(object: unknown, { request: { contentType, info } }: Written): OutlineEntry[] {
  if (contentType === JSON_PATCH && Array.isArray(object))
    return [{ name: 'patch', says: list(object.map(operation)) }];
  if (info.apiGroup === RBAC) {
    return info.resource.endsWith('bindings') ? ofBinding(object) : [{ name: 'rights', says: rights(object) }];
  }
  return ofWorkload(object);
}

function operation(entry: unknown): string {
  return `${textAt(entry, 'op')} ${textAt(entry, 'path')}`.trim();
}

function ofBinding(binding: unknown): OutlineEntry[] {
  const role = `${textAt(binding, 'roleRef', 'kind')} ${textAt(binding, 'roleRef', 'name')}`.trim();
  return [
    { name: 'role', says: cut(role) },
    { name: 'subjects', says: list(listAt(binding, 'subjects').map(subject)) },
  ];
}

function subject(entry: unknown): string {
  const [kind, namespace, name] = [textAt(entry, 'kind'), textAt(entry, 'namespace'), textAt(entry, 'name')];
  return `${kind} ${namespace === '' ? name : `${namespace}/${name}`}`.trim();
}

/** `get, list secrets (only db); * deployments.apps; get /metrics`. */
function rights(role: unknown): string {
  return list(listAt(role, 'rules').map(right), '; ');
}

function right(rule: unknown): string {
  const groups = textsAt(rule, 'apiGroups');
  const resources = textsAt(rule, 'resources').flatMap((resource) =>
    (groups.length === 0 ? [''] : groups).map((group) => (group === '' ? resource : `${resource}.${group}`)),
  );
  const names = textsAt(rule, 'resourceNames');
  const what = [...resources, ...textsAt(rule, 'nonResourceURLs')].join(', ');
  return `${textsAt(rule, 'verbs').join(', ')} ${what}${names.length === 0 ? '' : ` (only ${names.join(', ')})`}`.trim();
}

/** Of whatever makes pods, wherever its kind keeps the template; and of what scales. */
function ofWorkload(object: unknown): OutlineEntry[] {
  const paths = [['spec'], ['spec', 'template', 'spec'], ['spec', 'jobTemplate', 'spec', 'template', 'spec']];
  const specs = paths.map((path) => at(object, ...path));
  const containers = specs.flatMap((spec) =>
    ['initContainers', 'containers', 'ephemeralContainers'].flatMap((kind) => listAt(spec, kind)),
  );
  const images = containers.map((container) => textAt(container, 'image')).filter((image) => image !== '');
  const accounts = specs.map((spec) => textAt(spec, 'serviceAccountName')).filter((name) => name !== '');
  const replicas = at(object as Fields, 'spec', 'replicas');
  return [
    { name: images.length === 1 ? 'image' : 'images', says: list([...new Set(images)]) },
    { name: 'account', says: images.length === 0 ? '' : list(accounts) },
    { name: 'replicas', says: typeof replicas === 'number' ? String(replicas) : '' },
  ];
}

function list(names: readonly string[], separator = ', '): string {
  const shown = names.slice(0, ENTRIES_AT_MOST).map(cut);
  const more = names.length - shown.length;
  return `${shown.join(separator)}${more > 0 ? ` and ${more} more` : ''}`;
}

function cut(text: string): string {
  return text.length > CHARACTERS_AT_MOST ? `${text.slice(0, CHARACTERS_AT_MOST)}…` : text;
}
