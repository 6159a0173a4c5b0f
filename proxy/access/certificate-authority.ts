import 'reflect-metadata';
import { randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { Principal } from '../../model/principal.ts';
import type { KeyPair } from './key-pair.ts';

/** A client certificate and what the gateway needs to know it again. */
export interface ClientCertificate extends KeyPair {
  /** SHA-256 of the certificate, as `X509Certificate.fingerprint256` writes it. */
  readonly fingerprint: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

const HOUR = 3_600_000;
const AUTHORITY_LIFETIME = 10 * 365 * 24 * HOUR;
/** Below the 398 days that some platforms accept at most. */
const SERVER_LIFETIME = 397 * 24 * HOUR;
/** Clocks of virtual machines lag; a certificate of this very second would be "not yet valid" there. */
const CLOCK_SKEW = HOUR / 12;
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/**
 * Name constraints (RFC 5280 section 4.2.1.10) as DER: of DNS names, only `localhost`. IP addresses cannot be
 * constrained as well: BoringSSL, and so every client built on Electron, answers any IP constraint with "unsupported
 * name constraint type" as soon as the server's certificate names an IP address.
 */
const LOCALHOST_ONLY = new x509.Extension('2.5.29.30', true, localhostConstraint());

/** Makes the gateway's own certificate authority: EC P-256, ten years, able to vouch for no DNS name but `localhost`. */
export async function createCertificateAuthority(): Promise<KeyPair> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: ['Gatehouse local authority'] }],
    serialNumber: randomSerial(),
    ...validity(Date.now(), AUTHORITY_LIFETIME),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      LOCALHOST_ONLY,
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false),
    ],
  });
  return { certificate: pem(certificate), privateKey: await exportKey(keys.privateKey) };
}

/** The listener's certificate: IP 127.0.0.1, IP ::1, DNS localhost. */
export async function issueServerCertificate(authority: KeyPair): Promise<KeyPair> {
  return issue(authority, {
    subject: [{ CN: ['Gatehouse gateway'] }],
    ...validity(Date.now(), SERVER_LIFETIME),
    usage: x509.ExtendedKeyUsage.serverAuth,
    names: [
      { type: 'ip', value: '127.0.0.1' },
      { type: 'ip', value: '::1' },
      { type: 'dns', value: 'localhost' },
    ],
  });
}

/**
 * One session's client certificate. The subject says who (CN the user, O the groups, as Kubernetes reads client
 * certificates), the SAN URIs `gatehouse:session/<kind>/<id>` and `gatehouse:cluster/<slug>` which session and for which
 * cluster. All are for people who look at the file: the gateway itself goes by the fingerprint.
 * @param options.cluster the one cluster that it opens; null where it opens each.
 * @param options.lifetime milliseconds.
 */
export async function issueClientCertificate(
  authority: KeyPair,
  options: {
    readonly principal: Principal;
    readonly cluster: string | null;
    readonly now: number;
    readonly lifetime: number;
  },
): Promise<ClientCertificate> {
  const { user, groups, session } = options.principal;
  const { cluster } = options;
  const dates = validity(options.now, options.lifetime);
  const pair = await issue(authority, {
    subject: [{ CN: [user] }, ...groups.map((group) => ({ O: [group] }))],
    ...dates,
    usage: x509.ExtendedKeyUsage.clientAuth,
    names: [
      { type: 'url', value: `gatehouse:session/${session.kind}/${session.id}` },
      ...(cluster === null ? [] : [{ type: 'url' as const, value: `gatehouse:cluster/${cluster}` }]),
      // With a DNS name present OpenSSL leaves the CN alone, which it would otherwise hold against the name
      // constraints as soon as a user is called like a host (x509/v3_ncons.c, NAME_CONSTRAINTS_check_CN).
      { type: 'dns', value: 'localhost' },
    ],
  });
  return { ...pair, fingerprint: new X509Certificate(pair.certificate).fingerprint256, ...dates };
}

async function issue(
  authority: KeyPair,
  leaf: {
    readonly subject: x509.JsonName;
    readonly notBefore: Date;
    readonly notAfter: Date;
    readonly usage: string;
    readonly names: x509.JsonGeneralNames;
  },
): Promise<KeyPair> {
  const issuer = new x509.X509Certificate(authority.certificate);
  const [signingKey, keys] = await Promise.all([importKey(authority.privateKey), generateKeys()]);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: leaf.subject,
    issuer: issuer.subjectName,
    serialNumber: randomSerial(),
    notBefore: leaf.notBefore,
    notAfter: leaf.notAfter,
    signingAlgorithm: ALGORITHM,
    signingKey,
    publicKey: keys.publicKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([leaf.usage]),
      new x509.SubjectAlternativeNameExtension(leaf.names),
      await x509.AuthorityKeyIdentifierExtension.create(issuer, false),
    ],
  });
  return { certificate: pem(certificate), privateKey: await exportKey(keys.privateKey) };
}

/** X.509 dates have no milliseconds; what is remembered must be what is written. */
function validity(now: number, lifetime: number): { notBefore: Date; notAfter: Date } {
  const toSecond = (time: number): Date => new Date(Math.floor(time / 1000) * 1000);
  return { notBefore: toSecond(now - CLOCK_SKEW), notAfter: toSecond(now + lifetime) };
}

/** 127 random bits, positive and without a leading zero byte (RFC 5280 section 4.1.2.2). */
function randomSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

async function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY').concat('\n');
}

async function importKey(privateKey: string): Promise<webcrypto.CryptoKey> {
  const [der] = x509.PemConverter.decode(privateKey);
  if (der === undefined) throw new TypeError('The certificate authority has no private key in PEM form');
  return webcrypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign']);
}

function pem(certificate: x509.X509Certificate): string {
  return `${certificate.toString('pem')}\n`;
}

function localhostConstraint(): Buffer {
  const tagged = (tag: number, content: Buffer): Buffer => Buffer.concat([Buffer.from([tag, content.length]), content]);
  const SEQUENCE = 0x30;
  const PERMITTED_SUBTREES = 0xa0;
  const DNS_NAME = 0x82;
  const subtree = tagged(SEQUENCE, tagged(DNS_NAME, Buffer.from('localhost')));
  return tagged(SEQUENCE, tagged(PERMITTED_SUBTREES, subtree));
}
