import { ProtobufError, WireReader } from '../request/protobuf/wire-reader.ts';

/** What precedes a protobuf body of the Kubernetes API (apimachinery `runtime/serializer/protobuf`). */
const MAGIC = Buffer.from('k8s\0');

/** `core/v1` generated.proto, message Secret. */
const SECRET_MAPS: ReadonlyMap<number, string> = new Map([
  [2, 'data'],
  [4, 'stringData'],
]);

/**
 * The fields of a Secret in a protobuf body whose bytes satisfy `wanted`. Knows only as much of protobuf as it takes to
 * name a field: an unreadable body names none.
 */
export function protobufSecretFields(body: Buffer, wanted: (bytes: Buffer) => boolean): string[] {
  if (!body.subarray(0, MAGIC.length).equals(MAGIC)) return [];
  const fields: string[] = [];
  // runtime.Unknown: field 2 is the object.
  for (const object of valuesOf(body.subarray(MAGIC.length), 2)) {
    for (const { number, bytes } of messageFields(object)) {
      if (!wanted(bytes)) continue;
      const map = SECRET_MAPS.get(number);
      if (map !== undefined) fields.push(`${map}.${valuesOf(bytes, 1)[0]?.toString('utf8') ?? '?'}`);
      else if (number === 1) fields.push('metadata');
    }
  }
  return fields;
}

function valuesOf(message: Buffer, wanted: number): Buffer[] {
  return [...messageFields(message)].filter(({ number }) => number === wanted).map(({ bytes }) => bytes);
}

/** The length-delimited fields of a message; others are stepped over, and what cannot be read ends it. */
function* messageFields(message: Buffer): Generator<{ readonly number: number; readonly bytes: Buffer }> {
  const reader = new WireReader(message);
  try {
    while (!reader.done) {
      const tag = Number(reader.varint());
      if (tag % 8 === 2) yield { number: Math.floor(tag / 8), bytes: reader.bytes() };
      else reader.skip(tag % 8);
    }
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error;
  }
}
