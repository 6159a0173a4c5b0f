import { parse } from 'yaml';
import { asFiles, compilePatterns, findCredentials } from '../patterns/value-patterns.ts';
import type { ApiRequest } from '../request/api-request.ts';
import { JSON_PATCH } from '../request/media-types.ts';
import { readProtobufObject } from '../request/protobuf/read-object.ts';
import { withoutOwnTexts } from './own-texts-of-body.ts';
import { kindClassOf } from './plan/mask-rules.ts';
import { unescapeString } from './scan/escaped-text.ts';
import { type JsonEvents, JsonScanner } from './scan/json-scanner.ts';
import { LAST_APPLIED } from './tokens/mask-form.ts';

/** As much of a body as a person reads on a card. */
const LIMIT = 16 * 1024;

const MASKED = '"<masked>"';

/** Names of fields and variables that hold secrets, and the endings that only point at one. */
const SECRET_NAME =
  /pass(?:word|wd|phrase)?$|passw|secret|token|api[-_]?key|credential|private[-_]?key|dsn$|conn(?:ection)?[-_]?str|\bpwd|_pwd/i;
const POINTS_AT_SECRET = /(?:Name|Namespace|Ref|Path|Type|Class)$/;

/** Values that give themselves away: private keys, JWTs, passwords in URLs. */
const SECRET_VALUE = /-----BEGIN [A-Z ]*PRIVATE KEY|\beyJ[\w-]{8,}\.[\w-]{8,}\.|:\/\/[^/\s:@]*:[^/\s@]+@/;

/** What a ConfigMap holds is looked into as it is where ConfigMaps are read. */
const FILES = asFiles(compilePatterns(['builtin:credentials']), 'by-text');

/**
 * A request's body as it may be shown to the person who approves it: indented JSON, numbers and order of keys as sent,
 * without the values of Secrets and what looks like one. Cut at 16 KiB.
 * Protobuf, in which kubectl and helm send built-in kinds, is shown as the JSON that it stands for.
 * @returns null for what cannot be read whole: other protobuf, malformed JSON or YAML.
 */
export function maskPreview(bytes: Buffer, request: ApiRequest): string | null {
  const readable = protobufAsJson(bytes, request) ?? bytes;
  const json = bytes.length === 0 ? null : (preview(readable, request) ?? preview(yamlAsJson(bytes, request), request));
  if (json === null || json.length <= LIMIT) return json;
  return `${json.slice(0, LIMIT)}\n… cut here; the body has ${bytes.length} bytes`;
}

/** kubectl and helm send built-in kinds in protobuf. */
function protobufAsJson(bytes: Buffer, { contentType }: ApiRequest): Buffer | null {
  const object = contentType === 'application/vnd.kubernetes.protobuf' ? readProtobufObject(bytes) : null;
  return object === null ? null : Buffer.from(JSON.stringify(object));
}

function preview(bytes: Buffer | null, request: ApiRequest): string | null {
  if (bytes === null) return null;
  try {
    const text = written(bytes, request);
    return kindClassOf(request.info) === 'secrets'
      ? written(withoutOwnTexts(bytes, request, '<masked>'), request)
      : text;
  } catch {
    return null;
  }
}

/** @throws {NotMaskable} */
function written(bytes: Buffer, request: ApiRequest): string {
  const writer = new PreviewWriter(bytes, request);
  const scanner = new JsonScanner(writer, { manyRoots: false });
  scanner.scan(bytes, 0, 0, bytes.length);
  scanner.end(bytes, 0, bytes.length);
  return writer.text();
}

/** Server-side apply takes YAML; kubectl sends JSON there, others do not. */
function yamlAsJson(bytes: Buffer, { info }: ApiRequest): Buffer | null {
  // What goes to a backend was not checked before, and YAML can be made to cost anything.
  if (info.subresource === 'proxy') return null;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const value: unknown = text.includes('\0') ? null : parse(text, { version: '1.1', maxAliasCount: 0 });
    return typeof value === 'object' && value !== null ? Buffer.from(JSON.stringify(value)) : null;
  } catch {
    return null;
  }
}

interface Level {
  readonly array: boolean;
  /** Everything inside is masked. */
  readonly masked: boolean;
  /** The key that holds this object, through lists: `env` for each of its entries. */
  readonly heldBy: string;
  key: string;
  entries: number;
  /** What this object says of itself before its value: an environment variable's name, a patch operation's path. */
  name: string | null;
}

/** Writes what the scanner finds, indented, and leaves values out. Builds no objects, so nothing is rounded. */
class PreviewWriter implements JsonEvents {
  readonly #bytes: Buffer;
  readonly #isSecret: boolean;
  readonly #isConfigMap: boolean;
  readonly #isJsonPatch: boolean;
  readonly #levels: Level[] = [];
  #text = '';

