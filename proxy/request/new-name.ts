import type { RequestInfo } from './api-request.ts';
import { isJsonObject, type JsonValue } from './json-value.ts';

/** Longer names the API server refuses (`IsDNS1123Subdomain`: 253). */
const NAME_AT_MOST = 253;

/**
 * What a create makes is named in its body alone: the path of a POST has no name.
 * @param read what the body says, be it JSON, YAML or protobuf; called where it can name something.
 * @returns that name, `prefix*` where the API server makes one up, or null where nothing is named.
 */
export function newNameOf({ verb, name }: Pick<RequestInfo, 'verb' | 'name'>, read: () => JsonValue): string | null {
  const said = verb === 'create' && name === '' ? read() : null;
  if (!isJsonObject(said)) return null;
  const metadata = said.get('metadata');
  if (!isJsonObject(metadata)) return null;
  const [named, prefix] = [metadata.get('name'), metadata.get('generateName')];
  if (typeof named === 'string' && named !== '') return named.slice(0, NAME_AT_MOST);
  return typeof prefix === 'string' && prefix !== '' ? `${prefix.slice(0, NAME_AT_MOST)}*` : null;
}
