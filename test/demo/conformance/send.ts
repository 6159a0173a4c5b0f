import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { parse } from 'yaml';
import { type ComparableAnswer, comparableBody, comparableHeaders } from './normalise.ts';
import type { ConformanceRequest } from './requests.ts';

/** How long something may take to come about, in milliseconds. */
const patience = 20_000;

/** Sends requests of the table to one cluster. */
export interface ConformanceClient {
  send(asked: ConformanceRequest): Promise<ComparableAnswer>;
  close(): void;
}

interface Named<Content> {
  readonly name: string;
  readonly [kind: string]: Content | string;
}

/** A client with the credentials of a kubeconfig's context. */
export async function conformanceClient(kubeconfig: string, context: string): Promise<ConformanceClient> {
  const config = parse(await readFile(kubeconfig, 'utf8')) as Record<string, Named<Record<string, string>>[]>;
  const find = (list: string, kind: string, name: string | undefined): Record<string, string> => {
    const found = config[list]?.find((entry) => entry.name === name)?.[kind];
    return typeof found === 'object' ? found : {};
  };
  const { cluster, user } = find('contexts', 'context', context);
  const [place, credential] = [find('clusters', 'cluster', cluster), find('users', 'user', user)];
  const material = (from: Record<string, string>, name: string) => {
    const inline = from[`${name}-data`];
    return inline === undefined ? readFile(from[name] ?? '') : Buffer.from(inline, 'base64');
  };
  const [ca, cert, key] = await Promise.all([
    material(place, 'certificate-authority'),
    material(credential, 'client-certificate'),
    material(credential, 'client-key'),
  ]);
  const agent = new Agent({ keepAlive: true, ca, cert, key });
  return {
    async send(asked) {
      const server = `${place['server']}`;
      if (asked.until === undefined) return send(server, agent, asked);
      for (const deadline = Date.now() + patience; ; await delay(200)) {
        const { status, body } = await send(server, agent, asked);
        if (JSON.stringify(body).includes(asked.until)) return { status, headers: {}, body: asked.until };
        if (Date.now() > deadline) throw new Error(`${asked.name}: never an answer with ${asked.until}`);
      }
    },
    close: () => agent.destroy(),
  };
}

function send(server: string, agent: Agent, asked: ConformanceRequest): Promise<ComparableAnswer> {
  const { method, target, accept, contentType, body, events } = asked;
  const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  const headers = {
    'User-Agent': 'conformance',
    ...(accept === undefined ? {} : { Accept: accept }),
    ...(contentType ? { 'Content-Type': contentType } : {}),
    ...(text === undefined ? {} : { 'Content-Length': Buffer.byteLength(text) }),
    ...asked.headers,
  };
  return new Promise((resolve, reject) => {
    // `path` apart from the URL: a URL would be normalised.
    const { hostname, port } = new URL(server);
    const outgoing = request({ hostname, port, path: target, method, headers, agent, timeout: 20_000 }, (incoming) => {
      let received = '';
      const done = () => {
        const lines = received.trimEnd().split('\n');
        const parsed =
          events === undefined
            ? comparableBody(received, incoming.headers['content-type'])
            : lines.slice(0, events).map((line) => comparableBody(line));
        resolve({ status: incoming.statusCode ?? 0, headers: comparableHeaders(incoming.headers), body: parsed });
      };
      incoming.setEncoding('utf8').on('data', (chunk: string) => {
        received += chunk;
        if (events === undefined || received.split('\n').length <= events) return;
        done();
        outgoing.destroy();
      });
      incoming.on('error', () => undefined);
      incoming.on('end', done);
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer to ${method} ${target}`)));
    outgoing.on('error', reject);
    outgoing.end(text);
  });
}
