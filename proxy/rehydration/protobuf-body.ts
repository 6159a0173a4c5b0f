import type { JsonValue } from '../request/json-value.ts';
import { JsonNumber } from '../request/json-value.ts';
import { decodeProtobuf, type Json, openEnvelope } from '../request/protobuf/decode.ts';
import { type Field, type Message, messageNamed } from '../request/protobuf/message-schema.ts';
import { packageOf } from '../request/protobuf/read-object.ts';
import { ProtobufError, WireReader } from '../request/protobuf/wire-reader.ts';
import type { Path } from './field-path.ts';

/** A protobuf body as its JSON, and a way to change texts in it without writing the rest anew. */
export interface ProtobufBody {
  readonly value: JsonValue;
  /** What stands around the object. */
  readonly envelope: Buffer;
  /** @param changes new texts by path; of `bytes` fields in base64, as JSON has them. */
  splice(changes: ReadonlyArray<{ readonly path: Path; readonly text: string }>): Buffer;
}

/**
 * @returns null where the kind is not in the table, or something in the body is not: a part could be taken for all of it.
 */
export function openProtobufBody(body: Buffer): ProtobufBody | null {
  try {
    const { apiVersion, kind, raw } = openEnvelope(body);
    const from = packageOf(apiVersion);
    const message = from === undefined ? undefined : messageNamed(`${from}.${kind}`);
    if (message === undefined) return null;
    const value = asJsonValue(decodeProtobuf(raw, message.name, 'refuse'));
    return {
      value,
      envelope: withoutObject(body),
      splice: (changes) => spliceEnvelope(body, raw, message, treeOf(changes)),
    };
  } catch (error) {
    if (error instanceof ProtobufError || error instanceof SyntaxError) return null;
    throw error;
  }
}

function asJsonValue(value: Json): JsonValue {
  if (typeof value === 'number') return new JsonNumber(String(value));
  if (Array.isArray(value)) return value.map(asJsonValue);
  if (typeof value !== 'object' || value === null) return value;
  return new Map(Object.entries(value).map(([key, inner]) => [key, asJsonValue(inner)]));
}

/** What changes below a place: a new text, or more steps down. */
type Change = string | Map<string, Change>;

function treeOf(changes: ReadonlyArray<{ readonly path: Path; readonly text: string }>): Map<string, Change> {
  const root = new Map<string, Change>();
  for (const { path, text } of changes) {
    let at = root;
    for (const step of path.slice(0, -1)) {
      const next = at.get(String(step));
      const inner: Map<string, Change> = next instanceof Map ? next : new Map<string, Change>();
      at.set(String(step), inner);
      at = inner;
    }
    at.set(String(path.at(-1)), text);
  }
  return root;
}

const MAGIC_BYTES = 4;
const RAW_FIELD = 2;

function spliceEnvelope(body: Buffer, raw: Buffer, message: Message, changes: Map<string, Change>): Buffer {
  const parts: Buffer[] = [body.subarray(0, MAGIC_BYTES)];
  for (const { number, wireType, bytes } of fieldsOf(body.subarray(MAGIC_BYTES))) {
    parts.push(
      number === RAW_FIELD ? delimited(number, spliceMessage(raw, message, changes)) : written(number, wireType, bytes),
    );
  }
  return Buffer.concat(parts);
}

function withoutObject(body: Buffer): Buffer {
  const fields = [...fieldsOf(body.subarray(MAGIC_BYTES))].filter(({ number }) => number !== RAW_FIELD);
  return Buffer.concat(fields.map(({ bytes }) => bytes));
}

/** The message with its changes. What does not change is copied; a text that was not there is added at the end. */
function spliceMessage(bytes: Buffer, message: Message, changes: Map<string, Change>): Buffer {
  const parts: Buffer[] = [];
  const places = new Map<number, number>();
  const found = new Set<string>();
  for (const { number, wireType, bytes: content } of fieldsOf(bytes)) {
    const field = message.byNumber.get(number);
    const place = places.get(number) ?? 0;
    places.set(number, place + 1);
    const change = field === undefined ? undefined : field.shape === 'inline' ? changes : changes.get(field.name);
    if (field === undefined || change === undefined || wireType !== 2) parts.push(written(number, wireType, content));
    else {
      found.add(field.name);
      parts.push(delimited(number, spliceField(content, field, change, place)));
    }
  }
  for (const [name, change] of changes) {
    const field = message.byName.get(name);
    if (typeof change === 'string' && field !== undefined && !found.has(name) && message.fields.includes(field)) {
      parts.push(delimited(field.number, leaf(field.type, change)));
    }
  }
  return Buffer.concat(parts);
}

function spliceField(content: Buffer, field: Field, change: Change, place: number): Buffer {
  if (field.shape === 'map') return change instanceof Map ? spliceEntry(content, field, change) : content;
  const own = field.shape === 'list' && change instanceof Map ? change.get(String(place)) : change;
  if (own === undefined) return content;
  return spliceValue(content, field.type, own);
}

function spliceEntry(content: Buffer, field: Field, changes: Map<string, Change>): Buffer {
  const entry = [...fieldsOf(content)];
  const key = entry.find(({ number }) => number === 1)?.bytes.toString('utf8') ?? '';
  const change = changes.get(key);
  if (change === undefined) return content;
  return Buffer.concat(
    entry.map(({ number, wireType, bytes }) =>
      number === 2 ? delimited(number, spliceValue(bytes, field.type, change)) : written(number, wireType, bytes),
    ),
  );
}

function spliceValue(content: Buffer, type: string, change: Change): Buffer {
  if (typeof change === 'string') return leaf(type, change);
  const message = messageNamed(type);
  if (message === undefined) throw new ProtobufError(`unknown message ${type}`);
  return spliceMessage(content, message, change);
}

function leaf(type: string, text: string): Buffer {
  if (type === 's') return Buffer.from(text);
  if (type === 'y') return Buffer.from(text, 'base64');
  throw new ProtobufError(`a text cannot be written into ${type}`);
}

interface WireField {
  readonly number: number;
  readonly wireType: number;
  /** The content of a length-delimited field; the value of another as it stands on the wire. */
  readonly bytes: Buffer;
}

function* fieldsOf(message: Buffer): Generator<WireField> {
  const reader = new WireReader(message);
  while (!reader.done) {
    const { number, wireType } = reader.tag();
    if (wireType === 0) yield { number, wireType, bytes: varint(BigInt.asUintN(64, reader.varint())) };
    else if (wireType === 1) yield { number, wireType, bytes: reader.chunk(8) };
    else if (wireType === 2) yield { number, wireType, bytes: reader.bytes() };
    else if (wireType === 5) yield { number, wireType, bytes: reader.chunk(4) };
    else throw new ProtobufError(`wire type ${wireType}`);
  }
}

function written(number: number, wireType: number, bytes: Buffer): Buffer {
  return wireType === 2 ? delimited(number, bytes) : Buffer.concat([varint(BigInt(number * 8 + wireType)), bytes]);
}

function delimited(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([varint(BigInt(number * 8 + 2)), varint(BigInt(bytes.length)), bytes]);
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}
