import { describe, expect, it } from 'vitest';
import { readExecCredential } from '../../../proxy/clusters/exec-credential.ts';

const V1 = 'client.authentication.k8s.io/v1';

function output(status: unknown, change: object = {}): string {
  return JSON.stringify({ kind: 'ExecCredential', apiVersion: V1, status, ...change });
}

/** What client-go 0.36 makes of the same (`plugin/pkg/client/auth/exec/exec.go`). */
describe('the output of a credential plugin', () => {
  const token = { token: 't', certificate: null, key: null, expires: null };
  it.each<[string, string, object]>([
    ['a token', output({ token: 't' }), token],
    [
      'null for what is not there',
      output({ token: 't', clientCertificateData: null, clientKeyData: null, expirationTimestamp: null }),
      token,
    ],
    ['empty texts for what is not there', output({ token: 't', clientCertificateData: '', clientKeyData: '' }), token],
    [
      'an empty token beside a certificate',
      output({ token: '', clientCertificateData: 'c', clientKeyData: 'k' }),
      { token: null, certificate: 'c', key: 'k', expires: null },
    ],
    ['fields that nobody knows', output({ token: 't', other: 1 }, { spec: null, metadata: {} }), token],
    [
      'a time',
      output({ token: 't', expirationTimestamp: '2026-01-01T00:00:00Z' }),
      { ...token, expires: Date.UTC(2026, 0, 1) },
    ],
    [
      'a time in a zone, with parts of a second',
      output({ token: 't', expirationTimestamp: '2026-01-01T02:00:00.5+02:00' }),
      { ...token, expires: Date.UTC(2026, 0, 1) + 500 },
    ],
    ['the time that Go has for none', output({ token: 't', expirationTimestamp: '0001-01-01T00:00:00Z' }), token],
    ['YAML', `kind: ExecCredential\napiVersion: ${V1}\nstatus:\n  token: t\n`, token],
    [
      'an escaped slash and pair, as only JSON has them',
      output({ token: 'T' }).replace('T"', '\\/\\ud83d\\ude00"'),
      { ...token, token: '/😀' },
    ],
  ])('with %s is read', (_what, text, expected) => {
    expect(readExecCredential(text, V1)).toEqual(expected);
  });

  it.each<[string, string, RegExp]>([
    ['without a status', output(null), /without a status/],
    ['with nothing in its status', output({}), /neither a token nor/],
    [
      'with empty texts alone',
      output({ token: '', clientCertificateData: '', clientKeyData: '' }),
      /neither a token nor/,
    ],
    ['with a certificate and no key', output({ token: 't', clientCertificateData: 'c' }), /without the other/],
    ['with a number for a token', output({ token: 1 }), /without a valid "status.token"/],
    ['with an empty time', output({ token: 't', expirationTimestamp: '' }), /"status.expirationTimestamp"/],
    [
      'with a time of another form',
      output({ token: 't', expirationTimestamp: 'tomorrow' }),
      /"status.expirationTimestamp"/,
    ],
    [
      'with a day that there is not',
      output({ token: 't', expirationTimestamp: '2026-13-01T00:00:00Z' }),
      /"status.expirationTimestamp"/,
    ],
    [
      'with a time as a number',
      output({ token: 't', expirationTimestamp: 1_800_000_000 }),
      /"status.expirationTimestamp"/,
    ],
    [
      'of another version',
      output({ token: 't' }, { apiVersion: 'client.authentication.k8s.io/v1beta1' }),
      /another apiVersion/,
    ],
    ['of another kind', output({ token: 't' }, { kind: 'Execcredential' }), /valid "kind"/],
    ['that is empty', '', /neither JSON nor YAML/],
    ['that is text', 'signed in as dana', /neither JSON nor YAML/],
    ['that is JSON twice', `${output({ token: 't' })}${output({ token: 't' })}`, /neither JSON nor YAML/],
  ])('%s is refused', (_what, text, expected) => {
    expect(() => readExecCredential(text, V1)).toThrow(expected);
  });
});
