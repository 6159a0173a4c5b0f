import { connect } from 'node:tls';
import { type GatewayConnection, gatewayConnection } from '../../gateway/environment/raw-request.ts';
import { type RawUpstream, startRawUpstream } from '../../gateway/environment/raw-upstream.ts';
import { type RunningGateway, startGateway } from '../../gateway/environment/running-gateway.ts';
import { type FuzzTarget, must } from '../fuzz-target.ts';
import { CONNECTIONS } from '../seeds/connections.ts';

/** Milliseconds in which a connection must have been answered or closed. */
/** For what never answers; how long a case takes is looked at by `run.ts`. */
const PATIENCE = 20_000;

/** No request may wait for a person here: a hold is no hang. */
const POLICY = `apiVersion: gatehouse/v1
kind: AccessPolicy
metadata: {name: fuzz}
spec:
  rules:
  - {id: no-identity, effect: deny, match: {impersonation: {any: true}}}
  - {id: reads-and-configmaps, effect: deny, match: {resources: ["*", "*/*"], not: [{resources: [configmaps, secrets]}, {resources: [pods], verbs: [get, list]}]}}
  - {id: no-collections, effect: deny, match: {verbs: [deletecollection, reveal], resources: ["*"]}}
`;

/** What may reach the cluster: a target in its plain form, of what the policy allows, as the gateway itself writes it. */
const ALLOWED_LINE =
  /^(?:GET|HEAD) \/(?:api|apis|version|openapi|healthz|livez|readyz|\.well-known|openid)[^\s#;]* HTTP\/1\.1$|^(?:GET|HEAD|POST|PUT|PATCH|DELETE) \/api\/v1\/[^\s#;]*(?:configmaps|secrets|pods)[^\s#;]* HTTP\/1\.1$/;

interface Started {
  readonly upstream: RawUpstream;
  readonly running: RunningGateway;
  readonly connection: GatewayConnection;
  session: Buffer | undefined;
}

let started: Started | null = null;

async function start(): Promise<Started> {
  const upstream = await startRawUpstream();
  upstream.answerWith((socket) =>
    socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}'),
  );
  const running = await startGateway(upstream);
  await running.writePolicy('fuzz.yaml', POLICY);
  return { upstream, running, connection: await gatewayConnection(running.kubeconfig), session: undefined };
}

/** Raw bytes on a connection of a client with a valid certificate: answered or closed in time, the gateway lives, and only what it read reaches the cluster. */
export const wire: FuzzTarget = {
  name: 'wire',
  share: 2,
  seeds: CONNECTIONS.map((text) => Buffer.from(text, 'latin1')),
  words: [
    ...[
      '\r\n',
      '\n',
      '\r',
      '\0',
      ' ',
      '\t',
      '\r\n\r\n',
      'HTTP/1.1',
      'HTTP/1.0',
      'HTTP/2.0',
      'GET ',
      'POST ',
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    ],
    ...[
      'Content-Length: 2\r\n',
      'Content-Length: 0x2\r\n',
      'Transfer-Encoding: chunked\r\n',
      'Transfer-Encoding: identity\r\n',
      'Connection: Upgrade\r\n',
      'Upgrade: h2c\r\n',
    ],
    ...[
      'Expect: 100-continue\r\n',
      'Host: evil\r\n',
      'Impersonate-User: eve\r\n',
      'Authorization: Bearer x\r\n',
      '/secrets',
      '//',
      '..',
      '%2f',
      '{"a":1,"a":2}',
    ],
  ],
  async check(input) {
    started ??= await start();
    const { upstream, connection } = started;
    const { pathname, host } = new URL(connection.url);
    const text = input.toString('latin1').replaceAll('{cluster}', pathname).replaceAll('{host}', host);
    const before = upstream.heads.length;
    must(await answered(started, Buffer.from(text, 'latin1')), `no answer within ${PATIENCE} ms`);
    for (const head of upstream.heads.slice(before)) {
      const [line = '', ...fields] = head.split('\r\n');
      must(ALLOWED_LINE.test(line), `this reached the cluster: ${line}`);
      must(
        fields.filter((field) => /^authorization:/i.test(field)).join() === 'Authorization: Bearer upstream-token',
        'not the gateway’s own credential',
      );
      must(
        !fields.some((field) => /^(?:impersonate-|x-remote-|cookie:|transfer-encoding:)/i.test(field)),
        `this reached the cluster: ${head}`,
      );
    }
    upstream.heads.length = 0;
  },
  async close() {
    await started?.running.close();
    await started?.upstream.close();
    started = null;
  },
};

/** True when the gateway ended the connection in time, with or without an answer, once nothing more can come from the client. */
function answered(gateway: Started, bytes: Buffer): Promise<boolean> {
  const { url, ca, cert, key } = gateway.connection;
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({
      host: hostname,
      port: Number(port),
      ca,
      cert,
      key,
      ...(gateway.session ? { session: gateway.session } : {}),
    });
    const timer = setTimeout(() => {
      socket.destroy();
      resolve(false);
    }, PATIENCE);
    socket.on('session', (session) => {
      gateway.session = session;
    });
    socket.on('error', () => undefined);
    socket.on('data', () => undefined);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve(true);
    });
    socket.once('secureConnect', () => socket.end(bytes));
  });
}
