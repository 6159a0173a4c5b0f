import { beforeAll, describe, expect, it } from 'vitest';
import { requestHead, say, sayAndStay } from '../environment/raw-client.ts';
import type { RunningGateway } from '../environment/running-gateway.ts';
import { type StreamClient, webSocketClient } from '../environment/stream-client.ts';
import { lastDecided, nothingReaches } from './nothing-reached.ts';
import { podForSuite } from './ready-pod.ts';

const NAMESPACE = 'gatehouse-upgrades';
const PODS = `/api/v1/namespaces/${NAMESPACE}/pods`;
const EXEC = `${PODS}/web/exec?command=head&command=-n&command=1&stdin=true&stdout=true&stderr=true`;

const webSocket = (protocol: string) => [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  `Sec-WebSocket-Protocol: ${protocol}`,
];
const SPDY = ['Connection: Upgrade', 'Upgrade: SPDY/3.1', 'X-Stream-Protocol-Version: v4.channel.k8s.io'];
const V5 = webSocket('v5.channel.k8s.io');

const TRANSPORTS: ReadonlyArray<readonly [string, string, readonly string[]]> = [
  ['a WebSocket by GET', 'GET', V5],
  ['SPDY by POST', 'POST', [...SPDY, 'Content-Length: 0']],
];

