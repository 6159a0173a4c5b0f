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
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; at < message.length; scale *= 128) {
      const byte = message[at] as number;
      at += 1;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    return value;
  };
  while (at < message.length) {
    const tag = varint();
    const wireType = tag % 8;
    if (wireType === 0) varint();
    else if (wireType === 1) at += 8;
    else if (wireType === 5) at += 4;
    else if (wireType === 2) {
      const length = varint();
      yield { number: Math.floor(tag / 8), bytes: message.subarray(at, at + length) };
      at += length;
    } else return;
  }
}
