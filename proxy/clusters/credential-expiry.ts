import { X509Certificate } from 'node:crypto';
import type { CredentialMaterial } from './credential-source.ts';

/**
 * When a credential ends: what its plugin said, the client certificate's end, or `exp` of a token that is a JSON Web
 * Token (RFC 7519 section 4.1.4); the earliest of what is known. Reads the token and trusts nothing in it.
 * @returns milliseconds since the epoch; null where nothing is known.
 */
export function credentialExpiry(material: CredentialMaterial, pluginExpires: number | null): number | null {
  const { certificate, token } = material;
  const own = certificate !== null ? certificateEnd(certificate) : token === null ? null : tokenEnd(token);
  if (own === null || pluginExpires === null) return own ?? pluginExpires;
  return Math.min(own, pluginExpires);
}

function certificateEnd(pem: string): number | null {
  try {
    return finite(Date.parse(new X509Certificate(pem).validTo));
  } catch {
    return null;
  }
}

/** The largest time that a `Date` holds, in seconds. */
const LATEST = 8.64e12;

function tokenEnd(token: string): number | null {
  const [, payload, signature, ...more] = token.split('.');
  if (payload === undefined || signature === undefined || more.length > 0) return null;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    if (typeof claims !== 'object' || claims === null || !('exp' in claims)) return null;
    const { exp } = claims;
    return typeof exp === 'number' && exp > 0 && exp < LATEST ? finite(exp * 1_000) : null;
  } catch {
    return null;
  }
}

function finite(time: number): number | null {
  return Number.isFinite(time) ? time : null;
}
