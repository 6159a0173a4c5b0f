import type { ReachTrouble } from '../../model/cluster-reach.ts';
import type { Cluster } from '../clusters/cluster.ts';
import { Refusal } from '../refusal.ts';
import { PoolBusy } from './connection-pool.ts';
import { ConnectionLost } from './http-connection.ts';
import { InvalidResponse } from './invalid-response.ts';
import { ProxyTrouble } from './proxy-trouble.ts';
import { certificateTrouble, handshakeTrouble, ownCertificateTrouble } from './tls-trouble.ts';

const UNREACHABLE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there; is the API server running?',
  ENOTFOUND: 'its name does not resolve; is the VPN up?',
  EAI_AGAIN: 'its name does not resolve right now; is the network up?',
  EHOSTUNREACH: 'there is no route to it; is the VPN up?',
  ENETUNREACH: 'there is no network route to it; is the network up?',
  ECONNRESET: 'it ended the connection before TLS was up; is the address in the kubeconfig right?',
  ETIMEDOUT: 'it did not answer in time; is the VPN up?',
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
};

/** Says in words why a cluster could not be asked. Never carries credentials: only codes and the cluster's address. */
export function upstreamTrouble(error: unknown, cluster: Cluster): Refusal {
  if (error instanceof Refusal) return error;
  const code = errorCode(error);
  const { host, port } = cluster.server;
  const where = `cluster "${cluster.contextName}" (${host}:${port})`;
  const certificate = certificateTrouble(code);
  if (certificate !== null) {
    return new Refusal(
      'upstream-certificate-invalid',
      `The certificate of ${where} ${certificate.what}; Gatehouse sent nothing. ${certificate.remedy}`,
      { cause: error },
    );
  }
  const own = ownCertificateTrouble(code);
  if (own !== null) {
    return new Refusal(
      'upstream-rejected-credential',
      `${where} did not accept the client certificate of kubeconfig user "${cluster.credentialName}": ${own}`,
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
  const reason =
    error instanceof ConnectionLost ? undefined : (UNREACHABLE[code] ?? handshakeTrouble(code) ?? undefined);
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
  if (certificateTrouble(code) !== null) return 'tls';
  if (ownCertificateTrouble(code) !== null) return 'credential-rejected';
  if (error instanceof InvalidResponse) return 'answer';
  if (error instanceof ProxyTrouble) return 'proxy';
  if (error instanceof ConnectionLost) return 'broken';
  return STOPS[code] ?? (handshakeTrouble(code) === null ? 'broken' : 'tls');
}

/** Why nothing could be connected to, as a phrase: for what stands between. */
export function unreachable(error: unknown): string {
  const code = errorCode(error);
  const certificate = certificateTrouble(code);
  return certificate === null
    ? (UNREACHABLE[code] ?? handshakeTrouble(code) ?? (code || 'unknown error'))
    : `its certificate ${certificate.what}`;
}

function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  // `net` tries IPv6 and IPv4 and reports both failures together.
  if (error instanceof AggregateError) return errorCode(error.errors[0]);
  return '';
}
