import { z } from 'zod';
import { call } from './call.ts';
import { namespaceName, slug } from './words.ts';

const objectName = z.string().regex(/^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$/);
const secretKey = z.string().regex(/^[-._a-zA-Z0-9]{1,253}$/);
const reason = z.string().trim().min(1).max(500);

/** A Secret as the list shows it: keys, never values or their lengths. */
export interface SecretEntry {
  readonly namespace: string;
  readonly name: string;
  readonly type: string;
  readonly keys: readonly string[];
  readonly createdAt: string;
  readonly owners: readonly string[];
  readonly immutable: boolean;
}

/** A value that a person was allowed to see, for `expiresAt`. */
export interface RevealedValue {
  /** UTF-8 text, or base64 where the bytes are not text. */
  readonly value: string;
  readonly encoding: 'utf8' | 'base64';
  readonly expiresAt: string;
}

export const secretsCalls = {
  'secrets.namespaces': call<readonly string[]>()(slug),
  'secrets.list': call<readonly SecretEntry[]>()(z.object({ cluster: slug, namespace: namespaceName.nullable() })),
  /** Waits for the approval; the value comes back once and is kept nowhere. */
  'secrets.reveal': call<RevealedValue>()(
    z.object({ cluster: slug, namespace: namespaceName, name: objectName, key: secretKey, reason }),
    ['secret'],
  ),
} as const;
