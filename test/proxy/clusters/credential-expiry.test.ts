import { expect, it } from 'vitest';
import { credentialExpiry } from '../../../proxy/clusters/credential-expiry.ts';
import type { CredentialMaterial } from '../../../proxy/clusters/credential-source.ts';

const NOTHING: CredentialMaterial = { authority: null, certificate: null, key: null, token: null, basic: null };
const jwt = (claims: unknown) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`;

it.each<[what: string, token: string | null, plugin: number | null, expires: number | null]>([
  ['a JSON Web Token, when it says so', jwt({ exp: 1_700_000_000 }), null, 1_700_000_000_000],
  ['a plugin’s opaque token, when the plugin says so', 'k8s-aws-v1.opaque', 5_000, 5_000],
  ['the earlier of the two', jwt({ exp: 2_000 }), 5_000_000, 2_000_000],
  ['the earlier of the two, the plugin’s', jwt({ exp: 9_000 }), 5_000_000, 5_000_000],
  ['nothing that is known: an opaque token', 'opaque', null, null],
  ['nothing that is known: no credential', null, null, null],
  ['nothing that is known: a token without exp', jwt({ sub: 'ana' }), null, null],
  ['nothing that is known: exp as text', jwt({ exp: '1700000000' }), null, null],
  ['nothing that is known: exp beyond all dates', jwt({ exp: 1e300 }), null, null],
  ['nothing that is known: exp before all', jwt({ exp: -1 }), null, null],
  ['nothing that is known: claims that are a list', jwt([1]), null, null],
  ['nothing that is known: claims that are null', jwt(null), null, null],
  ['nothing that is known: five parts', `${jwt({ exp: 1 })}.x.y`, null, null],
  ['nothing that is known: parts that are no JSON', 'a.!!!.c', null, null],
])('a credential ends with %s', (_what, token, plugin, expires) => {
  expect(credentialExpiry({ ...NOTHING, token }, plugin)).toBe(expires);
});

it('says nothing of a certificate that is none', () => {
  expect(credentialExpiry({ ...NOTHING, certificate: 'garbage' }, null)).toBeNull();
});
