import type { Probe } from '../../forward/probe.ts';
import type { ApiRequest } from '../../request/api-request.ts';
import { at } from '../fields.ts';
import { asGateway, readOf } from './derived-request.ts';
import { secretsPath, TOKEN_ACCOUNT } from './token-secrets.ts';
import { answeredStatus } from './unanswered.ts';

/** Metadata alone: the API server sends no values. */
const METADATA = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
/** Secrets that are looked at; a role that names more than that is none of a chart's. */
const MOST = 16;

/**
 * Which Secrets hold a service account's token, as the gateway itself may see. One that it may not read counts as none:
 * an account that reads its own certificate would be strong by it.
 * @throws {Unanswered}
 */
export async function namedTokens(
  namespace: string,
  names: readonly string[],
  probe: Probe,
  request: ApiRequest,
): Promise<ReadonlySet<string>> {
  if (names.length > MOST) return new Set(names);
  const asked = names.map(async (name): Promise<string[]> => {
    const path = `${secretsPath(namespace)}/${encodeURIComponent(name)}`;
    const { status, object } = await probe.ask(asGateway(readOf(request, path)), null, { accept: METADATA });
    return answeredStatus(status) === 200 && typeof at(object, 'metadata', 'annotations', TOKEN_ACCOUNT) === 'string'
      ? [name]
      : [];
  });
  return new Set((await Promise.all(asked)).flat());
}
