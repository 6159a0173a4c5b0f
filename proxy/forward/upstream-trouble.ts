import type { Cluster } from '../clusters/cluster.ts';
import { Refusal } from '../refusal.ts';

const UNREACHABLE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there; is the API server running?',
  ENOTFOUND: 'its name does not resolve; is the VPN up?',
  EAI_AGAIN: 'its name does not resolve right now; is the network up?',
  EHOSTUNREACH: 'there is no route to it; is the VPN up?',
  ENETUNREACH: 'there is no network route to it; is the network up?',
  ETIMEDOUT: 'it did not answer in time; is the VPN up?',
  UND_ERR_CONNECT_TIMEOUT: 'it did not answer in time; is the VPN up?',
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
  if (isBadHttp(error, code)) {
    return new Refusal(
      'upstream-response-invalid',
      `The answer of ${where} is not valid HTTP, so Gatehouse did not pass it on`,
      { cause: error },
    );
  }
  const reason = UNREACHABLE[code];
  return new Refusal(
    'upstream-unreachable',
    reason === undefined
      ? `The connection to ${where} broke (${code || 'unknown error'}); whether the request was carried out is unknown`
      : `Gatehouse cannot reach ${where}: ${reason}`,
    { cause: error },
  );
}

const BAD_HTTP: ReadonlySet<string> = new Set([
  'UND_ERR_RESPONSE',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_HEADERS_OVERFLOW',
  'ERR_INVALID_CHAR',
  'ERR_INVALID_HTTP_TOKEN',
]);

/** undici gives its parser's errors no code, and to a 101 that nobody asked for the code of a broken connection. */
function isBadHttp(error: unknown, code: string): boolean {
  if (code.startsWith('HPE_') || BAD_HTTP.has(code)) return true;
  return error instanceof Error && (error.name === 'HTTPParserError' || error.message === 'bad upgrade');
}

function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  // `net` tries IPv6 and IPv4 and reports both failures together.
  if (error instanceof AggregateError) return errorCode(error.errors[0]);
  return '';
}
