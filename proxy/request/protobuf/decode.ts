import { type Field, type Message, messageNamed } from './message-schema.ts';
import { ProtobufError, WireReader } from './wire-reader.ts';

/** The JSON form of a decoded value. */
export type Json = null | boolean | number | string | Json[] | JsonObject;

export interface JsonObject {
  [field: string]: Json;
}

/** A field that the table does not have: passed over, as the API server does, or a reason to refuse the whole. */
export type UnknownFields = 'skip' | 'refuse';

/** Types whose JSON is not an object of their fields (apimachinery: Time, Quantity, IntOrString, FieldsV1, …). */
const special: Record<string, (bytes: Buffer) => Json> = {
  'meta.Time': (bytes) => decodeTime(bytes, 0),
  'meta.MicroTime': (bytes) => decodeTime(bytes, 6),
  'resource.Quantity': (bytes) => plain(bytes, 'resource.Quantity')['string'] ?? '0',
  'intstr.IntOrString': (bytes) => {
    const value = plain(bytes, 'intstr.IntOrString');
    return value['type'] === 1 ? (value['strVal'] ?? '') : (value['intVal'] ?? 0);
  },
  'meta.FieldsV1': (bytes) => {
    const raw = plain(bytes, 'meta.FieldsV1')['Raw'];
    return typeof raw === 'string' ? (JSON.parse(Buffer.from(raw, 'base64').toString()) as Json) : {};
  },
  // What a ControllerRevision keeps: an object as JSON inside.
  'runtime.RawExtension': (bytes) => {
    const raw = plain(bytes, 'runtime.RawExtension')['-'];
    return typeof raw === 'string' ? (JSON.parse(Buffer.from(raw, 'base64').toString()) as Json) : null;
  },
  'authentication.ExtraValue': (bytes) => plain(bytes, 'authentication.ExtraValue')['items'] ?? [],
  'authorization.ExtraValue': (bytes) => plain(bytes, 'authorization.ExtraValue')['items'] ?? [],
};

function decodeTime(bytes: Buffer, digits: number): Json {
  const { seconds = 0, nanos = 0 } = plain(bytes, 'meta.Time');
  if (seconds === 0 && nanos === 0) return null;
  const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  return digits === 0 ? `${whole}Z` : `${whole}.${String(nanos).padStart(9, '0').slice(0, digits)}Z`;
}

function plain(bytes: Buffer, name: string, unknownFields: UnknownFields = 'skip'): JsonObject {
  const message = messageNamed(name);
  if (!message) throw new ProtobufError(`unknown message ${name}`);
  return decodeFields(bytes, message, unknownFields);
}

function decodeMessage(bytes: Buffer, name: string, unknownFields: UnknownFields): Json {
  const decode = special[name];
  return decode ? decode(bytes) : plain(bytes, name, unknownFields);
}

function decodeValue(reader: WireReader, wireType: number, type: string, unknownFields: UnknownFields): Json {
  if (type === 'i' || type === 'l') return wireType === 0 ? Number(reader.varint()) : fail(type, wireType);
  if (type === 'b') return wireType === 0 ? reader.varint() !== 0n : fail(type, wireType);
  if (type === 'd') return wireType === 1 ? reader.chunk(8).readDoubleLE() : fail(type, wireType);
  if (wireType !== 2) return fail(type, wireType);
  if (type === 's') return reader.bytes().toString('utf8');
  if (type === 'y') return reader.bytes().toString('base64');
  return decodeMessage(reader.bytes(), type, unknownFields);
}

function fail(type: string, wireType: number): never {
  throw new ProtobufError(`wire type ${wireType} for ${type}`);
}

function decodeEntry(bytes: Buffer, field: Field, into: JsonObject, unknownFields: UnknownFields): void {
  const reader = new WireReader(bytes);
  let key = '';
  let value: Json = field.type === 's' || field.type === 'y' ? '' : {};
  while (!reader.done) {
    const { number, wireType } = reader.tag();
    if (number === 1) key = reader.bytes().toString('utf8');
    else if (number === 2) value = decodeValue(reader, wireType, field.type, unknownFields);
    else reader.skip(wireType);
  }
  Object.defineProperty(into, key, { value, enumerable: true, writable: true, configurable: true });
}

function decodeFields(bytes: Buffer, message: Message, unknownFields: UnknownFields): JsonObject {
  const reader = new WireReader(bytes);
  const found: JsonObject = {};
  const singles = new Set<number>();
  while (!reader.done) {
    const { number, wireType } = reader.tag();
    const field = message.byNumber.get(number);
    if (field !== undefined && field.shape !== 'list' && field.shape !== 'map' && unknownFields === 'refuse') {
      // Go merges a message that comes twice, as it does with a key that JSON repeats; here the last would win.
      if (singles.has(field.number)) throw new ProtobufError(`field ${field.name} of ${message.name} comes twice`);
      singles.add(field.number);
    }
    if (!field) {
      if (unknownFields === 'refuse') throw new ProtobufError(`unknown field ${number} of ${message.name}`);
      reader.skip(wireType);
    } else if (field.shape === 'inline') {
      Object.assign(found, decodeMessage(reader.bytes(), field.type, unknownFields));
    } else if (field.shape === 'map') {
      const into = (found[field.name] ?? {}) as JsonObject;
      found[field.name] = into;
      decodeEntry(reader.bytes(), field, into, unknownFields);
    } else if (field.shape === 'list') {
      const list = (found[field.name] ?? []) as Json[];
      found[field.name] = list;
      list.push(decodeValue(reader, wireType, field.type, unknownFields));
    } else {
      const value = decodeValue(reader, wireType, field.type, unknownFields);
      if (value !== null) found[field.name] = value;
    }
  }
  return found;
}

/** The four bytes that start every protobuf body (apimachinery serializer/protobuf). */
const envelopePrefix = Buffer.from([0x6b, 0x38, 0x73, 0x00]);

/** What a Kubernetes protobuf body says that it holds. */
export interface Envelope {
  readonly apiVersion: string;
  readonly kind: string;
  readonly raw: Buffer;
}

/**
 * Opens `k8s\0` + `runtime.Unknown{1 typeMeta, 2 raw}`.
 * @throws {ProtobufError} when it is not one.
 */
export function openEnvelope(body: Buffer): Envelope {
  if (!body.subarray(0, 4).equals(envelopePrefix)) {
    throw new ProtobufError('provided data does not appear to be a protobuf message');
  }
  const reader = new WireReader(body.subarray(4));
  let raw: Buffer = Buffer.alloc(0);
  let typeMeta: JsonObject = {};
  while (!reader.done) {
    const { number, wireType } = reader.tag();
    if (number === 1) typeMeta = plain(reader.bytes(), 'runtime.TypeMeta');
    else if (number === 2) raw = reader.bytes();
    else reader.skip(wireType);
  }
  return { apiVersion: String(typeMeta['apiVersion'] ?? ''), kind: String(typeMeta['kind'] ?? ''), raw };
}

/**
 * The JSON form of a message. The zero scalars that Go's encoder writes for absent fields stay in it: the object
 * normaliser drops them.
 * @throws {ProtobufError}
 */
export function decodeProtobuf(raw: Buffer, messageName: string, unknownFields: UnknownFields = 'skip'): JsonObject {
  return plain(raw, messageName, unknownFields);
}
