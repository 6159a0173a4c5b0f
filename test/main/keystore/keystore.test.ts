import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { gatewayKeys } from '../../../main/keystore/gateway-keys.ts';
import { openKeystore, type SafeStorage } from '../../../main/keystore/keystore.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-keys-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Stands in for the system's key store; XOR is enough to see whether clear text reaches the disk. */
function safeStorage(backend: string, available = true): SafeStorage {
  const turn = (bytes: Buffer) => Buffer.from(bytes.map((byte) => byte ^ 0x5a));
  return {
    isEncryptionAvailable: () => available,
    getSelectedStorageBackend: () => backend,
    encryptString: (text) => turn(Buffer.from(text)),
    decryptString: (bytes) => turn(bytes).toString(),
  };
}

describe('the keystore', () => {
  test('keeps a secret encrypted, in a 0600 file', async () => {
    const keystore = openKeystore(safeStorage('gnome_libsecret'), folder, 'linux');
    expect(keystore.notice).toBe(null);
    await keystore.write('mask-key', 'clear text');
    expect(await openKeystore(safeStorage('gnome_libsecret'), folder, 'linux').read('mask-key')).toBe('clear text');
    const file = join(folder, 'mask-key.gnome_libsecret.json');
    expect(readFileSync(file, 'utf8')).not.toContain('clear');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test.each([
    ['basic_text', true],
    ['unknown', true],
    ['gnome_libsecret', false],
  ])('writes nothing and says so where nothing protects it (%s, available: %s)', async (backend, available) => {
    const keystore = openKeystore(safeStorage(backend, available), folder, 'linux');
    expect(keystore.notice).toContain('no safe key store');
    await keystore.write('mask-key', 'clear text');
    expect(readdirSync(folder)).toEqual([]);
    expect(await keystore.read('mask-key')).toBe(null);
  });

  test('does not try a secret of another backend, and loses none when the backend comes back', async () => {
    const [one, other] = ['kwallet5', 'kwallet6'].map((name) => openKeystore(safeStorage(name), folder, 'linux'));
    await one?.write('mask-key', 'clear text');
    expect(await other?.read('mask-key')).toBe(null);
    await other?.write('mask-key', 'another');
    expect(await one?.read('mask-key')).toBe('clear text');
  });

  test('keeps what it could not read when something new is written', async () => {
    const keystore = openKeystore(safeStorage('gnome_libsecret'), folder, 'linux');
    await keystore.write('mask-key', 'first');
    await keystore.write('mask-key', 'second');
    expect(await keystore.read('mask-key')).toBe('second');
    expect(readdirSync(folder).sort()).toEqual(['mask-key.gnome_libsecret.json', 'mask-key.gnome_libsecret.json.old']);
  });
});

describe("the gateway's keys", () => {
  test('are the same at each launch', async () => {
    const keystore = openKeystore(safeStorage('gnome_libsecret'), folder, 'linux');
    const first = await gatewayKeys(keystore);
    expect(first.policyKey.origin).toBe('made');
    expect(await gatewayKeys(keystore)).toEqual({ ...first, policyKey: { ...first.policyKey, origin: 'kept' } });
    expect(first.maskKey.key).toHaveLength(32);
    expect(first.journalKey).toContain('BEGIN PRIVATE KEY');
  });

  test('differ at each launch where nothing keeps them, and the journal is not signed', async () => {
    const keystore = openKeystore(safeStorage('basic_text'), folder, 'linux');
    const [first, second] = [await gatewayKeys(keystore), await gatewayKeys(keystore)];
    expect(first.maskKey.key).not.toEqual(second.maskKey.key);
    expect(first.journalKey).toBe(null);
    expect([first.policyKey.origin, second.policyKey.origin]).toEqual(['launch', 'launch']);
    expect(first.policyKey.key).not.toEqual(second.policyKey.key);
  });
});
