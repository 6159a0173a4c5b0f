import { duplexPair, Readable } from 'node:stream';
import type { DecidedRecord, FinishedRecord, JournalEntry, OwnReadRecord } from '../../../model/journal-record.ts';
import type { Upstream } from '../../../proxy/forward/upstream.ts';
import { type Journal, journalUnavailable } from '../../../proxy/journal/journal.ts';
import type { AnswerBody, Exchange, HeaderLine } from '../../../proxy/listener/exchange.ts';
import { LOCAL } from '../policy/policies.ts';

/** What happened, in order: one line for each thing that somebody outside could have seen. */
export type Timeline = string[];

/** What a client sends. */
export interface ClientRequest {
  readonly method?: string;
  readonly target: string;
  /** `Name: value`. */
  readonly headers?: readonly string[];
  /** An object is sent as JSON, with its length; a stream without one. */
  readonly body?: object | string | Readable;
  /** What came behind the head of an upgrade. */
  readonly head?: Buffer;
  /** Whether the listener took it for an upgrade; from the headers where nothing is said. */
  readonly kind?: Exchange['kind'];
}

/** What a client got; of an upgrade the frames, as Latin-1. */
export interface Got {
  status: number;
  headers: readonly HeaderLine[];
  body: string;
  /** The answer was broken off in its body, for this. */
  cut: unknown;
}

/** All values of a header, by name in any case. */
export function valuesOf(headers: readonly HeaderLine[], name: string): string[] {
  return headers.filter(([header]) => header.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
}

/** A client's exchange in memory. */
export function exchangeOf(
  asked: ClientRequest,
  path: string,
  { timeline, isFull }: { readonly timeline: Timeline; readonly isFull: () => Error | null },
) {
  const [far, near] = duplexPair();
  const waiting: Array<{ readonly text: string; readonly resolve: () => void }> = [];
  const heard = (): void => {
    for (const { text, resolve } of waiting) if (got.status !== 0 && got.body.includes(text)) resolve();
  };
  const got: Got = { status: 0, headers: [], body: '', cut: null };
  const gone = new AbortController();
  const { bytes, headers } = bodyOf(asked);
  const exchange: Exchange = {
    kind: asked.kind ?? (headers.some((line) => /^upgrade:/i.test(line)) ? 'upgrade' : 'request'),
    method: asked.method ?? 'GET',
    target: path,
    rawHeaders: headers.flatMap((line) => line.split(/: (.*)/s, 2)),
    principal: LOCAL,
    cluster: null,
    body: Readable.from(
      noted(bytes, () => timeline.push('body')),
      { objectMode: false },
    ),
    socket: near,
    head: asked.head ?? NOTHING,
    signal: gone.signal,
    get answered() {
      return got.status !== 0;
    },
    slow: () => undefined,
    lasting: () => {
      timeline.push('lasting');
      const busy = isFull();
      if (busy !== null) throw busy;
    },
    bytesFromClient: () => 0,
    bytesToClient: () => got.body.length,
    acceptUpgrade: (lines) => {
      Object.assign(got, { status: 101, headers: lines });
      timeline.push('answer 101');
      heard();
      far.on('data', (chunk: Buffer) => {
        got.body += chunk.toString('latin1');
        heard();
      });
      far.once('end', () => far.end());
      return near;
    },
    respond: async (status, lines, body) => {
      if (got.status !== 0) throw new Error('This exchange was answered already');
      Object.assign(got, { status, headers: lines });
      timeline.push(`answer ${status}`);
      heard();
      if (asked.method === 'HEAD') return;
      try {
        for await (const chunk of untilGone(body, gone.signal)) {
          got.body += Buffer.from(chunk).toString('utf8');
          heard();
        }
      } catch (error) {
        got.cut = error;
        throw error;
      }
    },
  };
  return {
    exchange,
    got,
    leave: (reason: Error = new Error('The client went away')) => gone.abort(reason),
    /** Settles once this has arrived at the client. */
    until: (text: string) =>
      new Promise<void>((resolve) => {
        waiting.push({ text, resolve });
        heard();
      }),
  };
}

function bodyOf({ body, headers = [] }: ClientRequest): { bytes: AsyncIterable<Buffer>; headers: string[] } {
  if (body === undefined) return { bytes: Readable.from([]), headers: ['Host: gatehouse', ...headers] };
  if (body instanceof Readable) return { bytes: body, headers: ['Host: gatehouse', ...headers] };
  const text = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const type = headers.some((line) => /^content-type:/i.test(line)) ? [] : ['Content-Type: application/json'];
  return {
    bytes: Readable.from([text]),
    headers: ['Host: gatehouse', ...type, `Content-Length: ${text.length}`, ...headers],
  };
}

async function* noted(bytes: AsyncIterable<Buffer>, read: () => void): AsyncGenerator<Buffer> {
  read();
  yield* bytes;
}

/** As the listener sends: a client that goes away ends the body too; one that the gateway cuts off still reads. */
async function* untilGone(body: AnswerBody, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  if (body === null) return;
  if (Buffer.isBuffer(body)) return yield body;
  const left = new Promise<never>((_, reject) => {
    const cut = (): void => reject(Object.assign(new Error('closed'), { code: 'ERR_STREAM_PREMATURE_CLOSE' }));
    const ended = (): void => {
      if ((signal.reason as Error).name !== 'EndedByGateway') cut();
    };
    signal.addEventListener('abort', ended, { once: true });
    if (signal.aborted) ended();
  });
  left.catch(() => undefined);
  const chunks = (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await Promise.race([chunks.next(), left]);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    void chunks.return?.();
    if (body instanceof Readable) body.destroy();
  }
}

/** A request as it arrived at the cluster. */
export interface Sent {
  readonly method: string;
  readonly target: string;
  readonly body: string | null;
  /** The value of a header, the lines joined. */
  header(name: string): string | undefined;
  /** The body of what was answered to it. */
  reply: Readable;
}

/** What the cluster answers; an object is sent as JSON. */
export interface Reply {
  readonly status?: number;
  readonly headers?: readonly HeaderLine[];
  readonly body?: object | string | Readable;
  /** The cluster's end of a connection that switches protocols. */
  readonly switched?: ReturnType<typeof duplexPair>[0];
  /** What came behind the 101. */
  readonly head?: Buffer;
}

/** The cluster's answers, told what was asked and how often it was asked before. */
export type Answering = (asked: Sent, before: number) => Reply | Promise<Reply>;

export function upstreamOf(timeline: Timeline, answering: Answering) {
  const sent: Sent[] = [];
  const ask: Upstream['upgrade'] = async (_cluster, _credential, { method, target, headers, body }, signal) => {
    if (signal.aborted) throw signal.reason;
    timeline.push(`cluster ${method} ${target}`);
    const header = (name: string) => valuesOf(headers, name).join(', ') || undefined;
    const asked: Sent = { method, target, body: body?.toString('utf8') ?? null, header, reply: Readable.from([]) };
    sent.push(asked);
    const left = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    const reply = await Promise.race([answering(asked, sent.length - 1), left]);
    if (reply.switched !== undefined) {
      return { headers: reply.headers ?? [], socket: reply.switched, head: reply.head ?? NOTHING };
    }
    const text = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body ?? {});
    asked.reply = reply.body instanceof Readable ? reply.body : Readable.from([Buffer.from(text)]);
    return { status: reply.status ?? 200, headers: reply.headers ?? JSON_TYPE, body: asked.reply };
  };
  const upstream: Upstream = {
    request: ask as Upstream['request'],
    upgrade: ask,
    forget: () => undefined,
    close: async () => undefined,
  };
  return { upstream, sent };
}

