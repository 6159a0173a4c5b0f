import { findShapes, type Shape } from '../../patterns/credential-shapes.ts';
import { isRecord } from '../../request/json-value.ts';
import { joinField } from './field-path.ts';

/** The keys of a Secret that hold a docker configuration, whatever its type says. */
const KEYS: ReadonlySet<string> = new Set(['.dockerconfigjson', '.dockercfg']);

/** What a client may read of an entry: whose account it is, not how to use it. */
const PUBLIC: ReadonlySet<string> = new Set(['username', 'email', 'serveraddress']);

export function isDockerConfig(key: string): boolean {
  return KEYS.has(key);
}

/** Makes the token for a leaf and tells whoever keeps count. */
export type MaskLeaf = (field: string, plain: Buffer) => string;

/**
 * Masks the credentials in a docker configuration and leaves it one: registries, user names and structure stay, so that
 * a client that reads the Secret finds out for whom it is. `auth` is base64 of `user:password`, and stays so.
 * @returns null where the text is no such configuration; then it is masked whole.
 */
export function maskDockerConfig(text: string, key: string, field: string, mask: MaskLeaf): string | null {
  const config = parseObject(text);
  if (config === null) return null;
  if (key === '.dockercfg') return stringify(maskRegistries(config, field, mask));
  const masked = Object.entries(config).map(([name, value]) => {
    const at = joinField(field, name);
    if (name === 'auths' && isRecord(value)) return [name, maskRegistries(value, at, mask)];
    // Names of helper programs, by registry.
    if (name === 'credHelpers' || name === 'credsStore') return [name, value];
    return [name, maskLeaves(value, at, mask)];
  });
  return stringify(Object.fromEntries(masked));
}

function maskRegistries(registries: Record<string, unknown>, field: string, mask: MaskLeaf): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(registries).map(([host, entry]) => {
      const at = joinField(field, host);
      if (!isRecord(entry)) return [host, maskLeaves(entry, at, mask)];
      return [
        host,
        Object.fromEntries(Object.entries(entry).map(([name, value]) => [name, maskMember(name, value, at, mask)])),
      ];
    }),
  );
}

function maskMember(name: string, value: unknown, field: string, mask: MaskLeaf): unknown {
  if (PUBLIC.has(name) && typeof value === 'string' && !isCredential(value)) return value;
  const at = joinField(field, name);
  if (name !== 'auth' || typeof value !== 'string' || value === '') return maskLeaves(value, at, mask);
  const decoded = Buffer.from(value, 'base64');
  const colon = decoded.indexOf(0x3a);
  // What is not base64 of user:password is masked as it stands.
  const isTokenAsUser = isCredential(decoded.toString('latin1', 0, Math.max(colon, 0)));
  if (colon === -1 || isTokenAsUser || decoded.toString('base64').replace(/=+$/, '') !== value.replace(/=+$/, ''))
    return mask(at, Buffer.from(value));
  const token = mask(at, decoded.subarray(colon + 1));
  return Buffer.concat([decoded.subarray(0, colon + 1), Buffer.from(token)]).toString('base64');
}

/** Some registries take a token for the user's name, and nothing for the password. */
function isCredential(text: string): boolean {
  return findShapes(text, TOKENS).length > 0;
}

const TOKENS: ReadonlySet<Shape> = new Set(['private-key', 'jwt', 'api-key']);

function maskLeaves(value: unknown, field: string, mask: MaskLeaf): unknown {
  if (typeof value === 'number') return mask(field, Buffer.from(String(value)));
  if (typeof value === 'string') return value === '' ? value : mask(field, Buffer.from(value));
  if (Array.isArray(value)) return value.map((item, index) => maskLeaves(item, `${field}[${index}]`, mask));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, maskLeaves(inner, joinField(field, name), mask)]),
  );
}

function parseObject(text: string): Record<string, unknown> | null {
  // JSON.parse takes the last of two equal keys; a reader that takes the first would see what was not masked.
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

function stringify(value: unknown): string {
  return JSON.stringify(value);
}
