/** Why an API server's certificate is not taken, and what mends that. */
export interface CertificateTrouble {
  /** To follow "the certificate". */
  readonly what: string;
  readonly remedy: string;
}

const AUTHORITY = 'Check certificate-authority and server in the kubeconfig';
const UNKNOWN: CertificateTrouble = {
  what: 'was issued by an authority that the kubeconfig does not name',
  remedy: AUTHORITY,
};

/** By OpenSSL's codes of verification (X509_verify_cert_error_string(3)), as Node names them. */
const CERTIFICATE: Readonly<Record<string, CertificateTrouble>> = {
  CERT_HAS_EXPIRED: {
    what: "has expired, or its authority's has",
    remedy:
      'It is renewed on the cluster, not in the kubeconfig; if it is not over, the clock of this machine is wrong',
  },
  CERT_NOT_YET_VALID: {
    what: 'is not valid yet',
    remedy: 'Set the clock of this machine right, or that of the API server',
  },
  CERT_REVOKED: { what: 'was revoked', remedy: 'It is renewed on the cluster, not in the kubeconfig' },
  DEPTH_ZERO_SELF_SIGNED_CERT: { what: 'is self-signed and not the one in the kubeconfig', remedy: AUTHORITY },
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN,
  CERT_SIGNATURE_FAILURE: {
    what: 'was issued by an authority that has the name, but not the key, of the one in the kubeconfig',
    remedy: 'Where the cluster was set up anew, fetch its kubeconfig again',
  },
  INVALID_CA: { what: 'was issued by a certificate that may issue none', remedy: AUTHORITY },
  INVALID_PURPOSE: {
    what: 'is not meant for servers',
    remedy: 'It is mended on the cluster; check server in the kubeconfig too',
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    what: 'is for another name than the one in the kubeconfig',
    remedy: 'Check server and tls-server-name in the kubeconfig',
  },
};

/** Null where an error is not about the server's certificate. */
export function certificateTrouble(code: string): CertificateTrouble | null {
  return CERTIFICATE[code] ?? null;
}

/** By the alert that an API server sends (RFC 8446, 6.2), what it says of the gateway's own client certificate. */
const OWN: ReadonlyArray<readonly [alert: RegExp, why: string]> = [
  [/ALERT_CERTIFICATE_EXPIRED/, 'it has expired'],
  [/ALERT_CERTIFICATE_REVOKED/, 'it was revoked'],
  [/ALERT_UNKNOWN_CA/, 'it is of an authority that the API server does not know'],
  [/ALERT_CERTIFICATE_REQUIRED/, 'there is none, and the API server asks for one'],
  [/ALERT_(?:BAD|UNSUPPORTED)_CERTIFICATE|ALERT_CERTIFICATE_UNKNOWN/, 'it may have expired, or be of another cluster'],
];

/** Why an API server turned down the client certificate; null where an error is not about that. */
export function ownCertificateTrouble(code: string): string | null {
  return OWN.find(([alert]) => alert.test(code))?.[1] ?? null;
}

/** By code, why TLS did not come about, certificates aside. */
const HANDSHAKE: ReadonlyArray<readonly [code: RegExp, why: string]> = [
  [
    /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|UNKNOWN_PROTOCOL|^EPROTO$/,
    'it does not speak TLS; is the address in the kubeconfig right, or is it http behind an https?',
  ],
  [/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/, 'it speaks only versions of TLS that are too old (1.2 is the least)'],
  [
    /HANDSHAKE_FAILURE|NO_SHARED_CIPHER|INSUFFICIENT_SECURITY/,
    'it and Gatehouse have no way to encrypt in common; is it an API server?',
  ],
  [/NO_APPLICATION_PROTOCOL/, 'it does not speak HTTP/1.1; is it an API server?'],
  [
    /UNRECOGNIZED_NAME/,
    'it does not know the name that it is called by; check server and tls-server-name in the kubeconfig',
  ],
  [
    /DH_KEY_TOO_SMALL|EE_KEY_TOO_SMALL|CA_KEY_TOO_SMALL|MD_TOO_WEAK/,
    'its keys are too weak to be taken; they are renewed on the cluster',
  ],
  [
    /ALERT_INTERNAL_ERROR|ALERT_ACCESS_DENIED|ALERT_DECRYPT_ERROR/,
    'it broke off the TLS handshake; its own log says why',
  ],
];

/** Null where an error is not about the TLS handshake. */
export function handshakeTrouble(code: string): string | null {
  return HANDSHAKE.find(([one]) => one.test(code))?.[1] ?? null;
}
