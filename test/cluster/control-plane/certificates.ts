import 'reflect-metadata';
import { generateKeyPairSync, webcrypto } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  type JsonName,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const lifetime = 24 * 60 * 60 * 1000;

/** Paths of a certificate and its key, PEM. */
export interface CertificateFiles {
  readonly certificate: string;
  readonly privateKey: string;
}

export interface ClusterCertificates {
  readonly authority: CertificateFiles;
  /** Writes `<file>.crt` and `<file>.key` for what serves on loopback. */
  server(file: string): Promise<CertificateFiles>;
  /** Writes `<file>.crt` and `<file>.key`; the API server reads user and groups from CN and O. */
  client(file: string, user: string, groups: readonly string[]): Promise<CertificateFiles>;
}

/** Makes a certificate authority of its own for one control plane, with everything in `folder`. */
export async function createClusterCertificates(folder: string): Promise<ClusterCertificates> {
  const authorityKeys = await generateKeys();
  const authorityName: JsonName = [{ CN: ['gatehouse-test'] }];
  let serial = 0;

  async function issue(file: string, keys: CryptoKeyPair, subject: JsonName, extensions: Extension[]) {
    serial += 1;
    const certificate = await X509CertificateGenerator.create({
      serialNumber: serial.toString(16).padStart(2, '0'),
      subject,
      issuer: authorityName,
      notBefore: new Date(Date.now() - 60_000),
      notAfter: new Date(Date.now() + lifetime),
      publicKey: keys.publicKey,
      signingKey: authorityKeys.privateKey,
      signingAlgorithm: algorithm,
      extensions,
    });
    const files = { certificate: join(folder, `${file}.crt`), privateKey: join(folder, `${file}.key`) };
    await writeFile(files.certificate, certificate.toString('pem'));
    await writeFile(files.privateKey, await privateKeyPem(keys), { mode: 0o600 });
    return files;
  }

  return {
    authority: await issue('ca', authorityKeys, authorityName, [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ]),
    server: async (file) =>
      issue(
        file,
        await generateKeys(),
        [{ CN: [file] }],
        [
          new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
          new SubjectAlternativeNameExtension([
            { type: 'dns', value: 'localhost' },
            { type: 'dns', value: 'kubernetes.default.svc' },
            { type: 'ip', value: '127.0.0.1' },
            { type: 'ip', value: '10.0.0.1' },
          ]),
        ],
      ),
    client: async (file, user, groups) =>
      issue(
        file,
        await generateKeys(),
        [...groups.map((group) => ({ O: [group] })), { CN: [user] }],
        [new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth])],
      ),
  };
}

/** Writes the key pair that signs service-account tokens. */
export async function writeServiceAccountKeys(folder: string): Promise<{ privateKey: string; publicKey: string }> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const files = { privateKey: join(folder, 'service-accounts.key'), publicKey: join(folder, 'service-accounts.pub') };
  await writeFile(files.privateKey, privateKey, { mode: 0o600 });
  await writeFile(files.publicKey, publicKey);
  return files;
}

function generateKeys(): Promise<CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<CryptoKeyPair>;
}

async function privateKeyPem(keys: CryptoKeyPair): Promise<string> {
  const bytes = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN PRIVATE KEY-----', ...lines, '-----END PRIVATE KEY-----', ''].join('\n');
}
