import { isJsonObject, type Json, sameJson } from '../store/json.ts';
import { set } from './merge-patch.ts';

/** A JSON Patch (RFC 6902) that does not fit the document, or is none. */
export class JsonPatchError extends Error {}

function pointer(text: Json | undefined): string[] {
  if (typeof text !== 'string' || (text !== '' && !text.startsWith('/'))) throw new JsonPatchError('bad pointer');
  return text
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function index(list: readonly Json[], part: string, end: number): number {
  if (!/^(0|[1-9]\d*)$/.test(part) || Number(part) > end) throw new JsonPatchError(`no index ${part}`);
  return Math.min(Number(part), list.length);
}

function read(document: Json, path: readonly string[]): Json {
  let current: Json | undefined = document;
  for (const part of path) {
    if (Array.isArray(current)) current = current[index(current, part, current.length - 1)];
    else if (isJsonObject(current) && Object.hasOwn(current, part)) current = current[part];
    else throw new JsonPatchError(`no value at ${part}`);
  }
  if (current === undefined) throw new JsonPatchError('no value');
  return current;
}

function change(document: Json, path: readonly string[], apply: (parent: Json, part: string) => void): void {
  const part = path.at(-1);
  if (part === undefined) throw new JsonPatchError('the whole document');
  apply(read(document, path.slice(0, -1)), part);
}

function add(document: Json, path: readonly string[], value: Json): Json {
  if (path.length === 0) return value;
  change(document, path, (parent, part) => {
    if (Array.isArray(parent))
      parent.splice(part === '-' ? parent.length : index(parent, part, parent.length), 0, value);
    else if (isJsonObject(parent)) set(parent, part, value);
    else throw new JsonPatchError('not a container');
  });
  return document;
}

function remove(document: Json, path: readonly string[]): void {
  read(document, path);
  change(document, path, (parent, part) => {
    if (Array.isArray(parent)) parent.splice(index(parent, part, parent.length - 1), 1);
    else if (isJsonObject(parent)) delete parent[part];
  });
}

function value(operation: { readonly [field: string]: Json }): Json {
  const given = operation['value'];
  if (given === undefined) throw new JsonPatchError('no value');
  return structuredClone(given);
}

/**
 * Applies a JSON Patch to a copy of a document.
 * @throws {JsonPatchError} when it is malformed, points nowhere, or a `test` fails.
 */
export function jsonPatch(document: Json, patch: Json): Json {
  if (!Array.isArray(patch)) throw new JsonPatchError('a list is needed');
  let result = structuredClone(document);
  for (const operation of patch) {
    if (!isJsonObject(operation)) throw new JsonPatchError('an operation is needed');
    const path = pointer(operation['path']);
    switch (operation['op']) {
      case 'add':
        result = add(result, path, value(operation));
        break;
      case 'remove':
        remove(result, path);
        break;
      case 'replace':
        if (path.length === 0) result = value(operation);
        else {
          remove(result, path);
          result = add(result, path, value(operation));
        }
        break;
      case 'copy':
        result = add(result, path, structuredClone(read(result, pointer(operation['from']))));
        break;
      case 'move': {
        const moved = read(result, pointer(operation['from']));
        remove(result, pointer(operation['from']));
        result = add(result, path, moved);
        break;
      }
      case 'test':
        if (!sameJson(read(result, path), value(operation))) throw new JsonPatchError('test failed');
        break;
      default:
        throw new JsonPatchError('unknown operation');
    }
  }
  return result;
}
