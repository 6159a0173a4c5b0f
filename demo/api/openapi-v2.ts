import { resourceKinds } from '../store/resource-kinds.ts';

/**
 * The only form of `/openapi/v2` that kubectl up to 1.27 and helm up to 3.12 read: gnostic's `openapiv2.Document`
 * (github.com/google/gnostic-models `openapiv2/OpenAPIv2.proto`, whose field numbers these are). They ask for
 * `…spec.v2@v1.0+protobuf`, which is no valid media type, and are answered with this one (kube-openapi `handler.go`).
 */
export const openApiV2Type = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

/**
 * As much of the document as those clients act on: which kinds a server-side dry run works for. It has no schemas, and
 * without them they leave the checking of fields to the server.
 */
export function openApiV2Document(): Buffer {
  const paths = resourceKinds.map(({ group, version, kind, resource }) => {
    const groupVersionKind = `group: "${group}"\nkind: ${kind}\nversion: ${version}\n`;
    const extension = message(field(1, 'x-kubernetes-group-version-kind'), field(2, field(2, groupVersionKind)));
    const dryRun = message(field(2, 'query'), field(4, 'dryRun'));
    const parameter = field(1, field(2, field(3, dryRun)));
    const patch = message(field(8, parameter), field(13, extension));
    return field(2, message(field(1, `/${group}/${version}/${resource}/{name}`), field(2, field(8, patch))));
  });
  const info = message(field(1, 'Kubernetes (Gatehouse demo cluster)'), field(2, 'v1.36.3'));
  return message(field(1, '2.0'), field(2, info), field(8, message(...paths)));
}

function message(...fields: readonly Buffer[]): Buffer {
  return Buffer.concat(fields);
}

/** A length-delimited field (protobuf.dev/programming-guides/encoding). */
function field(number: number, value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  return Buffer.from([...bytes, rest]);
}
