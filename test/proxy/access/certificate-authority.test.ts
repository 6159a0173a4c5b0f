import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Principal } from '../../../model/principal.ts';
import {
  createCertificateAuthority,
  issueClientCertificate,
  issueServerCertificate,
} from '../../../proxy/access/certificate-authority.ts';
import type { KeyPair } from '../../../proxy/gateway-door.ts';

let authority: KeyPair;
const closers: Array<() => void> = [];

beforeAll(async () => {
  authority = await createCertificateAuthority();
});

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

function principal(user: string): Principal {
  return { user, groups: ['gatehouse:local'], session: { kind: 'inAppTerminal', id: 't1' } };
}

/** What both sides of one mutual TLS handshake think of each other. */
async function handshake(client: KeyPair, servername = 'localhost') {
  const server = await issueServerCertificate(authority);
  const listener = createServer({
    cert: server.certificate,
    key: server.privateKey,
    ca: authority.certificate,
    requestCert: true,
    rejectUnauthorized: false,
  });
  closers.push(() => listener.close());
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const accepted = once(listener, 'secureConnection') as Promise<[TLSSocket]>;
  const socket = connect({
    port,
    host: '127.0.0.1',
    servername,
    ca: authority.certificate,
    cert: client.certificate,
    key: client.privateKey,
    rejectUnauthorized: false,
  });
  const [[serverSide]] = await Promise.all([accepted, once(socket, 'secureConnect')]);
  const seen = {
    serverTrusted: socket.authorized,
    clientTrusted: serverSide.authorized,
    why: serverSide.authorizationError ?? null,
  };
  socket.destroy();
  return seen;
}

describe('the certificate authority', () => {
  it('is constrained to the name localhost, critically, and with no IP constraint, which BoringSSL refuses', () => {
    const { raw } = new X509Certificate(authority.certificate);
    const nameConstraintsCritical = Buffer.from([0x55, 0x1d, 0x1e, 0x01, 0x01, 0xff]);
    expect(raw.includes(nameConstraintsCritical)).toBe(true);
    const dnsLocalhost = Buffer.concat([Buffer.from([0x82, 9]), Buffer.from('localhost')]);
    expect(raw.subarray(raw.indexOf(nameConstraintsCritical)).includes(dnsLocalhost)).toBe(true);
    expect(raw.includes(Buffer.from([127, 0, 0, 1]))).toBe(false);
  });

  it('may issue no other authority', () => {
    const { raw } = new X509Certificate(authority.certificate);
    // basicConstraints (RFC 5280 section 4.2.1.9), critical: cA TRUE, pathLenConstraint 0.
    const constraints = Buffer.from('551d130101ff0408' + '30060101ff020100', 'hex');
    expect(raw.includes(constraints)).toBe(true);
  });

  it('issues a server certificate for 127.0.0.1, ::1 and localhost, and for nothing else', async () => {
    const server = new X509Certificate((await issueServerCertificate(authority)).certificate);
    expect(server.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(server.checkIP('::1')).toBe('::1');
    expect(server.checkHost('localhost')).toBe('localhost');
    expect(server.checkIP('127.0.0.2')).toBeUndefined();
    expect(server.verify(new X509Certificate(authority.certificate).publicKey)).toBe(true);
  });

  it.each([
    ['a local user', 'local:alice'],
    ['a user called like a host', 'john.doe.example'],
    ['an e-mail address', 'alice@corp.example'],
    ['a user with separators of distinguished names', 'a=b,c+d"e'],
    ['a user of other letters', 'Zoë Åström'],
    ['a long user', 'x'.repeat(120)],
  ])('issues client certificates that its own constraints let through: %s', async (_case, user) => {
    const client = await issueClientCertificate(authority, {
      principal: principal(user),
      cluster: null,
      now: Date.now(),
      lifetime: 60_000,
    });
    expect(await handshake(client)).toEqual({ serverTrusted: true, clientTrusted: true, why: null });
    const seen = new X509Certificate(client.certificate);
    expect(seen.toLegacyObject().subject).toMatchObject({ CN: user, O: 'gatehouse:local' });
    expect(seen.subjectAltName).toContain('URI:gatehouse:session/inAppTerminal/t1');
  });

  it('remembers the dates and the fingerprint that the certificate has', async () => {
    const now = Date.now();
    const client = await issueClientCertificate(authority, {
      principal: principal('local:alice'),
      cluster: null,
      now,
      lifetime: 60_000,
    });
    const seen = new X509Certificate(client.certificate);
    expect(Date.parse(seen.validTo)).toBe(client.notAfter.getTime());
    expect(Date.parse(seen.validFrom)).toBe(client.notBefore.getTime());
    expect(client.notBefore.getTime()).toBeLessThan(now);
    expect(seen.fingerprint256).toBe(client.fingerprint);
  });

  it('gives every certificate its own serial number', async () => {
    const options = { principal: principal('local:alice'), cluster: null, now: Date.now(), lifetime: 60_000 };
    const [one, two] = await Promise.all([
      issueClientCertificate(authority, options),
      issueClientCertificate(authority, options),
    ]);
    expect(new X509Certificate(one.certificate).serialNumber).not.toBe(
      new X509Certificate(two.certificate).serialNumber,
    );
  });

  it('is not believed by another gateway', async () => {
    const foreign = await createCertificateAuthority();
    const client = await issueClientCertificate(foreign, {
      principal: principal('local:alice'),
      cluster: null,
      now: Date.now(),
      lifetime: 60_000,
    });
    expect(await handshake(client)).toMatchObject({ serverTrusted: true, clientTrusted: false });
  });

  it('issues client certificates that cannot stand for a server', async () => {
    const client = await issueClientCertificate(authority, {
      principal: principal('local:alice'),
      cluster: null,
      now: Date.now(),
      lifetime: 60_000,
    });
    expect(new X509Certificate(client.certificate).keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
  });
});

describe('the time of a certificate', () => {
  const of = ({ certificate }: KeyPair) => {
    const { validFrom, validTo } = new X509Certificate(certificate);
    return { from: Date.parse(validFrom), to: Date.parse(validTo) };
  };

  it('begins five minutes ago, because clocks of virtual machines lag', async () => {
    const now = Date.now();
    const client = await issueClientCertificate(authority, {
      principal: principal('ada'),
      cluster: null,
      now,
      lifetime: 3_600_000,
    });
    for (const pair of [authority, await issueServerCertificate(authority), client]) {
      expect(of(pair).from).toBeLessThanOrEqual(now - 299_000);
    }
    expect(of(client).to).toBeLessThanOrEqual(now + 3_600_000);
  });
});