  constructor(bytes: Buffer, request: ApiRequest) {
    this.#bytes = bytes;
    const kindClass = kindClassOf(request.info);
    this.#isSecret = kindClass === 'secrets';
    this.#isConfigMap = kindClass === 'configmaps';
    this.#isJsonPatch = request.contentType === JSON_PATCH;
  }

  text(): string {
    return this.#text;
  }

  /** Nothing more of it is shown; what follows only has to be JSON. */
  get #isFull(): boolean {
    return this.#text.length > LIMIT;
  }

  openObject(): void {
    this.#open('{', false);
  }

  openArray(): void {
    this.#open('[', true);
  }

  close(): void {
    const level = this.#levels.pop();
    if (this.#isFull) return;
    if ((level?.entries ?? 0) > 0) this.#text += `\n${'  '.repeat(this.#levels.length)}`;
    this.#text += level?.array === true ? ']' : '}';
  }

  key(start: number, end: number): void {
    if (this.#isFull) return;
    const level = this.#levels.at(-1);
    const raw = this.#raw(start, end);
    if (level !== undefined) level.key = unescapeString(raw);
    this.#newLine(level);
    this.#text += `"${raw}": `;
  }

  string(start: number, end: number): void {
    if (this.#isFull) return;
    const raw = this.#raw(start, end);
    const value = unescapeString(raw);
    this.#beforeValue();
    const level = this.#levels.at(-1);
    if (level !== undefined && (level.key === 'name' || (this.#isJsonPatch && level.key === 'path')))
      level.name = value;
    const file = this.#isConfigMap ? fileWithoutCredentials(level?.key ?? '', value) : null;
    if (this.#hides(level)) this.#text += MASKED;
    else this.#text += file ?? (SECRET_VALUE.test(value) ? MASKED : `"${raw}"`);
  }

  scalar(start: number, end: number): void {
    if (this.#isFull) return;
    this.#beforeValue();
    const raw = this.#raw(start, end);
    this.#text += raw !== 'null' && this.#levels.at(-1)?.masked === true ? MASKED : raw;
  }

  #open(bracket: string, array: boolean): void {
    if (!this.#isFull) this.#beforeValue();
    const above = this.#levels.at(-1);
    const heldBy = above === undefined ? '' : above.array ? above.heldBy : above.key;
    const masked = above !== undefined && (above.masked || (!above.array && this.#holdsValues(above)));
    this.#levels.push({ array, masked, heldBy, key: '', entries: 0, name: null });
    if (!this.#isFull) this.#text += bracket;
  }

  /** Whether everything under the key that comes next is a Secret's. */
  #holdsValues(level: Level): boolean {
    if (!this.#isSecret) return false;
    if (this.#isJsonPatch && level.key === 'value') return !isHarmlessPath(level.name);
    return level.key === 'data' || level.key === 'stringData';
  }

  #hides(level: Level | undefined): boolean {
    if (level === undefined) return false;
    if (level.masked) return true;
    const { key, name } = level;
    if (level.array) return isSecretName(level.heldBy);
    if (key === LAST_APPLIED) return true;
    if (key === 'value' && this.#isJsonPatch && this.#isSecret) return !isHarmlessPath(name);
    // An entry that gives its value before its name is not how any client writes it.
    if (key === 'value' && (level.heldBy === 'env' || this.#isJsonPatch)) return name === null || isSecretName(name);
    return this.#holdsValues(level) || isSecretName(key);
  }

  #beforeValue(): void {
    const level = this.#levels.at(-1);
    if (level?.array === true) this.#newLine(level);
  }

  #newLine(level: Level | undefined): void {
    if (level === undefined) return;
    this.#text += `${level.entries > 0 ? ',' : ''}\n${'  '.repeat(this.#levels.length)}`;
    level.entries += 1;
  }

  #raw(start: number, end: number): string {
    return this.#bytes.toString('utf8', start, end);
  }
}

/** The rest of a file is what a person has to read; null where there is nothing to hide. */
function fileWithoutCredentials(key: string, text: string): string | null {
  const parts = findCredentials(text, { name: key, flag: null }, FILES, null);
  if (parts.length === 0) return null;
  let shown = '';
  let from = 0;
  for (const { start, end } of parts) {
    shown += `${text.slice(from, start)}<masked>`;
    from = end;
  }
  return JSON.stringify(shown + text.slice(from));
}

function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name) && !POINTS_AT_SECRET.test(name);
}

function isHarmlessPath(path: string | null): boolean {
  return path !== null && /^\/metadata\/(?:labels\/|finalizers|resourceVersion$|uid$|ownerReferences)/.test(path);
}
