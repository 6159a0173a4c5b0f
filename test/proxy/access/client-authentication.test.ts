import type { PeerCertificate, TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import type { Principal } from '../../../model/principal.ts';
import { authenticate, type CertificateState } from '../../../proxy/access/client-authentication.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const principal: Principal = { user: 'local:ada', groups: [], session: { kind: 'inAppTerminal', id: 't1' } };
const live = (notAfter: number): CertificateState => ({
  state: 'live',
  cluster: null,
  principal,
  notAfter: new Date(notAfter),
});

/** A connection whose client showed a certificate of which OpenSSL said this. */
function connection(verified: string | null, shown = true): TLSSocket {
  const certificate = { fingerprint256: 'AA:BB' } as PeerCertificate;
  const socket = {
    authorized: verified === null,
    authorizationError: verified,
    getPeerX509Certificate: () => (shown ? certificate : undefined),
  };
  return socket as unknown as TLSSocket;
}

function decide(socket: TLSSocket, found: CertificateState) {
  const asked: string[] = [];
  const find = (fingerprint: string): CertificateState => {
    asked.push(fingerprint);
    return found;
  };
  const outcome = authenticate(socket, { find, onRevoked: () => () => undefined }, NOW);
  return { outcome, asked };
}

describe('who a connection belongs to', () => {
  it('is said by its certificate, known by its fingerprint', () => {
    const { outcome, asked } = decide(connection(null), live(NOW + 1));
    expect(outcome).toEqual({ principal, cluster: null });
    expect(asked).toEqual(['AA:BB']);
  });

  it.each<[string, TLSSocket, CertificateState, string, string]>([
    [
      'shows none',
      connection('UNABLE_TO_GET_ISSUER_CERT', false),
      live(NOW + 1),
      'no-client-certificate',
      'client-certificate-required',
    ],
    [
      'is of another authority',
      connection('SELF_SIGNED_CERT_IN_CHAIN'),
      live(NOW + 1),
      'foreign-certificate',
      'client-certificate-required',
    ],
    [
      'had expired when it came',
      connection('CERT_HAS_EXPIRED'),
      live(NOW + 1),
      'expired-certificate',
      'client-certificate-required',
    ],
    ['has expired since', connection(null), live(NOW), 'expired-certificate', 'client-certificate-required'],
    ['was revoked since', connection(null), { state: 'revoked' }, 'revoked-certificate', 'client-certificate-revoked'],
    [
      'is of an earlier start',
      connection(null),
      { state: 'unknown' },
      'unknown-certificate',
      'client-certificate-required',
    ],
  ])('is not said where its certificate %s', (_, socket, found, turnedAway, code) => {
    expect(decide(socket, found).outcome).toMatchObject({ turnedAway, refusal: { code } });
  });

  it('is asked anew for every request: a connection outlives its certificate', () => {
    const socket = connection(null);
    expect(decide(socket, live(NOW + 1)).outcome).toEqual({ principal, cluster: null });
    expect(decide(socket, live(NOW)).outcome).toMatchObject({ turnedAway: 'expired-certificate' });
    expect(decide(socket, { state: 'revoked' }).outcome).toMatchObject({ turnedAway: 'revoked-certificate' });
  });
});
