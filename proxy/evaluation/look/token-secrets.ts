import type { Probe, Probed } from '../../forward/probe.ts';
import type { ApiRequest } from '../../request/api-request.ts';
import { at, listAt, textAt } from '../fields.ts';
import { asGateway, readOf } from './derived-request.ts';
import type { SecretToken } from './sight.ts';

/** The type of a Secret into which the token controller writes a token, and the annotation that says whose. */
export const TOKEN_TYPE = 'kubernetes.io/service-account-token';
export const TOKEN_ACCOUNT = 'kubernetes.io/service-account.name';
/** Metadata alone: the API server sends no values. */
const METADATA = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
/** Secrets in one answer. A namespace has a few of this type, one for each account in clusters that are old. */
const PAGE = 1000;
/** Milliseconds. A list takes a few; a gateway behind this one may hold it until somebody confirms it. */
const PATIENCE = 10_000;

/**
 * Whose tokens are in Secrets: asked once for all of them by their type, as the sender, as the gateway's own identity
 * where the sender may not, and one by one for who may read Secrets and not list them.
 */
export async function tokensIn(
  namespace: string,
  secrets: readonly string[],
  probe: Probe,
  request: ApiRequest,
): Promise<ReadonlyMap<string, SecretToken>> {
  const found = await probe.within(PATIENCE, async (patient) => {
    const listed = await listedTokens(namespace, patient, request);
    const entries = secrets.map(
      async (name): Promise<[string, SecretToken]> => [
        name,
        listed === null ? await tokenIn(namespace, name, patient, request) : (listed.get(name) ?? 'none'),
      ],
    );
    return new Map(await Promise.all(entries));
  });
  return found === 'no-answer' ? new Map(secrets.map((name) => [name, found])) : found;
}

/** Accounts by the names of Secrets; null where they could not be listed, or are too many for one answer. */
async function listedTokens(
  namespace: string,
  probe: Probe,
  request: ApiRequest,
): Promise<ReadonlyMap<string, SecretToken> | null> {
  const query = `fieldSelector=${encodeURIComponent(`type=${TOKEN_TYPE}`)}&limit=${PAGE}`;
  const list = await asEither(readOf(request, `${secretsPath(namespace)}?${query}`), probe, METADATA);
  if (list.status !== 200 || textAt(list.object, 'metadata', 'continue') !== '') return null;
  return new Map(listAt(list.object, 'items').map((item) => [textAt(item, 'metadata', 'name'), accountOf(item)]));
}

async function tokenIn(namespace: string, name: string, probe: Probe, request: ApiRequest): Promise<SecretToken> {
  const read = await asEither(readOf(request, `${secretsPath(namespace)}/${encodeURIComponent(name)}`), probe);
  if (read.status === 200) return textAt(read.object, 'type') === TOKEN_TYPE ? accountOf(read.object) : 'none';
  if (read.status === 404) return 'none';
  return read.status === 403 ? 'forbidden' : 'no-answer';
}

async function asEither(request: ApiRequest, probe: Probe, accept?: string): Promise<Probed> {
  const asked = await probe.ask(request, null, { accept });
  return asked.status === 403 && request.impersonation !== null
    ? probe.ask(asGateway(request), null, { accept })
    : asked;
}

function accountOf(secret: unknown): SecretToken {
  const account = at(secret, 'metadata', 'annotations', TOKEN_ACCOUNT);
  return typeof account === 'string' && account !== '' ? { account } : 'none';
}

/** Where the Secrets of a namespace are. */
export function secretsPath(namespace: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`;
}
