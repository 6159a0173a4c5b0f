import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { dirname, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { requestHead, say, sayAs } from '../environment/raw-client.ts';
import { gatewayConnection, type HeaderFields } from '../environment/raw-request.ts';
import { type RawUpstream, startRawUpstream } from '../environment/raw-upstream.ts';
import type { RunningGateway } from '../environment/running-gateway.ts';
import { UPSTREAM_TOKEN } from '../environment/upstream-kubeconfig.ts';
import { lastDecided, nothingReaches } from './nothing-reached.ts';

const REVIEWS = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
const REVIEW = JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' });

interface UserInfo {
  readonly username: string;
  readonly groups?: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** Who a request comes from is told by the client certificate and by nothing that a client writes into a header. */
export function describeTrustedHeaders(environment: () => RunningGateway): void {
  describe('headers that claim an identity', () => {
    /** Who the API server takes a request with these headers for. */
    async function whoami(headers: HeaderFields = {}): Promise<UserInfo> {
      const fields = { 'Content-Type': 'application/json', ...headers };
      const { status, body } = await environment().request('POST', REVIEWS, fields, REVIEW);
      expect(status, body).toBe(201);
      return (JSON.parse(body) as { status: { userInfo: UserInfo } }).status.userInfo;
    }
    async function whoamiOnceConfirmed(headers: HeaderFields): Promise<UserInfo> {
      const asking = whoami(headers);
      await environment().decideNext('approve');
      return asking;
    }

    it('case 1: two Impersonate-Group lines are two groups for policy, journal and API server, and a comma parts none', async () => {
      const seen = await whoamiOnceConfirmed({ 'Impersonate-User': 'eve', 'Impersonate-Group': ['one', 'two, three'] });
      const groups = ['one', 'system:authenticated', 'two, three'];
      expect(seen).toMatchObject({ username: 'eve' });
      expect(seen.groups?.toSorted()).toEqual(groups);
      const { effective } = await lastDecided(environment());
      expect(effective?.groups.toSorted()).toEqual(groups);
    });

    it('case 1: names beyond ASCII are the same for policy, journal and API server, byte for byte', async () => {
      const wire = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
      const groups = ['é', '開発, \u{1f98a}'];
      const restore = await environment().writePolicy(
        'largest.yaml',
        `apiVersion: gatehouse/v1
kind: AccessPolicy
metadata: {name: largest}
spec:
  rules:
  - {id: named, effect: deny, match: {impersonation: {as: {users: [Verbotene-Größe]}}}}
`,
      );
      try {
        const denied = await environment().request(
          'POST',
          REVIEWS,
          { 'Content-Type': 'application/json', 'Impersonate-User': wire('Verbotene-Größe') },
          REVIEW,
        );
        expect(denied).toMatchObject({ status: 403, body: expect.stringContaining('denied-by-policy') });
        const seen = await whoamiOnceConfirmed({
          'Impersonate-User': wire('Größe'),
          'Impersonate-Group': groups.map(wire),
          'Impersonate-Extra-scopes': wire('ñ'),
        });
        expect(seen).toMatchObject({ username: 'Größe', extra: { scopes: ['ñ'] } });
        expect(seen.groups?.toSorted()).toEqual([...groups, 'system:authenticated'].toSorted());
        const { effective } = await lastDecided(environment());
        expect(effective).toMatchObject({ user: 'Größe', extra: { scopes: ['ñ'] } });
        expect(effective?.groups.toSorted()).toEqual(seen.groups?.toSorted());
      } finally {
        await restore();
      }
    });

    it('case 1: kubectl --as with letters beyond ASCII acts as that user', async () => {
      const { kubectl, decideNext } = environment();
      const asking = kubectl(['auth', 'whoami', '--as', 'Jörg Größe', '--as-group', 'Büro', '-o', 'json']);
      await decideNext('approve');
      const { stdout, code } = await asking;
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({
        status: { userInfo: { username: 'Jörg Größe', groups: expect.arrayContaining(['Büro']) } },
      });
    });

    it.each([
      ['not UTF-8', 'b\u00f6b'],
      ['with a control character', 'a\u00c2\u0085b'],
    ])('case 1: a name that is %s is refused in words', async (_name, value) => {
      const head = requestHead('GET {cluster}/api/v1/namespaces', `Impersonate-User: ${value}`, 'Connection: close');
      const answer = await nothingReaches(environment(), () => say(environment().kubeconfig, head));
      expect(answer).toMatch(/^HTTP\/1\.1 400 [\s\S]*"impersonation-malformed"/);
    });

    it.each<[string, readonly string[]]>([
      ['beside close', ['Connection: close, Impersonate-User, Impersonate-Group, Authorization']],
      ['in a second line behind an empty one', ['Connection: ', 'Connection: close, Impersonate-User']],
      ['in other letters', ['Connection: close', 'Connection: iMPERSONATE-uSER']],
      ['beside groups only', ['Connection: close, Impersonate-Group']],
    ])('case 7: a Connection header that names the identity, %s, is refused', async (_name, lines) => {
      const identity = ['Impersonate-User: eve', 'Impersonate-Group: dev', 'Authorization: Bearer x'];
      const head = requestHead('GET {cluster}/api/v1/namespaces', ...lines, ...identity);
      const answer = await nothingReaches(environment(), () => say(environment().kubeconfig, head));
      expect(answer).toMatch(/^HTTP\/1\.1 400 [\s\S]*"impersonation-malformed"/);
      const { decision } = await lastDecided(environment());
      expect(decision).toMatchObject({ outcome: 'refused', code: 'impersonation-malformed' });
    });

    it.each<[string, HeaderFields]>([
      ['X-Remote-*', { 'X-Remote-User': 'eve', 'X-Remote-Group': 'system:masters', 'X-Remote-Extra-a': 'b' }],
      [
        'X-Forwarded-* and Forwarded',
        { 'X-Forwarded-For': '192.0.2.1', 'X-Forwarded-User': 'eve', Forwarded: 'for=x' },
      ],
      ['Cookie and Proxy-*', { Cookie: 'a=b', 'Proxy-Authorization': 'Basic eDp5' }],
    ])('case 8: %s changes nothing about who the API server sees', async (_name, headers) => {
      expect(await whoami(headers)).toEqual(await whoami());
    });

    it('case 43: a token of another account in Authorization changes nothing, beside whatever credential the gateway has', async () => {
      const { directly, everythingWritten } = environment();
      const { stdout } = await directly(['-n', 'default', 'create', 'token', 'default']);
      const token = stdout.trim();
      expect(token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
      expect(await whoami({ Authorization: `Bearer ${token}` })).toEqual(await whoami());
      const written = await everythingWritten();
      expect([written.includes(token), written.includes(token.slice(-24))]).toEqual([false, false]);
    });

    it('case 10: once confirmed the API server sees the target, and the engineer beside it; the next request is asked about anew', async () => {
      const { decideNext, request, slug } = environment();
      const original = { 'gatehouse.dev/original-user': ['local:tester'] };
      expect(await whoamiOnceConfirmed({ 'Impersonate-User': 'eve' })).toMatchObject({
        username: 'eve',
        extra: original,
      });
      expect(await lastDecided(environment())).toMatchObject({
        principal: { user: 'local:tester' },
        effective: { user: 'eve' },
        cluster: slug,
        decision: { outcome: 'requireApproval', code: null },
      });
      const again = request('POST', REVIEWS, { 'Content-Type': 'application/json', 'Impersonate-User': 'eve' }, REVIEW);
      await decideNext('deny');
      expect(await again).toMatchObject({ status: 403 });
    });

    it('case 13: the credential for the cluster is in no answer, log, record or recording', async () => {
      const { kubectl, cluster, everythingWritten } = environment();
      const answers = await Promise.all([
        kubectl(['auth', 'whoami', '-o', 'yaml', '-v=10']),
        kubectl(['get', '--raw', '/version', '-v=10']),
        kubectl(['get', 'configmaps', '--all-namespaces', '-o', 'yaml']),
      ]);
      const written = [await everythingWritten(), ...answers.map(({ stdout, stderr }) => stdout + stderr)].join('\n');
      const credentials = await privateParts(cluster.kubeconfig);
      expect(credentials.length).toBeGreaterThan(0);
      expect(credentials.filter((part) => written.includes(part))).toEqual([]);
    });
  });

  describe('two clusters behind one gateway', () => {
    let other: RawUpstream;

    beforeAll(async () => {
      other = await startRawUpstream();
      other.answerWith((socket) =>
        socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}'),
      );
      await environment().gateway.connectCluster({ kubeconfigFiles: [other.kubeconfig], context: 'raw', labels: {} });
    });
    afterAll(async () => {
      await environment().gateway.disconnectCluster('raw');
      await other.close();
    });

    const ask = (line: string, ...headers: readonly string[]) =>
      say(environment().kubeconfig, requestHead(line, ...headers, 'Connection: close'));
    /** With the certificate for the other cluster. */
    const askOther = (line: string, ...headers: readonly string[]) =>
      sayAs(environment().kubeconfig, 'raw', requestHead(line, ...headers, 'Connection: close'));

    it('case 15: each is reached under its own path only, with its own credential', async () => {
      const { slug, kubeconfig, request } = environment();
      const before = other.heads.length;
      expect((await request('GET', '/api/v1/namespaces')).status).toBe(200);
      expect(other.heads).toHaveLength(before);
      const answered = await nothingReaches(environment(), () => askOther('GET /c/raw/api/v1/namespaces'));
      expect(answered).toMatch(/^HTTP\/1\.1 200 /);
      expect(other.heads.at(-1)).toMatch(/^GET \/api\/v1\/namespaces HTTP\/1\.1\r\n/);
      expect(other.heads.at(-1)).toContain(`Authorization: Bearer ${UPSTREAM_TOKEN}`);
      expect((await lastDecided(environment())).cluster).toBe('raw');
      const served = parse(await readFile(kubeconfig, 'utf8')) as { clusters: Array<{ cluster: { server: string } }> };
      const paths = served.clusters.map(({ cluster: { server } }) => new URL(server).pathname);
      expect(paths.toSorted()).toEqual([`/c/${slug}`, '/c/raw'].toSorted());
    });

    it.each([
      ['a dot segment', 'GET {cluster}/../raw/api', 400],
      ['an encoded dot segment', 'GET {cluster}/%2e%2e/raw/api', 400],
      ['an encoded slash', 'GET /c%2fraw/api', 404],
      ['a doubled slash', 'GET /c//raw/api', 404],
      ['other letters', 'GET /C/raw/api', 404],
      ['a name that begins like it', 'GET /c/rawer/api', 403],
      ['a cluster that is not connected', 'GET /c/elsewhere/api', 403],
      ["the gateway's own path", 'GET /_gatehouse/v1/clusters', 404],
    ])('case 15: %s leads to neither', async (_name, line, status) => {
      const before = other.heads.length;
      const answer = await nothingReaches(environment(), () => ask(line));
      expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      expect(other.heads).toHaveLength(before);
    });

    it('case 15: a path without a cluster leads to the one that the certificate is for', async () => {
      const before = other.heads.length;
      expect(await ask('GET /api/v1/namespaces/default')).toMatch(/^HTTP\/1\.1 200 [\s\S]*"kind":"Namespace"/);
      expect((await lastDecided(environment())).cluster).toBe(environment().slug);
      expect(other.heads).toHaveLength(before);
      const answered = await nothingReaches(environment(), () => askOther('GET /api/v1/namespaces/default'));
      expect(answered).toMatch(/^HTTP\/1\.1 200 /);
      expect(other.heads.at(-1)).toMatch(/^GET \/api\/v1\/namespaces\/default HTTP\/1\.1\r\n/);
      expect((await lastDecided(environment())).cluster).toBe('raw');
    });

    it('case 15: a certificate for one cluster opens no other, and the answer says which would', async () => {
      const before = other.heads.length;
      const { slug } = environment();
      const why = `this client certificate is for cluster \\"${slug}\\" only; for \\"raw\\" use the kubeconfig's user gatehouse/raw`;
      for (const path of ['/api/v1/namespaces', '/api', '/version', '']) {
        const answer = await nothingReaches(environment(), () => ask(`GET /c/raw${path}`));
        expect(answer).toMatch(/^HTTP\/1\.1 403 [\s\S]*"gatehouse\/cluster-not-permitted"/);
        expect(answer).toContain(why);
      }
      const upgrade = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'];
      const exec = requestHead('GET /c/raw/api/v1/namespaces/default/pods/p/exec?command=sh', ...upgrade);
      expect(await say(environment().kubeconfig, exec)).toMatch(/^HTTP\/1\.1 403 /);
      const body = JSON.stringify({ cluster: 'raw', namespace: 'default', name: 's', key: 'k', reason: 'to see' });
      const reveal = requestHead(
        'POST /_gatehouse/v1/reveal',
        'Content-Type: application/json',
        `Content-Length: ${body.length}`,
        'Connection: close',
      );
      expect(await say(environment().kubeconfig, reveal + body)).toMatch(/^HTTP\/1\.1 403 /);
      expect(other.heads).toHaveLength(before);
      const back = await nothingReaches(environment(), () => askOther(`GET /c/${slug}/api/v1/namespaces`));
      expect(back).toMatch(/^HTTP\/1\.1 403 /);
    });

    it('case 15: a rule about one cluster says nothing about the other', async () => {
      const { cluster, writePolicy, request } = environment();
      const restore = await writePolicy(
        'one-cluster.yaml',
        `apiVersion: gatehouse/v1
kind: AccessPolicy
metadata: {name: one-cluster}
spec:
  rules:
  - {id: closed, effect: deny, match: {clusters: {names: ["${cluster.context}"]}, resources: [configmaps]}}
`,
      );
      try {
        const target = '/api/v1/namespaces/default/configmaps';
        expect((await request('GET', target)).status).toBe(403);
        expect(await askOther(`GET /c/raw${target}`)).toMatch(/^HTTP\/1\.1 200 /);
      } finally {
        await restore();
      }
    });

    it('case 15: a confirmation for one cluster is none for the other', async () => {
      const { request, decideNext } = environment();
      const target = '/apis/rbac.authorization.k8s.io/v1/clusterroles/gatehouse-absent';
      const headers = { 'Impersonate-User': 'eve' };
      const first = request('GET', target, headers);
      await decideNext('approve');
      expect((await first).body).not.toMatch(/approval/);
      const before = other.heads.length;
      const second = askOther(`GET /c/raw${target}`, 'Impersonate-User: eve');
      await decideNext('deny', 'not there');
      expect(await second).toMatch(/^HTTP\/1\.1 403 [\s\S]*not there/);
      expect(other.heads).toHaveLength(before);
    });

    it.each([
      ['Host', ['Host: gateway.example']],
      ['Origin', ['Host: {host}', 'Origin: https://page.example']],
    ])('a foreign %s, as after DNS rebinding, is refused', async (_name, headers) => {
      const head = ['GET {cluster}/api HTTP/1.1', ...headers, 'Connection: close', '', ''].join('\r\n');
      const answer = await nothingReaches(environment(), () => say(environment().kubeconfig, head));
      expect(answer).toMatch(/^HTTP\/1\.1 403 /);
    });

    it('a client without a certificate is refused', async () => {
      const { url, ca } = await gatewayConnection(environment().kubeconfig);
      const status = await nothingReaches(environment(), async () => {
        const [response] = (await once(get(`${url}/api`, { ca, agent: false }), 'response')) as [IncomingMessage];
        response.resume();
        return response.statusCode;
      });
      expect(status).toBe(401);
    });
  });
}

/** What of a kubeconfig's credentials must stay inside the gateway: the middle of each key, and each token. */
async function privateParts(kubeconfig: string): Promise<string[]> {
  const { users } = parse(await readFile(kubeconfig, 'utf8')) as { users: Array<{ user: Record<string, string> }> };
  const parts = users.map(async ({ user }) => {
    const file = user['client-key'];
    const inline = Buffer.from(user['client-key-data'] ?? '', 'base64');
    const key = file === undefined ? inline : await readFile(resolve(dirname(kubeconfig), file));
    const lines = key.toString().trim().split('\n');
    // The middle line as it stands in PEM, and a piece of it as a kubeconfig has it.
    return [lines[Math.floor(lines.length / 2)] ?? '', key.toString('base64').slice(80, 160), user['token'] ?? ''];
  });
  return (await Promise.all(parts)).flat().filter((part) => part.length > 20);
}
