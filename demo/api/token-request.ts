import { apiAudience } from '../access/service-account-tokens.ts';
import { managersAfterUpdate, writeManagers } from '../ownership/managed-fields.ts';
import {
  type JsonObject,
  nameOf,
  namespaceOf,
  numberAt,
  objectAt,
  textAt,
  textsAt,
  timestamp,
  uidOf,
} from '../store/json.ts';
import { groupVersionOf, kindNamed, type ResourceKind } from '../store/resource-kinds.ts';
import { badRequest, fieldInvalid, invalid, notAcceptable, preconditionFailed } from '../store/status.ts';
import { answer, representationFor } from './answer.ts';
import { readBody } from './body-codec.ts';
import { bodyOf, type Call, fieldValidation, writeOptions } from './call.ts';

const tokenRequest = {
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'TokenRequest',
  message: 'authentication.TokenRequest',
};

function checkDuration(seconds: number): void {
  const problem =
    seconds < 600
      ? 'may not specify a duration less than 10 minutes'
      : seconds > 2 ** 32
        ? 'may not specify a duration larger than 2^32 seconds'
        : '';
  if (problem !== '') throw invalid(tokenRequest, '', [fieldInvalid('spec.expirationSeconds', seconds, problem)]);
}

/** The pod or Secret that the token is to end with. */
function boundObject(call: Call, account: JsonObject, reference: JsonObject): JsonObject | null {
  const { kind, apiVersion, name, uid } = reference;
  if (kind === undefined && name === undefined) return null;
  if (apiVersion !== 'v1' || (kind !== 'Pod' && kind !== 'Secret')) {
    const shown = String(apiVersion ?? '').includes('/') ? apiVersion : `/${apiVersion ?? ''}`;
    throw badRequest(`cannot bind token to object of type ${shown}, Kind=${kind ?? ''}`);
  }
  const resource = kindNamed(kind);
  const object = call.cluster.objects.get(resource, namespaceOf(account), String(name ?? ''));
  if (kind === 'Pod' && textAt(object, 'spec', 'serviceAccountName') !== nameOf(account)) {
    throw badRequest(
      `cannot bind token for serviceaccount "${nameOf(account)}" to pod running with different serviceaccount name.`,
    );
  }
  if (uid !== undefined && uid !== uidOf(object)) {
    const why = `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`;
    throw preconditionFailed(resource, nameOf(object), why);
  }
  return object;
}

/**
 * POST on `serviceaccounts/token`: issues a token. As on the real server, `dryRun=All` issues one that works.
 * @throws {ApiError} 400, 404, 409, 422 as the real server's.
 */
export async function issueToken(call: Call, kind: ResourceKind): Promise<void> {
  const { objects, tokens } = call.cluster;
  const { manager } = writeOptions(call, 'CreateOptions');
  const body = await bodyOf(call.request);
  const given = readBody(body, call.headers.first('Content-Type'), tokenRequest, fieldValidation(call));
  const seconds = numberAt(given, 3600, 'spec', 'expirationSeconds');
  const spec = { ...objectAt(given, 'spec'), expirationSeconds: seconds };
  const account = objects.get(kind, call.info.namespace, call.info.name);
  const stated = nameOf(given);
  if (stated !== '' && stated !== nameOf(account)) {
    const problem = 'must match the service account name if specified';
    throw invalid(tokenRequest, nameOf(account), [fieldInvalid('metadata.name', stated, problem)]);
  }
  if (representationFor(call, 'object').transform === 'Table') {
    throw notAcceptable('application/json, application/yaml, application/vnd.kubernetes.protobuf');
  }
  checkDuration(seconds);
  const asked = textsAt(spec, 'audiences');
  const audiences = asked.length > 0 ? asked : [apiAudience];
  const bound = boundObject(call, account, objectAt(spec, 'boundObjectRef'));
  const { token, expires } = tokens.issue({ account, audiences, seconds, bound });
  const apiVersion = groupVersionOf(tokenRequest);
  const tracking = { kind: tokenRequest.kind, statusApart: true, subresource: 'token' };
  const managers = managersAfterUpdate(null, { spec }, tokenRequest.message, tracking, { manager, apiVersion });
  answer(call, 201, {
    kind: tokenRequest.kind,
    apiVersion,
    metadata: {
      name: nameOf(account),
      namespace: namespaceOf(account),
      uid: uidOf(account),
      creationTimestamp: timestamp(),
      managedFields: writeManagers(managers),
    },
    spec: { audiences, expirationSeconds: seconds, boundObjectRef: objectAt(given, 'spec')['boundObjectRef'] ?? null },
    status: { token, expirationTimestamp: timestamp(expires) },
  });
}
