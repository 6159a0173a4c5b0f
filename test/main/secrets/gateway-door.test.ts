import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openDoor } from '../../../main/secrets/gateway-door.ts';
import {
  createCertificateAuthority,
  issueClientCertificate,
  issueServerCertificate,
} from '../../../proxy/access/certificate-authority.ts';

let folder: string;
let server: Server;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
const asked: Array<{ method: string; url: string; user: string; type: string | undefined; body: string }> = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-door-'));
  const authority = await createCertificateAuthority();
  const own = await issueServerCertificate(authority);
  const principal = { user: 'local:dana', groups: [], session: { kind: 'app', id: 'app' } } as const;
  const client = await issueClientCertificate(authority, {
    principal,
    cluster: null,
    now: Date.now(),
    lifetime: 3_600_000,
  });
  const { certificate: ca } = authority;
  const trust = { ca, requestCert: true, rejectUnauthorized: true };
  server = createServer({ cert: own.certificate, key: own.privateKey, ...trust }, async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    asked.push({
      method: request.method ?? '',
      url: request.url ?? '',
      user: String((request.socket as TLSSocket).getPeerCertificate().subject.CN),
      type: request.headers['content-type'],
      body: Buffer.concat(chunks).toString(),
    });
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  writeFileSync(join(folder, 'ca.pem'), ca);
  writeFileSync(join(folder, 'client.pem'), client.certificate);
  writeFileSync(join(folder, 'client-key.pem'), client.privateKey);
  writeKubeconfig('app.yaml', 'ca.pem');
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  asked.splice(0);
});

/** @returns the path of a kubeconfig as the gateway writes one, beside its certificates. */
function writeKubeconfig(name: string, authority: string): string {
  const { port } = server.address() as AddressInfo;
  const cluster = { server: `https://127.0.0.1:${port}/c/demo`, 'certificate-authority': authority };
  const user = { 'client-certificate': 'client.pem', 'client-key': 'client-key.pem' };
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify({ clusters: [{ cluster }], users: [{ user }] }));
  return file;
}
const door = () => openDoor(async () => join(folder, 'app.yaml'));
const says = (status: number, body: unknown) => (_request: IncomingMessage, response: ServerResponse) => {
  response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
};
const cutOff = (request: IncomingMessage) => void request.socket.destroy();

describe("the app's way into the gateway", () => {
  test("is the gateway's own door, under the certificate of its session", async () => {
    answer = says(200, { items: [] });
    expect(await door().get('/c/demo/api/v1/namespaces?limit=500')).toEqual({ items: [] });
    expect(await door().post('/_gatehouse/v1/reveal', { key: 'password' })).toEqual({ items: [] });
    expect(asked).toEqual([
      { method: 'GET', url: '/c/demo/api/v1/namespaces?limit=500', user: 'local:dana', type: undefined, body: '' },
      {
        method: 'POST',
        url: '/_gatehouse/v1/reveal',
        user: 'local:dana',
        type: 'application/json',
        body: '{"key":"password"}',
      },
    ]);
  });

  test.each([
    [
      'a refusal of ours',
      403,
      {
        message: 'denied by policy: no',
        reason: 'Forbidden',
        details: { causes: [{ reason: 'FieldValueInvalid' }, { reason: 'gatehouse/denied-by-policy' }] },
      },
      { code: 'denied-by-policy', message: 'denied by policy: no' },
    ],
    [
      'one of the cluster',
      404,
      { message: 'secrets "db" not found', reason: 'NotFound' },
      { code: 'NotFound', message: 'secrets "db" not found' },
    ],
    ['one without a reason', 500, { message: 'etcd' }, { code: 'status-500' }],
    ['no Status at all', 502, '<html>', { code: 'gateway-answer-malformed' }],
  ])('keeps the code and the words of %s', async (_what, status, body, expected) => {
    answer = says(status, body);
    await expect(door().post('/_gatehouse/v1/reveal', {})).rejects.toMatchObject(expected);
    expect(asked).toHaveLength(1);
  });

  test('reads again, once, where the gateway ended meanwhile', async () => {
    answer = (request, response) => {
      if (asked.length === 1) cutOff(request);
      else says(200, { read: 'twice' })(request, response);
    };
    expect(await door().get('/c/demo/api')).toEqual({ read: 'twice' });
    asked.splice(0);
    answer = cutOff;
    await expect(door().get('/c/demo/api')).rejects.toMatchObject({ code: 'gateway-unavailable' });
    expect(asked).toHaveLength(2);
  });

  test('asks for a value once, whatever becomes of the answer', async () => {
    answer = cutOff;
    await expect(door().post('/_gatehouse/v1/reveal', {})).rejects.toMatchObject({ code: 'gateway-unavailable' });
    expect(asked).toHaveLength(1);
  });

  test('trusts no other server than the one that its kubeconfig names', async () => {
    const other = await createCertificateAuthority();
    writeFileSync(join(folder, 'other.pem'), other.certificate);
    const file = writeKubeconfig('other.yaml', 'other.pem');
    answer = says(200, {});
    const asks = openDoor(async () => file).post('/_gatehouse/v1/reveal', { reason: 'canary' });
    await expect(asks).rejects.toMatchObject({ code: 'gateway-unavailable' });
    expect(asked).toEqual([]);
  });
});
