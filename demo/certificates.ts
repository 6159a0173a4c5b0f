import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const lifetime = 30 * 24 * 60 * 60 * 1000;
const crypto = webcrypto;
const serverUse = '1.3.6.1.5.5.7.3.1';
const clientUse = '1.3.6.1.5.5.7.3.2';

/** A certificate and its private key, both PEM. */
export interface CertificatePair {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate authority of the demo cluster: made at start, kept in memory, worth nothing elsewhere. */
export interface DemoAuthority {
  readonly certificate: string;
  issueServer(names: readonly string[], addresses: readonly string[]): Promise<CertificatePair>;
  issueClient(username: string, groups: readonly string[]): Promise<CertificatePair>;
}

async function keyPem(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

function serial(): string {
  return `00${randomBytes(12).toString('hex')}`;
}

/** Makes an authority that lives for a month. */
export async function createDemoAuthority(): Promise<DemoAuthority> {
  x509.cryptoProvider.set(crypto);
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const notBefore = new Date(Date.now() - 60_000);
  const notAfter = new Date(Date.now() + lifetime);
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: [{ CN: ['gatehouse-demo-ca'] }],
    notBefore,
    notAfter,
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });

  async function issue(subject: x509.JsonName, extensions: x509.Extension[]): Promise<CertificatePair> {
    const pair = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serial(),
      subject,
      issuer: authority.subject,
      notBefore,
      notAfter,
      signingAlgorithm: algorithm,
      publicKey: pair.publicKey,
      signingKey: keys.privateKey,
      extensions: [
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
        ...extensions,
      ],
    });
    return { certificate: certificate.toString('pem'), key: await keyPem(pair.privateKey) };
  }

  return {
    certificate: authority.toString('pem'),
    issueServer: (names, addresses) =>
      issue(
        [{ CN: ['gatehouse-demo'] }],
        [
          new x509.ExtendedKeyUsageExtension([serverUse]),
          new x509.SubjectAlternativeNameExtension([
            ...names.map((value) => ({ type: 'dns' as const, value })),
            ...addresses.map((value) => ({ type: 'ip' as const, value })),
          ]),
        ],
      ),
    issueClient: (username, groups) =>
      issue(
        [...groups.map((group) => ({ O: [group] })), { CN: [username] }],
        [new x509.ExtendedKeyUsageExtension([clientUse])],
      ),
  };
}