const NOTHING = Buffer.alloc(0);
const JSON_TYPE: readonly HeaderLine[] = [['Content-Type', 'application/json']];

/** A record, and whether it had to be on the disk before anybody went on. */
export type Written<Entry extends JournalEntry> = Entry & { readonly durable: boolean };

/** A journal whose every record takes a turn of the event loop, so that who does not wait for it is ahead of it. */
export function journalOf(
  timeline: Timeline,
  { problem = null, write }: { problem?: string | null; write?: (entry: JournalEntry) => Promise<void> },
) {
  const entries: Array<Written<JournalEntry>> = [];
  const journal: Pick<Journal, 'append' | 'countRefused' | 'problem' | 'assertWritable'> = {
    append: async (entry, { durable }) => {
      await new Promise((resolve) => setImmediate(resolve));
      await write?.(entry);
      entries.push({ ...entry, durable });
      timeline.push(entry.type === 'approval' ? `approval ${entry.state}` : entry.type);
      return { ...entry, v: 1, seq: entries.length, time: '', prev: '', hash: '' };
    },
    countRefused: (reason) => void timeline.push(`counted ${reason}`),
    problem: () => problem,
    assertWritable: () => (problem === null ? Promise.resolve() : Promise.reject(journalUnavailable(problem))),
  };
  return {
    journal: journal as Journal,
    decided: () => entries.filter((entry): entry is Written<DecidedRecord> => entry.type === 'decided'),
    finished: () => entries.filter((entry): entry is Written<FinishedRecord> => entry.type === 'finished'),
    ownReads: () => entries.filter((entry): entry is Written<OwnReadRecord> => entry.type === 'own-read'),
  };
}
