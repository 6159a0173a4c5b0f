import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import type { AcceptanceKey } from '../../proxy/policy/source/accepted-policy.ts';
import type { Keystore } from './keystore.ts';

export interface GatewayKeys {
  readonly maskKey: { readonly kid: string; readonly key: Uint8Array<ArrayBuffer> };
  /** Ed25519, PKCS#8 PEM; null where nothing keeps it, because a signature by a key of one launch proves nothing later. */
  readonly journalKey: string | null;
  /** Vouches for the record of the policy that a person accepted last. */
  readonly policyKey: AcceptanceKey;
}

/** The gateway's three long-lived keys, made at the first launch. */
export async function gatewayKeys(keystore: Keystore): Promise<GatewayKeys> {
  const key = Buffer.from(await keptOrMade(keystore, 'mask-key', () => randomBytes(32).toString('base64')), 'base64');
  const maskKey = { kid: createHash('sha256').update(key).digest('hex').slice(0, 4), key: new Uint8Array(key) };
  const policyKey = await acceptanceKey(keystore);
  if (keystore.notice !== null) return { maskKey, journalKey: null, policyKey };

  const journalKey = await keptOrMade(keystore, 'journal-key', () =>
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  );
  return { maskKey, journalKey, policyKey };
}

async function acceptanceKey(keystore: Keystore): Promise<AcceptanceKey> {
  const kept = await keystore.read('policy-key');
  if (kept !== null) return { key: new Uint8Array(Buffer.from(kept, 'base64')), origin: 'kept' };
  const made = randomBytes(32);
  await keystore.write('policy-key', made.toString('base64'));
  return { key: new Uint8Array(made), origin: keystore.notice === null ? 'made' : 'launch' };
}

async function keptOrMade(keystore: Keystore, name: string, make: () => string): Promise<string> {
  const kept = await keystore.read(name);
  if (kept !== null) return kept;
  const made = make();
  await keystore.write(name, made);
  return made;
}
