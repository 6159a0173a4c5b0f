import type { ReachTrouble } from '../../model/cluster-reach.ts';
import type { Cluster } from '../clusters/cluster.ts';
import { Refusal } from '../refusal.ts';
import { PoolBusy } from './connection-pool.ts';
import { ConnectionLost } from './http-connection.ts';
import { InvalidResponse } from './invalid-response.ts';
import { ProxyTrouble } from './proxy-trouble.ts';

const UNREACHABLE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there; is the API server running?',
  ENOTFOUND: 'its name does not resolve; is the VPN up?',
  EAI_AGAIN: 'its name does not resolve right now; is the network up?',
  EHOSTUNREACH: 'there is no route to it; is the VPN up?',
  ENETUNREACH: 'there is no network route to it; is the network up?',
  ECONNRESET: 'it ended the connection before TLS was up; is the address in the kubeconfig right?',
  ETIMEDOUT: 'it did not answer in time; is the VPN up?',
  EPROTO: 'it does not speak TLS; is the address in the kubeconfig right?',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS; is the address in the kubeconfig right?',
};

const CERTIFICATE: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'has expired',
  CERT_NOT_YET_VALID: 'is not valid yet; is the clock right?',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'is self-signed and not the one in the kubeconfig',
  SELF_SIGNED_CERT_IN_CHAIN: 'was issued by an authority that the kubeconfig does not name',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'was issued by an authority that the kubeconfig does not name',
  UNABLE_TO_GET_ISSUER_CERT: 'was issued by an authority that the kubeconfig does not name',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'was issued by an authority that the kubeconfig does not name',
  CERT_SIGNATURE_FAILURE: 'has a signature that does not verify',
  ERR_TLS_CERT_ALTNAME_INVALID: 'is for another name than the one in the kubeconfig',
};

/** Where on the way each of {@link UNREACHABLE} stops. */
const STOPS: Readonly<Record<string, ReachTrouble>> = {
  ECONNREFUSED: 'refused',
  ENOTFOUND: 'name',
  EAI_AGAIN: 'name',
  EHOSTUNREACH: 'no-route',
  ENETUNREACH: 'no-route',
  ETIMEDOUT: 'timeout',
  ECONNRESET: 'tls',
  EPROTO: 'tls',
  ERR_SSL_WRONG_VERSION_NUMBER: 'tls',
};

/** OpenSSL alerts by which an API server turns down the gateway's own client certificate. */
const OWN_CERTIFICATE_REFUSED =
  /ALERT_(BAD_CERTIFICATE|CERTIFICATE_EXPIRED|CERTIFICATE_REVOKED|CERTIFICATE_UNKNOWN|UNKNOWN_CA)/;

/** Says in words why a cluster could not be asked. Never carries credentials: only codes and the cluster's address. */
export function upstreamTrouble(error: unknown, cluster: Cluster): Refusal {
  if (error instanceof Refusal) return error;
  const code = errorCode(error);
  const { host, port } = cluster.server;
  const where = `cluster "${cluster.contextName}" (${host}:${port})`;
  const certificate = CERTIFICATE[code];
  if (certificate !== undefined) {
    return new Refusal(
      'upstream-certificate-invalid',
      `The certificate of ${where} ${certificate}; Gatehouse sent nothing. Check certificate-authority and server in the kubeconfig`,
      { cause: error },
    );
  }
  if (OWN_CERTIFICATE_REFUSED.test(code)) {
    return new Refusal(
      'upstream-rejected-credential',
      `${where} did not accept the client certificate of kubeconfig user "${cluster.credentialName}"; it may have expired`,
      { cause: error },
    );
  }
  if (error instanceof InvalidResponse) {
    return new Refusal(
      'upstream-response-invalid',
      `The answer of ${where} is not valid HTTP (${error.flaw}), so Gatehouse did not pass it on`,
      { cause: error },
    );
  }
  if (error instanceof PoolBusy) {
    return new Refusal(
      'upstream-busy',
      `Gatehouse has as many connections to ${where} as it opens, and none became free in time; try again`,
      { cause: error, retryAfterSeconds: 1 },
    );
  }
  if (error instanceof ProxyTrouble) {
    return new Refusal('upstream-unreachable', `Gatehouse cannot reach ${where}: ${error.why}`, { cause: error });
  }
  // A connection that stood has carried the request, whatever ended it.
  const reason = error instanceof ConnectionLost ? undefined : UNREACHABLE[code];
  return new Refusal(
    'upstream-unreachable',
    reason === undefined
      ? `The connection to ${where} broke (${code || 'unknown error'}); whether the request was carried out is unknown`
      : `Gatehouse cannot reach ${where}: ${reason}`,
    { cause: error },
  );
}

/** Which part of the way an error of a connection is about; in words it is {@link upstreamTrouble}'s. */
export function reachTrouble(error: unknown): ReachTrouble {
  const code = errorCode(error);
  if (CERTIFICATE[code] !== undefined) return 'tls';
  if (OWN_CERTIFICATE_REFUSED.test(code)) return 'credential-rejected';
  if (error instanceof InvalidResponse) return 'answer';
  if (error instanceof ProxyTrouble) return 'proxy';
  return error instanceof ConnectionLost ? 'broken' : (STOPS[code] ?? 'broken');
}

/** Why nothing could be connected to, as a phrase: for what stands between. */
export function unreachable(error: unknown): string {
  const code = errorCode(error);
  const certificate = CERTIFICATE[code];
  return certificate === undefined
    ? (UNREACHABLE[code] ?? (code || 'unknown error'))
    : `its certificate ${certificate}`;
}

function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  // `net` tries IPv6 and IPv4 and reports both failures together.
  if (error instanceof AggregateError) return errorCode(error.errors[0]);
  return '';
}
