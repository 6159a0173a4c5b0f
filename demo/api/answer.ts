import type { ServerResponse } from 'node:http';
import { stringify as toYaml } from 'yaml';
import { goJson, isJsonObject, type JsonObject, objectAt, objectsAt } from '../store/json.ts';
import { ApiError } from '../store/status.ts';
import { partialMetadata, tableOf } from '../table/table.ts';
import type { Call } from './call.ts';
import { type AnswerShape, negotiate, plainJson, type Representation, readIncludeObject } from './negotiation.ts';

/** curl, Wget and browsers get indented JSON, as from the real server. */
function wantsPretty(call: Call): boolean {
  const asked = call.query.get('pretty');
  if (asked !== null) return asked !== '0' && asked !== 'false';
  return /^(curl|Wget|Mozilla)\//.test(call.headers.first('User-Agent') ?? '');
}

/** The representation that this caller asked for. */
export function representationFor(call: Call, shape: AnswerShape): Representation {
  return negotiate(call.headers.first('Accept'), shape, wantsPretty(call));
}

function listTransformed(list: JsonObject, kind: string, call: Call, as: Representation): JsonObject {
  const items = objectsAt(list, 'items');
  const metadata = objectAt(list, 'metadata');
  if (as.transform === 'Table') {
    const include = readIncludeObject(call.query.get('includeObject'));
    const named =
      include === 'Object' ? items.map((item) => ({ kind, apiVersion: list['apiVersion'] ?? '', ...item })) : items;
    return tableOf(kind, named, metadata, { version: as.tableVersion, include, withColumns: true });
  }
  return {
    kind: 'PartialObjectMetadataList',
    apiVersion: `meta.k8s.io/${as.tableVersion}`,
    metadata,
    items: items.map((item) => partialMetadata(item, as.tableVersion)),
  };
}

function objectTransformed(object: JsonObject, call: Call, as: Representation): JsonObject {
  if (as.transform === 'PartialObjectMetadata') return partialMetadata(object, as.tableVersion);
  const include = readIncludeObject(call.query.get('includeObject'));
  const { resourceVersion } = objectAt(object, 'metadata');
  const metadata = resourceVersion === undefined ? {} : { resourceVersion };
  const options = { version: as.tableVersion, include, withColumns: true };
  return tableOf(String(object['kind']), [object], metadata, options);
}

/** @throws {ApiError} 406 when the metadata of a list is asked of an object, or of an object of a list. */
function checkMetadataForm(as: Representation, object: JsonObject, list: boolean): void {
  if (object['kind'] === 'Status' || !as.transform.startsWith('PartialObjectMetadata')) return;
  if (as.transform.endsWith('List') === list) return;
  const [group = ''] = String(object['apiVersion']).includes('/') ? String(object['apiVersion']).split('.') : ['core'];
  const type = `*${group.split('/')[0]}.${object['kind']}`;
  const what = list ? 'a list' : 'not a list';
  const message = `you requested ${as.transform}, but the requested object is ${what} (${type})`;
  throw new ApiError(406, 'NotAcceptable', message);
}

/** Writes an object or a list in the form that was asked for; `Status` is never transformed. */
export function answer(call: Call, code: number, object: JsonObject, listKind = ''): void {
  const as = representationFor(call, listKind === '' ? 'object' : 'list');
  let body = object;
  checkMetadataForm(as, object, listKind !== '');
  if (as.transform !== 'none' && object['kind'] !== 'Status') {
    body = listKind === '' ? objectTransformed(object, call, as) : listTransformed(object, listKind, call, as);
  }
  write(call.response, code, body, as);
}

/** Writes a Status in YAML where YAML was asked for, else in JSON. */
export function answerStatus(response: ServerResponse, accept: string | undefined, status: JsonObject): void {
  let as = plainJson;
  try {
    as = negotiate(accept, 'object', false);
  } catch {
    // An Accept that cannot be met does not hide the error.
  }
  const { retryAfterSeconds } = objectAt(status, 'details');
  if (typeof retryAfterSeconds === 'number') response.setHeader('Retry-After', retryAfterSeconds);
  write(response, typeof status['code'] === 'number' ? status['code'] : 200, status, { ...as, transform: 'none' });
}

function write(response: ServerResponse, code: number, body: JsonObject, as: Representation): void {
  const text = as.format === 'yaml' ? toYaml(body) : `${goJson(body, as.pretty ? 2 : undefined)}\n`;
  const bytes = Buffer.from(text);
  response.writeHead(code, { 'Content-Type': `application/${as.format}`, 'Content-Length': bytes.length });
  response.end(bytes);
}

/** An item of a built-in list: without kind and apiVersion. */
export function asItem(object: JsonObject): JsonObject {
  if (!isJsonObject(object)) return {};
  const { kind: _kind, apiVersion: _version, ...item } = object;
  return item;
}
