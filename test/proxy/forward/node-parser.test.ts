import { type IncomingMessage, request } from 'node:http';
import { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { HEAD_LIMIT } from '../../../proxy/forward/response-reader.ts';
import { ANSWERS, type AnswerSeed } from '../../fuzz/seeds/responses/answers.ts';

type NodeRead = { status: number; headers: Array<[string, string]>; body: string } | 'refused';

/** What `node:http` makes of these bytes, as its own client. */
function nodeReads({ bytes, method = 'GET', upgrade }: AnswerSeed): Promise<NodeRead> {
  const socket = new Duplex({
    read: () => undefined,
    write: (_chunk, _encoding, done) => {
      done();
      if (bytes.length > 0) socket.push(Buffer.from(bytes, 'latin1'));
      socket.push(null);
    },
  });
  return new Promise((resolve) => {
    const outgoing = request({
      createConnection: () => socket,
      method,
      maxHeaderSize: HEAD_LIMIT,
      headers: upgrade ? { Connection: 'Upgrade', Upgrade: 'SPDY/3.1' } : {},
    });
    const said = (answer: IncomingMessage, body: string): void => {
      const { rawHeaders } = answer;
      const headers = rawHeaders.flatMap(
        (name, index): Array<[string, string]> => (index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? '']] : []),
      );
      resolve({ status: answer.statusCode ?? 0, headers, body });
    };
    outgoing.once('error', () => resolve('refused'));
    outgoing.once('close', () => resolve('refused'));
    if (upgrade) outgoing.once('upgrade', (answer) => said(answer, ''));
    outgoing.once('response', (answer) => {
      outgoing.removeAllListeners('close');
      buffer(answer).then(
        (body) => (answer.complete ? said(answer, body.toString('latin1')) : resolve('refused')),
        () => resolve('refused'),
      );
    });
    outgoing.end();
  });
}

/** Whether node and the seed's own expectation agree. */
function agrees({ read }: AnswerSeed, node: NodeRead): boolean {
  if (read === null || read instanceof RegExp) return node === 'refused';
  if (node === 'refused') return false;
  const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
  return (
    (read.status === undefined || read.status === node.status) &&
    (read.headers === undefined || same(read.headers, node.headers)) &&
    (read.body === undefined || read.body === node.body)
  );
}

describe('beside node’s own parser', () => {
  it.each(ANSWERS.filter(({ node }) => node === undefined).map((seed) => [seed.name, seed] as const))(
    'the same: %s',
    async (_name, seed) => {
      const node = await nodeReads(seed);
      expect(agrees(seed, node) ? 'the same' : node).toBe('the same');
    },
  );

  // Which of these node refuses has changed between its versions.
  const isNode20 = process.versions.node.startsWith('20.');
  if (!isNode20) {
    console.log(`what Node 20 reads another way is compared on Node 20 alone, and skipped on ${process.version}`);
  }
  it
    .runIf(isNode20)
    .each(ANSWERS.filter(({ node }) => node !== undefined).map((seed) => [seed.name, seed.node, seed] as const))(
    'another: %s (%s)',
    async (_name, _why, seed) => {
      expect(agrees(seed, await nodeReads(seed))).toBe(false);
    },
  );
});
