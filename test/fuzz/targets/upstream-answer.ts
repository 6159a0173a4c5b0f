import { ChunkedBody } from '../../../proxy/forward/chunked-body.ts';
import { InvalidResponse } from '../../../proxy/forward/invalid-response.ts';
import { readHead } from '../../../proxy/forward/response-head.ts';
import type { Random } from '../../proxy/masking/random.ts';
import { allow, type FuzzTarget, must } from '../fuzz-target.ts';
import { ANSWERS } from '../seeds/responses/answers.ts';

/** The reader of upstream answers: a head it can be sure of or `InvalidResponse`; chunks alike however they are cut. */
export const upstreamAnswer: FuzzTarget = {
  name: 'upstream-answer',
  share: 20,
  seeds: ANSWERS.map(({ bytes }) => Buffer.from(bytes, 'latin1')),
  words: [
    '\r\n',
    '\n',
    '\r',
    '\0',
    ' ',
    '\t',
    ': ',
    'Content-Length: 5\r\n',
    'Transfer-Encoding: chunked\r\n',
    'Connection: close\r\n',
    'HTTP/1.1 ',
    'HTTP/1.0 ',
    '200',
    '101',
    '304',
    '0\r\n\r\n',
    'ffffffffffff\r\n',
    ';a=b',
    '+5',
    '0x5',
  ],
  check(input, random) {
    const end = input.indexOf('\r\n\r\n');
    const head = input.toString('latin1', 0, end < 0 ? input.length : end);
    for (const method of ['GET', 'HEAD']) {
      const read = allow([InvalidResponse], () => readHead(head, { method, upgrade: false }));
      if (read === null) continue;
      must(read.status >= 100 && read.status <= 599, 'a status that is none');
      must(
        typeof read.framing !== 'number' || Number.isSafeInteger(read.framing),
        'a length that a Number cannot hold',
      );
      must(
        read.fields.every(([, value]) => !/[\r\n\0]/.test(value)),
        'a line break in a value',
      );
    }
    if (end >= 0) compareChunks(input.subarray(end + 4), random);
  },
};

function compareChunks(body: Buffer, random: Random): void {
  const whole = readChunks([body]);
  const cut = readChunks(random.pieces(body));
  must(whole.ended === cut.ended, 'how the bytes are cut decides how a chunked body ends');
  if (whole.ended !== 'invalid') must(whole.data.equals(cut.data), 'how the bytes are cut changes a chunked body');
}

function readChunks(pieces: readonly Buffer[]): {
  readonly ended: 'whole' | 'open' | 'invalid';
  readonly data: Buffer;
} {
  const body = new ChunkedBody();
  const data: Buffer[] = [];
  for (const piece of pieces) {
    const bytes = Buffer.from(piece);
    const read = allow([InvalidResponse], () => body.read(bytes, 0));
    if (read === null) return { ended: 'invalid', data: Buffer.concat(data) };
    if (read.data !== null) data.push(Buffer.from(read.data));
    if (body.done) return { ended: 'whole', data: Buffer.concat(data) };
  }
  return { ended: 'open', data: Buffer.concat(data) };
}
