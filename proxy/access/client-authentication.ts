import type { TLSSocket } from 'node:tls';
import type { Principal } from '../../model/principal.ts';
import { Refusal } from '../refusal.ts';

/** The client certificates that open this gateway's door now. */
export interface LiveCertificates {
  /** @param fingerprint SHA-256, as `X509Certificate.fingerprint256` writes it. */
  find(fingerprint: string): CertificateState;
  /** Tells at once which certificates stop being good, so that their connections can be ended. */
  onRevoked(listener: (fingerprints: ReadonlySet<string>) => void): () => void;
}

export type CertificateState =
  | {
      readonly state: 'live';
      readonly principal: Principal;
      /** The one cluster that the certificate opens; null where it opens each. */
      readonly cluster: string | null;
      readonly notAfter: Date;
    }
  | { readonly state: 'revoked' }
  | { readonly state: 'unknown' };

/** Why a caller was not let in, as the journal counts it. */
export type TurnedAway =
  | 'no-client-certificate'
  | 'foreign-certificate'
  | 'expired-certificate'
  | 'revoked-certificate'
  | 'unknown-certificate';

/** Who a connection belongs to. */
export interface Caller {
  readonly principal: Principal;
  /** The one cluster that the certificate opens; null where it opens each. */
  readonly cluster: string | null;
}

export type Authentication = Caller | { readonly turnedAway: TurnedAway; readonly refusal: Refusal };

/**
 * Who a connection belongs to: by its client certificate alone, which must be of our authority, not expired, and one
 * of those that are live at this moment. Asked for every request, because a connection outlives a revocation.
 */
export function authenticate(socket: TLSSocket, live: LiveCertificates, now: number): Authentication {
  const fingerprint = fingerprintOf(socket);
  if (fingerprint === null) {
    return turnAway(
      'no-client-certificate',
      'Gatehouse needs the client certificate of one of its own kubeconfig files',
    );
  }
  if (!socket.authorized) {
    // Node's types say Error, but it is OpenSSL's name for the verification's outcome.
    if (String(socket.authorizationError) === 'CERT_HAS_EXPIRED') return expired();
    return turnAway(
      'foreign-certificate',
      'This client certificate is not of this Gatehouse; use its current kubeconfig',
    );
  }
  const found = live.find(fingerprint);
  if (found.state === 'revoked') {
    return turnAway(
      'revoked-certificate',
      'This client certificate is of a session that was closed; open a new terminal in Gatehouse',
      'client-certificate-revoked',
    );
  }
  if (found.state === 'unknown') {
    return turnAway(
      'unknown-certificate',
      'Gatehouse does not know this client certificate; use its current kubeconfig',
    );
  }
  if (found.notAfter.getTime() <= now) return expired();
  return { principal: found.principal, cluster: found.cluster };
}

/** Of a connection's certificate: it is shown once, in the handshake, and to read it costs as much as a decision. */
const FINGERPRINTS = new WeakMap<TLSSocket, string | null>();

/** SHA-256 of the certificate that the client showed; null where it showed none. */
export function fingerprintOf(socket: TLSSocket): string | null {
  let known = FINGERPRINTS.get(socket);
  if (known === undefined) {
    known = socket.getPeerX509Certificate()?.fingerprint256 ?? null;
    FINGERPRINTS.set(socket, known);
  }
  return known;
}

function expired(): Authentication {
  return turnAway('expired-certificate', 'This client certificate has expired; Gatehouse renewed the file beside it');
}

function turnAway(
  turnedAway: TurnedAway,
  message: string,
  code: 'client-certificate-required' | 'client-certificate-revoked' = 'client-certificate-required',
): Authentication {
  return { turnedAway, refusal: new Refusal(code, message) };
}
