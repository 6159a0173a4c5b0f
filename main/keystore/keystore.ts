import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** What of Electron's `safeStorage` is used: the calls that every Electron from 33 to 45 has. */
export interface SafeStorage {
  isEncryptionAvailable(): boolean;
  encryptString(text: string): Buffer;
  decryptString(ciphertext: Buffer): string;
  /** Linux only. */
  getSelectedStorageBackend?(): string;
}

/** Keeps small secrets for later launches, or says why it cannot. */
export interface Keystore {
  /** Null: secrets are kept. Otherwise one line for the person, and everything lives in memory only. */
  readonly notice: string | null;
  /** Null where there is none, or where it cannot be read any more. */
  read(name: string): Promise<string | null>;
  write(name: string, secret: string): Promise<void>;
}

const storedSecret = z.object({ backend: z.string(), ciphertext: z.string() });

/**
 * A keystore over the system's own. Where the system has none that protects anything (`basic_text` encrypts with a key
 * that is in Chromium's source), nothing is written: the secrets of this launch end with it.
 */
export function openKeystore(safeStorage: SafeStorage, folder: string, platform: string): Keystore {
  const backend = backendOf(safeStorage, platform);
  if (backend === null) {
    return {
      notice:
        'The system has no safe key store, so mask tokens change at each start, the journal is not signed, and a policy that opens more than the built-in one is asked about at each start. On Linux, install gnome-keyring or KWallet and start Gatehouse with --password-store=gnome-libsecret.',
      read: async () => null,
      write: async () => {},
    };
  }
  // A backend that changes (another desktop session) and comes back finds its own again.
  const fileOf = (name: string) => join(folder, `${name}.${backend}.json`);
  return {
    notice: null,
    async read(name) {
      try {
        const stored = storedSecret.parse(JSON.parse(await readFile(fileOf(name), 'utf8')));
        return stored.backend === backend ? safeStorage.decryptString(Buffer.from(stored.ciphertext, 'base64')) : null;
      } catch {
        return null;
      }
    },
    async write(name, secret) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const ciphertext = safeStorage.encryptString(secret).toString('base64');
      const file = fileOf(name);
      await writeFile(`${file}.new`, JSON.stringify({ backend, ciphertext }), { mode: 0o600 });
      // What could not be read today may be readable tomorrow, by a person who knows what happened.
      await rename(file, `${file}.old`).catch(() => undefined);
      await rename(`${file}.new`, file);
    },
  };
}

function backendOf(safeStorage: SafeStorage, platform: string): string | null {
  if (!safeStorage.isEncryptionAvailable()) return null;
  if (platform !== 'linux') return platform;
  const backend = safeStorage.getSelectedStorageBackend?.() ?? 'unknown';
  return backend === 'basic_text' || backend === 'unknown' ? null : backend;
}
