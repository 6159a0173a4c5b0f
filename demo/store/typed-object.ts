import { type Field, type Message, messageNamed } from '../../proxy/request/protobuf/message-schema.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';

/** A value of the wrong type: the message is what Go's JSON decoder says, for clients and masks meet it in errors. */
export class DecodingError extends Error {}

/** An object as Go would hold it, and the fields that Go would have dropped (strict validation names them). */
export interface Conformed {
  readonly object: JsonObject;
  readonly unknownFields: readonly string[];
}

const goScalars: Record<string, string> = {
  s: 'string',
  b: 'bool',
  i: 'int32',
  l: 'int64',
  d: 'float64',
  y: '[]uint8',
};
/** Types that read JSON by a way of their own; the value passes when it is of one of these JSON types. */
const freeForm: Record<string, readonly string[]> = {
  'meta.Time': ['string'],
  'meta.MicroTime': ['string'],
  'resource.Quantity': ['string', 'number'],
  'intstr.IntOrString': ['string', 'number'],
  'meta.FieldsV1': ['object'],
};

/** Whether a type reads JSON by a way of its own, and is a value like any scalar. */
export function isFreeForm(type: string): boolean {
  return Object.hasOwn(freeForm, type);
}

const listTypes: Record<string, true> = { 'authentication.ExtraValue': true, 'authorization.ExtraValue': true };

function jsonType(value: Json): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

function goType(field: Field): string {
  const element = goScalars[field.type] ?? `v1.${field.type.split('.')[1]}`;
  if (field.shape === 'list') return `[]${element}`;
  return field.shape === 'map' ? `map[string]${element}` : element;
}

/** Position and reason of the first byte that Go's base64 decoder refuses, or null. */
function base64Problem(text: string): string | null {
  const clean = text.replace(/[\r\n]/g, '');
  const bad = clean.search(/[^A-Za-z0-9+/=]/);
  if (bad >= 0) return `illegal base64 data at input byte ${bad}`;
  const padding = clean.indexOf('=');
  const length = padding < 0 ? clean.length : padding;
  if (clean.length % 4 !== 0 || (padding >= 0 && !/^={1,2}$/.test(clean.slice(padding)))) {
    return `illegal base64 data at input byte ${Math.floor(length / 4) * 4}`;
  }
  return null;
}

class Conformer {
  readonly unknownFields: string[] = [];

  message(value: Json, message: Message, path: string, parent: string): JsonObject {
    if (!isJsonObject(value)) {
      throw this.mismatch(value, parent, path, `v1.${message.name.split('.')[1]}`);
    }
    const result: JsonObject = {};
    for (const name of Object.keys(value)) {
      if (!message.byName.has(name) && !(path === '' && (name === 'kind' || name === 'apiVersion'))) {
        this.unknownFields.push(path === '' ? name : `${path}.${name}`);
      }
    }
    for (const [name, field] of message.byName) {
      const entry = Object.hasOwn(value, name) ? value[name] : undefined;
      if (entry === undefined || entry === null) continue;
      const kept = this.field(entry, field, path === '' ? name : `${path}.${name}`, message.name);
      if (kept !== undefined) result[name] = kept;
    }
    return result;
  }

  private field(value: Json, field: Field, path: string, parent: string): Json | undefined {
    if (field.shape === 'list') {
      if (!Array.isArray(value)) throw this.mismatch(value, parent, path, goType(field));
      return value.length === 0 ? undefined : value.map((item) => this.one(item, field.type, path, parent));
    }
    if (field.shape === 'map') {
      if (!isJsonObject(value)) throw this.mismatch(value, parent, path, goType(field));
      const entries = Object.entries(value).map(
        ([key, item]) => [key, this.one(item, field.type, path, parent)] as const,
      );
      // Go writes maps in the order of their keys.
      entries.sort(([left], [right]) => (left < right ? -1 : 1));
      return entries.length === 0 ? undefined : Object.fromEntries(entries);
    }
    const kept = this.one(value, field.type, path, parent);
    return !field.keepsZero && (kept === '' || kept === 0 || kept === false) ? undefined : kept;
  }

  private one(value: Json, type: string, path: string, parent: string): Json {
    if (type in goScalars) return this.scalar(value, type, path, parent);
    const allowed = freeForm[type];
    if (allowed) {
      if (!allowed.includes(jsonType(value))) throw this.mismatch(value, parent, path, `v1.${type.split('.')[1]}`);
      return type === 'resource.Quantity' ? String(value) : value;
    }
    if (listTypes[type]) return Array.isArray(value) ? value : [];
    const message = messageNamed(type);
    return message ? this.message(value, message, path, parent) : value;
  }

  private scalar(value: Json, type: string, path: string, parent: string): Json {
    if (value === null) return type === 'b' ? false : 'ild'.includes(type) ? 0 : '';
    const wanted = type === 'b' ? 'bool' : 'ild'.includes(type) ? 'number' : 'string';
    if (jsonType(value) !== wanted) throw this.mismatch(value, parent, path, goScalars[type] ?? type);
    if ((type === 'i' || type === 'l') && !Number.isInteger(value)) {
      throw new DecodingError(
        `json: cannot unmarshal number ${value} into Go struct field ${goStruct(parent)}.${path} of type ${goScalars[type]}`,
      );
    }
    const problem = type === 'y' && typeof value === 'string' ? base64Problem(value) : null;
    if (problem !== null) throw new DecodingError(problem);
    return value;
  }

  private mismatch(value: Json, parent: string, path: string, type: string): DecodingError {
    return new DecodingError(
      `json: cannot unmarshal ${jsonType(value)} into Go struct field ${goStruct(parent)}.${path} of type ${type}`,
    );
  }
}

function goStruct(message: string): string {
  return message.split('.')[1] ?? message;
}

/**
 * Reads an object as the API server's typed decoder does: fields in their declared order, unknown ones and zero
 * values dropped, wrong types refused.
 * @throws {DecodingError} in the words of Go's decoder.
 */
export function conform(value: Json, messageName: string): Conformed {
  const message = messageNamed(messageName);
  if (!message) return { object: isJsonObject(value) ? value : {}, unknownFields: [] };
  const conformer = new Conformer();
  const object = conformer.message(value, message, '', goStruct(messageName));
  return { object, unknownFields: conformer.unknownFields };
}
