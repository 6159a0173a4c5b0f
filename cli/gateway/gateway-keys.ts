import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { visible } from '../../model/visible-text.ts';
import { createCertificateAuthority } from '../../proxy/access/certificate-authority.ts';
import { readIfThere, writePrivateFile } from '../../proxy/access/private-file.ts';
import type { GatewayOptions, KeyPair } from '../../proxy/gateway-door.ts';
import { readJournalKey } from '../../proxy/journal/signed-head.ts';
import type { AcceptanceKey } from '../../proxy/policy/source/accepted-policy.ts';
import { CommandError, exitCodes } from '../command/exit-codes.ts';

/** What a headless gateway signs, masks and vouches with. */
export interface GatewayKeys {
  readonly gateway: Pick<GatewayOptions, 'certificateAuthority' | 'maskKey' | 'journalKey'>;
  /** Vouches for the record of the policy that was accepted last. */
  readonly policyKey: AcceptanceKey;
}

/**
 * The keys of a headless gateway: files 0600 in its data folder, made at the first start. There is no keystore on a
 * server; whoever can read the data folder has them.
 */
export async function gatewayKeys(dataFolder: string): Promise<GatewayKeys> {
  const certificateAuthority = await keyFile(
    join(dataFolder, 'certificate-authority.json'),
    createCertificateAuthority,
    parseAuthority,
  );
  const maskKey = await keyFile(join(dataFolder, 'mask-key.json'), async () => newMaskKey(), parseMaskKey);
  const { journalKey } = await keyFile(
    join(dataFolder, 'journal-key.json'),
    async () => newJournalKey(),
    parseJournalKey,
  );
  return {
    gateway: { certificateAuthority, maskKey, journalKey },
    policyKey: await policyKey(join(dataFolder, 'policy-key.json')),
  };
}

/** This key says that a policy was accepted, so it is written down with the first one that is. */
async function policyKey(path: string): Promise<AcceptanceKey> {
  const kept = await readIfThere(path);
  if (kept !== null) return { key: parsed(path, kept, parsePolicyKey), origin: 'kept' };
  const made = { key: randomBytes(32).toString('base64') };
  return {
    key: parsePolicyKey(made),
    origin: 'made',
    keep: async () => {
      await writePrivateFile(path, `${JSON.stringify(made)}\n`);
      return () => rm(path, { force: true });
    },
  };
}

/** Reads a key file; makes it where there is none. One that cannot be read is never replaced: it may be wanted back. */
async function keyFile<Stored, Key>(
  path: string,
  make: () => Promise<Stored>,
  parse: (stored: unknown) => Key,
): Promise<Key> {
  const kept = await readIfThere(path);
  if (kept !== null) return parsed(path, kept, parse);
  const text = JSON.stringify(await make());
  await writePrivateFile(path, `${text}\n`);
  return parsed(path, text, parse);
}

function parsed<Key>(path: string, text: string, parse: (stored: unknown) => Key): Key {
  try {
    return parse(JSON.parse(text));
  } catch (cause) {
    throw new CommandError(
      exitCodes.failed,
      `the key file ${visible(path)} is damaged: put its copy back, or remove it and a new key is made at the next start`,
      { cause },
    );
  }
}

const keyPair = z.object({
  certificate: z.string().includes('CERTIFICATE'),
  privateKey: z.string().includes('PRIVATE KEY'),
});

function parseAuthority(stored: unknown): KeyPair {
  return keyPair.parse(stored);
}

function newMaskKey() {
  return { kid: randomBytes(3).toString('hex'), key: randomBytes(32).toString('base64') };
}

const maskKey = z.object({ kid: z.string().regex(/^[A-Za-z0-9_-]{1,32}$/), key: z.base64().length(44) });

function parsePolicyKey(stored: unknown): Uint8Array<ArrayBuffer> {
  const { key } = z.object({ key: z.base64().length(44) }).parse(stored);
  return new Uint8Array(Buffer.from(key, 'base64'));
}

function parseMaskKey(stored: unknown): GatewayOptions['maskKey'] {
  const { kid, key } = maskKey.parse(stored);
  return { kid, key: new Uint8Array(Buffer.from(key, 'base64')) };
}

function newJournalKey() {
  const { privateKey } = generateKeyPairSync('ed25519');
  return { privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

function parseJournalKey(stored: unknown): { journalKey: string } {
  const { privateKey } = z.object({ privateKey: z.string() }).parse(stored);
  readJournalKey(privateKey);
  return { journalKey: privateKey };
}
