import { isClientGone } from '../../ended-by-gateway.ts';
import type { AnswerBody, Exchange, HeaderLine } from '../../listener/exchange.ts';
import { longestStream } from '../../policy/stream-limits.ts';
import { StreamRedactor } from '../../redaction/stream-redactor.ts';
import { Refusal, refusalStatus } from '../../refusal.ts';
import type { ApiRequest } from '../../request/api-request.ts';
import type { OpenStream } from '../../streams/live-streams.ts';
import type { Judged } from '../evaluate.ts';
import type { Passage } from '../passage.ts';
import { endedInWords, liveStream } from './stream.ts';

/** Milliseconds that a client gets to read the last words of an answer before its connection is cut. */
const READ_LAST_WORDS = 2_000;
const LINE_FEED = 0x0a;

/** A container's log: text that programs print, Secret values among it at times. */
export function isLog({ info }: ApiRequest): boolean {
  return info.apiGroup === '' && info.resource === 'pods' && info.subresource === 'log';
}

/** An answer that goes on for as long as it likes, and what came of it. */
export interface LongAnswer {
  /** The exchange to answer: what is sent through it can be ended, and is redacted where it is a log. */
  readonly exchange: Exchange;
  /** To be called when the answer is over. */
  close(): { readonly code: string | null; readonly ended: string | null; readonly redactedValues: number };
}

/**
 * Makes a watch or a log something that can be ended with a reason its client prints: a watch by an ERROR event with a
 * Status, a log by a last line. Logs pass the redactor of seen values.
 * @param cutUpstream ends what comes from the cluster.
 */
export function longAnswer(
  passage: Passage,
  { request, decision }: Judged,
  cutUpstream: (refusal: Refusal) => void,
): LongAnswer | null {
  const log = isLog(request);
  if (!log && request.info.verb !== 'watch') return null;
  const { parts, exchange, cluster } = passage;
  const live = parts.streams.open(liveStream(passage, request, false), {
    signal: exchange.signal,
    maxDuration: longestStream(decision),
  });
  const clientGone = (): boolean => isClientGone(exchange);
  const redactor = log ? new StreamRedactor(parts.seen.of(cluster), 'words') : null;
  let timer: NodeJS.Timeout | null = null;
  live.signal.addEventListener(
    'abort',
    () => {
      cutUpstream(live.signal.reason as Refusal);
      timer = setTimeout(() => exchange.socket.destroy(), READ_LAST_WORDS);
    },
    { once: true },
  );
  return {
    exchange: answeredBy(exchange, (status, headers, body) => {
      if (body === null) return exchange.respond(status, headers, body);
      if (redactor !== null) refuseEncoded(headers);
      if (Buffer.isBuffer(body)) {
        const whole = redactor === null ? body : Buffer.concat([redactor.push(body), redactor.release()]);
        return exchange.respond(
          status,
          headers.map((line) => withLength(line, whole.length)),
          whole,
        );
      }
      // A log of known length is over soon: with nothing to look for now it passes as it is.
      const sized = headers.some(isLength);
      const lines = redactor?.active ? headers.filter((line) => !isLength(line)) : headers;
      const words = status === 200 && !(sized && lines === headers) ? (log ? logEnd : watchEnd) : null;
      const looking = sized && lines === headers ? null : redactor;
      return exchange.respond(status, lines, endable(body, { live, redactor: looking, words, clientGone }));
    }),
    close: () => {
      if (timer !== null) clearTimeout(timer);
      const refusal = live.signal.aborted && !clientGone() ? (live.signal.reason as Refusal) : null;
      live.close();
      return {
        code: refusal?.code ?? null,
        ended: refusal === null ? null : endedInWords(refusal),
        redactedValues: redactor?.replaced ?? 0,
      };
    },
  };
}

/** The same exchange, answered another way. */
function answeredBy(exchange: Exchange, respond: Exchange['respond']): Exchange {
  return {
    kind: exchange.kind,
    method: exchange.method,
    target: exchange.target,
    rawHeaders: exchange.rawHeaders,
    principal: exchange.principal,
    cluster: exchange.cluster,
    body: exchange.body,
    socket: exchange.socket,
    signal: exchange.signal,
    get head() {
      return exchange.head;
    },
    get answered() {
      return exchange.answered;
    },
    respond,
    slow: () => exchange.slow(),
    lasting: () => exchange.lasting(),
    bytesFromClient: () => exchange.bytesFromClient(),
    bytesToClient: () => exchange.bytesToClient(),
    acceptUpgrade: (headers) => exchange.acceptUpgrade(headers),
  };
}

interface Ending {
  readonly live: OpenStream;
  readonly redactor: StreamRedactor | null;
  readonly words: ((refusal: Refusal, atLineStart: boolean) => string) | null;
  readonly clientGone: () => boolean;
}

async function* endable(
  body: Exclude<AnswerBody, Buffer | null>,
  { live, redactor, words, clientGone }: Ending,
): AsyncGenerator<Uint8Array> {
  let last = LINE_FEED;
  const remember = (bytes: Uint8Array): Uint8Array => {
    last = bytes.at(-1) ?? last;
    return bytes;
  };
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      if (live.signal.aborted) break;
      const out = redactor === null ? chunk : redactor.push(Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk));
      if (out.length > 0) yield remember(out);
    }
  } catch (error) {
    if (!live.signal.aborted || clientGone()) throw error;
  }
  const held = redactor?.release();
  if (held !== undefined && held.length > 0) yield remember(held);
  if (!live.signal.aborted) return;
  if (clientGone()) throw new Error('The client went away');
  const refusal = live.signal.reason as Refusal;
  if (words === null) throw refusal;
  const text = words(refusal, last === LINE_FEED);
  if (text === '') throw refusal;
  yield Buffer.from(text);
}

function isLength([name]: HeaderLine): boolean {
  return name.toLowerCase() === 'content-length';
}

function withLength(line: HeaderLine, bytes: number): HeaderLine {
  return isLength(line) ? [line[0], String(bytes)] : line;
}

function logEnd({ message }: Refusal, atLineStart: boolean): string {
  return `${atLineStart ? '' : '\n'}${message}\n`;
}

/** Inside an event nothing can be said: then the connection is cut. */
function watchEnd(refusal: Refusal, atLineStart: boolean): string {
  return atLineStart ? `${JSON.stringify({ type: 'ERROR', object: refusalStatus(refusal) })}\n` : '';
}

/** It was asked for unencoded; what cannot be read cannot be redacted. */
function refuseEncoded(headers: readonly HeaderLine[]): void {
  const encoded = headers.find(([name, value]) => /^content-encoding$/i.test(name) && !/^identity$/i.test(value));
  if (encoded === undefined) return;
  throw new Refusal(
    'response-not-maskable',
    `the cluster sent this log in ${encoded[1]}, though it was asked not to, so Gatehouse cannot look for Secret values in it`,
  );
}
