import { Refusal } from '../refusal.ts';
import type { ApiRequest } from './api-request.ts';
import { readContentType } from './content-type.ts';
import { HeaderList } from './header-list.ts';
import { readImpersonation } from './impersonation.ts';
import { readQuery } from './query.ts';
import { refuseRepeatedHeaders } from './repeated-headers.ts';
import { requestInfoOf } from './request-info.ts';
import { readTarget } from './request-target.ts';
import { isStreamingTarget, readUpgrade } from './upgrade.ts';

/** The methods of the Kubernetes API. The server answers 405 to all others, `get` in small letters among them. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);

/** A request as it came in, the cluster's path prefix already taken off its target. */
export interface RawRequest {
  readonly method: string;
  readonly target: string;
  /** Node's `rawHeaders`: name, value, name, value, … */
  readonly rawHeaders: readonly string[];
}

/**
 * Reads a request exactly as the API server will, or refuses it: what cannot be read with certainty cannot be judged.
 * @throws {Refusal} of status 400, 403 or 405.
 */
export function readRequest({ method, target, rawHeaders }: RawRequest): ApiRequest {
  if (!METHODS.has(method)) {
    throw new Refusal('method-not-allowed', `the method ${method.slice(0, 20)} is not one of the Kubernetes API`);
  }
  const { path, rawQuery } = readTarget(target);
  const headers = HeaderList.fromRaw(rawHeaders);
  refuseRepeatedHeaders(headers);
  const query = readQuery(rawQuery);
  const info = requestInfoOf(method, path, query);
  return {
    method,
    target,
    query,
    info,
    policyVerb: isStreamingTarget(info) ? 'create' : info.verb,
    headers,
    impersonation: readImpersonation(headers),
    upgrade: readUpgrade(method, info, headers),
    contentType: readContentType(method, headers),
    kubectlSession: plausible(headers.first('Kubectl-Session'), /^[0-9A-Za-z-]{1,64}$/),
    kubectlCommand: plausible(headers.first('Kubectl-Command'), /^[0-9A-Za-z _-]{1,64}$/),
  };
}

function plausible(value: string | undefined, form: RegExp): string | null {
  return value !== undefined && form.test(value) ? value : null;
}
