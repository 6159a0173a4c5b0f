import { decodeProtobuf, type Json, type JsonObject, openEnvelope } from './decode.ts';
import { ProtobufError } from './wire-reader.ts';

/** The packages of `messages.generated.ts`, by the group and version whose kinds they hold. */
const PACKAGES: ReadonlyMap<string, string> = new Map([
  ['v1', 'core'],
  ['apps/v1', 'apps'],
  ['batch/v1', 'batch'],
  ['rbac.authorization.k8s.io/v1', 'rbac'],
  ['networking.k8s.io/v1', 'networking'],
  ['events.k8s.io/v1', 'events'],
  ['authentication.k8s.io/v1', 'authentication'],
  ['authorization.k8s.io/v1', 'authorization'],
  ['coordination.k8s.io/v1', 'coordination'],
  ['discovery.k8s.io/v1', 'discovery'],
  ['policy/v1', 'policy'],
  ['autoscaling/v1', 'autoscaling'],
  ['scheduling.k8s.io/v1', 'scheduling'],
  ['certificates.k8s.io/v1', 'certificates'],
]);

/** The package of the message table that holds the kinds of an `apiVersion`; undefined where the table has none. */
export function packageOf(apiVersion: string): string | undefined {
  return PACKAGES.get(apiVersion);
}

/**
 * The object in a protobuf body, as JSON, whole: a kind that the table does not have, or one field that it does not
 * know, gives null rather than a part that could be taken for all of it. Fields that hold their zero value are left
 * out, because the wire does not tell them from absent ones.
 */
export function readProtobufObject(body: Buffer): JsonObject | null {
  try {
    const { apiVersion, kind, raw } = openEnvelope(body);
    const from = kind === 'DeleteOptions' ? 'meta' : packageOf(apiVersion);
    if (from === undefined) return null;
    const object = withoutZeros(decodeProtobuf(raw, `${from}.${kind}`, 'refuse'));
    return { apiVersion, kind, ...object };
  } catch (error) {
    if (error instanceof ProtobufError || error instanceof SyntaxError) return null;
    throw error;
  }
}

function withoutZeros(object: JsonObject): JsonObject {
  const kept = Object.entries(object)
    .map(([name, value]): [string, Json] => [name, trimmed(value)])
    .filter(([, value]) => !isZero(value));
  return Object.fromEntries(kept);
}

function trimmed(value: Json): Json {
  if (Array.isArray(value)) return value.map(trimmed);
  return typeof value === 'object' && value !== null ? withoutZeros(value) : value;
}

function isZero(value: Json): boolean {
  if (value === null || value === '' || value === 0 || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
