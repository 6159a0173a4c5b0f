import { createHmac } from 'node:crypto';

/*
 * Signatures of Standard Webhooks (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md):
 * three lines over node:crypto, for which its library would bring two packages of its own.
 */

/** The specification's bounds of a secret, in bytes. */
const SECRET_BYTES = { least: 24, most: 64 };

/**
 * The keys of a secret file: one `whsec_<base64>` a line. With two of them each notification has two signatures, so that
 * a receiver can be given the new one while it still has the old.
 * @returns null where a line is none, or there is none.
 */
export function readSecrets(text: string): readonly Buffer[] | null {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const keys = lines.map((line) => {
    const [, base64 = ''] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(line.trim()) ?? [];
    return Buffer.from(base64, 'base64');
  });
  const good = keys.every(({ length }) => length >= SECRET_BYTES.least && length <= SECRET_BYTES.most);
  return keys.length > 0 && good ? keys : null;
}

/** The headers that say what was sent when, and prove it. */
export function signedHeaders(
  { id, body }: { readonly id: string; readonly body: string },
  keys: readonly Buffer[],
  unixSeconds: number,
): Readonly<Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>> {
  const signed = `${id}.${unixSeconds}.${body}`;
  const signatures = keys.map((key) => `v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
  return { 'webhook-id': id, 'webhook-timestamp': String(unixSeconds), 'webhook-signature': signatures.join(' ') };
}