/** Requests to switch protocols: which are refused before anything is sent, and what becomes of those that the cluster turns down. */
export function describeUpgrades(environment: () => RunningGateway): void {
  describe('requests to switch protocols', () => {
    podForSuite(environment, NAMESPACE);

    const ask = (line: string, headers: readonly string[], ...behind: readonly string[]) =>
      say(environment().kubeconfig, requestHead(line, ...headers), ...behind);

    it.each<[string, string, readonly string[]]>([
      ['case 17: an upgrade of a list', '/api/v1/secrets', V5],
      ['case 17: an upgrade of discovery', '/apis', V5],
      ['case 17: an upgrade of no resource', '/version', V5],
      ['case 18: h2c', EXEC, ['Connection: Upgrade', 'Upgrade: h2c']],
      [
        'case 18: h2c with its settings',
        '/api/v1/pods',
        ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk'],
      ],
      ['case 18: TLS/1.0', EXEC, ['Connection: Upgrade', 'Upgrade: TLS/1.0']],
      ['case 18: HTTP2-Settings alone', '/api', ['HTTP2-Settings: AAMAAABk']],
      ['case 47: an unknown token', EXEC, ['Connection: Upgrade', 'Upgrade: foo']],
      ['case 47: a list of tokens', EXEC, ['Connection: Upgrade', 'Upgrade: websocket, h2c']],
      ['case 47: two Upgrade lines', EXEC, [...V5, 'Upgrade: h2c']],
      ['case 47: an empty token', EXEC, ['Connection: Upgrade, close', 'Upgrade:']],
      ['case 47: SPDY of another version', EXEC, ['Connection: Upgrade', 'Upgrade: SPDY/2']],
      ['case 47: a watch', '/api/v1/secrets?watch=1', V5],
      ['case 47: a log', `${PODS}/web/log`, V5],
      ['case 47: a proxy', `${PODS}/web/proxy/`, V5],
      ['case 47: exec of another group', '/apis/example.com/v1/namespaces/x/pods/web/exec', V5],
      ['case 14: a bearer token beside the sub-protocol', EXEC, webSocket(`${BEARER}, v5.channel.k8s.io`)],
      ['case 14: a bearer token alone', EXEC, webSocket(BEARER)],
      ['case 14: two bearer tokens', EXEC, webSocket(`${BEARER}, ${BEARER}, v5.channel.k8s.io`)],
    ])('%s is a 400, on record, and nothing reaches the cluster', async (_name, target, headers) => {
      const line = `GET {cluster}${target}`;
      const answer = await nothingReaches(environment(), () => ask(line, [...headers, ...ending(headers)]));
      expect(answer).toMatch(/^HTTP\/1\.1 400 [\s\S]*"kind":"Status"/);
      expect((await lastDecided(environment())).decision).toMatchObject({ outcome: 'refused' });
    });

    it('case 14: no token of a sub-protocol or a query is written down', async () => {
      const queries = ['token', 'access_token'].map((name) => `/version?${name}=${SECRET_WORD}`);
      for (const target of queries) expect((await environment().request('GET', target)).status).toBe(200);
      expect(await ask(`GET {cluster}${EXEC}&token=${SECRET_WORD}`, webSocket(BEARER))).toMatch(/^HTTP\/1\.1 400 /);
      const written = await environment().everythingWritten();
      expect(written).not.toContain(SECRET_WORD);
      expect(written).not.toContain(Buffer.from(SECRET_WORD).toString('base64url'));
    });

    it('case 17: Connection: Upgrade alone changes nothing: the same policy, the same masks', async () => {
      const { directly } = environment();
      await directly([
        '-n',
        NAMESPACE,
        'create',
        'secret',
        'generic',
        'plain',
        '--from-literal=password=hunter2-hunter2',
      ]);
      const secrets = `GET {cluster}/api/v1/namespaces/${NAMESPACE}/secrets`;
      // Node's server ends a connection itself when asked to.
      const listed = await ask(secrets, ['Connection: Upgrade, close']);
      expect(listed).toMatch(/^HTTP\/1\.1 200 [\s\S]*"SecretList"/);
      expect(listed).not.toContain(Buffer.from('hunter2-hunter2').toString('base64'));
      expect(await ask('GET {cluster}/metrics', ['Connection: Upgrade, close'])).toMatch(/^HTTP\/1\.1 403 /);
    });

    describe('for somebody who may only read', () => {
      let restore = async (): Promise<void> => undefined;
      beforeAll(async () => {
        restore = await environment().changePolicy('everyday.yaml', (text) =>
          text.replace(
            'verbs: [create, patch, update], resources: [pods/exec',
            'verbs: [get, list, watch], resources: [pods/exec',
          ),
        );
        return () => restore();
      });

      it.each(
        ['exec?command=id', 'attach', 'portforward?ports=8080'].flatMap((what) =>
          TRANSPORTS.map(([name, method, headers]) => [what, name, method, headers] as const),
        ),
      )('case 16: %s, %s, is a create like any other and denied', async (what, _name, method, headers) => {
        const line = `${method} {cluster}${PODS}/web/${what}`;
        const { cluster } = environment();
        const before = (await cluster.auditLog()).length;
        const answer = await ask(line, headers);
        expect(answer).toMatch(/^HTTP\/1\.1 403 [\s\S]*"kind":"Status"/);
        expect(await lastDecided(environment())).toMatchObject({
          request: { policyVerb: 'create', subresource: what.split('?')[0] },
          decision: { outcome: 'deny', rule: 'default-deny' },
        });
        // The pod itself may be looked at, to say who it runs as.
        const reached = (await cluster.auditLog()).slice(before).map(({ objectRef }) => objectRef?.subresource ?? '');
        expect(reached.filter((subresource) => what.startsWith(subresource) && subresource !== '')).toEqual([]);
      });
    });

    it.each(
      [
        ['a pod that is not there', `${PODS}/absent/exec?command=id&stdout=true`],
        ['a container that is not there', `${PODS}/web/exec?command=id&stdout=true&container=absent`],
      ].flatMap(([what = '', target = '']) =>
        TRANSPORTS.map(([name, ...way]) => [what, name, target, ...way] as const),
      ),
    )(
      'case 19: %s, by %s: the client gets the error, and what it pipelined never runs',
      async (_what, _name, target, method, headers) => {
        const { cluster } = environment();
        const before = (await cluster.auditLog()).length;
        const answer = await ask(`${method} {cluster}${target}`, headers, requestHead('GET {cluster}/api/v1/nodes'));
        expect(answer).toMatch(/^HTTP\/1\.1 40[04] [\s\S]*"kind":"Status"/);
        expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1);
        const after = (await cluster.auditLog()).slice(before);
        expect(after.filter(({ objectRef }) => objectRef?.resource === 'nodes')).toEqual([]);
      },
    );

    it.each<[string, string, readonly string[], () => StreamClient]>([
      ['a WebSocket of v5', 'GET', V5, webSocketClient],
      ['a WebSocket of v4', 'GET', webSocket('v4.channel.k8s.io'), webSocketClient],
    ])(
      'case 20: bytes right behind the request of %s reach the command once it runs',
      async (_name, method, headers, speak) => {
        const stream = speak();
        const { head, rest, socket } = await sayAndStay(
          environment().kubeconfig,
          requestHead(`${method} {cluster}${EXEC}`, ...headers),
          Buffer.concat([stream.opening, stream.input('the first line\n')]),
        );
        expect(head).toMatch(/^HTTP\/1\.1 101 /);
        stream.read(rest);
        const status = new Promise<void>((resolve) => {
          const look = (): void => {
            if (stream.status() !== '') resolve();
          };
          socket.on('data', (chunk: Buffer) => {
            stream.read(chunk);
            look();
          });
          look();
        });
        socket.resume();
        await status;
        socket.destroy();
        expect(stream.output()).toBe('the first line\n');
        expect(JSON.parse(stream.status())).toMatchObject({ status: 'Success' });
      },
    );
  });
}

const SECRET_WORD = 'bearer-that-nobody-may-read';
const BEARER = `base64url.bearer.authorization.k8s.io.${Buffer.from(SECRET_WORD).toString('base64url')}`;

/** A refused upgrade ends its connection; what asks for none has to say so. */
function ending(headers: readonly string[]): readonly string[] {
  return headers.some((header) => header.startsWith('Connection')) ? [] : ['Connection: close'];
}
