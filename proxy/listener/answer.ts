import { type IncomingMessage, ServerResponse, STATUS_CODES, validateHeaderName, validateHeaderValue } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { TLSSocket } from 'node:tls';
import { closeBehindAnswer } from './closing-connection.ts';
import type { Answerable, AnswerBody, HeaderLine } from './exchange.ts';

/** The answer to a request that came with a response object of Node's. */
export class ResponseAnswer implements Answerable {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  get answered(): boolean {
    return this.#response.headersSent;
  }

  respond(status: number, headers: readonly HeaderLine[], body: AnswerBody): Promise<void> {
    // The rest of a body that nobody will read would stand in the way of the connection's next request.
    if (!isWhole(this.#response.req)) this.#response.shouldKeepAlive = false;
    return send(this.#response, status, headers, body);
  }
}

/**
 * The answer on a bare socket, as Node hands it over for `Upgrade` and `CONNECT`. The connection is closed behind it,
 * so that nothing pipelined behind the request is ever read as a request (CVE-2018-1002105).
 */
export class SocketAnswer implements Answerable {
  readonly #request: IncomingMessage;
  readonly #socket: TLSSocket;
  #answered = false;

  constructor(request: IncomingMessage, socket: TLSSocket) {
    this.#request = request;
    this.#socket = socket;
  }

  get answered(): boolean {
    return this.#answered;
  }

  async respond(status: number, headers: readonly HeaderLine[], body: AnswerBody): Promise<void> {
    this.#claim();
    const socket = this.#socket;
    const response = new ServerResponse(this.#request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    // The server did this until the upgrade took the socket off it: without it a long answer stops for good.
    const drained = (): void => {
      response.emit('drain');
    };
    socket.on('drain', drained);
    try {
      await send(response, status, headers, body);
    } catch (error) {
      // A header that cannot be sent leaves the caller free to send another answer.
      this.#answered = response.headersSent;
      if (this.#answered) socket.destroy();
      else response.detachSocket(socket);
      throw error;
    } finally {
      socket.off('drain', drained);
    }
    response.detachSocket(socket);
    closeBehindAnswer(socket);
  }

  /** Writes the 101; from here on the socket belongs to whoever relays it. */
  switchProtocols(headers: readonly HeaderLine[]): void {
    this.#claim();
    const lines = headers.map(([name, value]) => {
      validateHeaderName(name);
      validateHeaderValue(name, onTheWire(value));
      return `${name}: ${onTheWire(value)}\r\n`;
    });
    this.#socket.write(`HTTP/1.1 101 ${STATUS_CODES[101]}\r\n${lines.join('')}\r\n`, 'latin1');
  }

  #claim(): void {
    if (this.#answered) throw new Error('This exchange was answered already');
    this.#answered = true;
  }
}

/** Whether all of a request has come. Node says so only behind the event that brings it, for one without a body too. */
function isWhole({ complete, headers }: IncomingMessage): boolean {
  return complete || (headers['transfer-encoding'] === undefined && (headers['content-length'] ?? '0') === '0');
}

async function send(
  response: ServerResponse,
  status: number,
  headers: readonly HeaderLine[],
  body: AnswerBody,
): Promise<void> {
  if (response.headersSent) throw new Error('This exchange was answered already');
  const framed = headers.some(([name]) => /^(content-length|transfer-encoding)$/i.test(name));
  const empty = body === null && !framed && status !== 204 && status !== 304 && response.req.method !== 'HEAD';
  const lines = empty ? [...headers, ['Content-Length', '0'] as const] : headers;
  response.writeHead(
    status,
    // A head that Node refused has left its own phrase behind.
    STATUS_CODES[status] ?? '',
    lines.flatMap(([name, value]) => [name, onTheWire(value)]),
  );
  if (body === null || Buffer.isBuffer(body)) {
    const sent = finished(response);
    response.end(body ?? undefined);
    await sent;
    return;
  }
  // A watch may have nothing to say for minutes; its client waits for the head. `flushHeaders` would write the head as
  // UTF-8, and what is UTF-8 already, such as the cluster's warnings, would be encoded twice.
  response.write(Buffer.alloc(0));
  if (body instanceof Readable) await pour(body, response);
  else await pipeline(body, response);
}

/** Settles when the last byte was handed to the socket, or the client went away before. */
function finished(response: ServerResponse): Promise<void> {
  return new Promise((resolve, reject) => {
    const closed = (): void => (response.writableFinished ? resolve() : reject(prematureClose()));
    response.once('finish', resolve);
    response.once('error', reject);
    response.once('close', closed);
    if (response.destroyed) closed();
  });
}

/** As `stream.pipeline`, which costs as much as all the rest of sending a small answer. */
async function pour(body: Readable, response: ServerResponse): Promise<void> {
  let failed: Error | null = null;
  const fail = (error: Error): void => {
    failed ??= error;
    // The client must not take a part for the whole.
    response.destroy();
  };
  const over = finished(response);
  body.on('error', fail);
  body.once('close', () => {
    if (!body.readableEnded) fail(body.errored ?? prematureClose());
  });
  body.once('end', () => response.end());
  body.on('data', (chunk) => {
    if (!response.write(chunk)) body.pause();
  });
  response.on('drain', () => body.resume());
  if (body.destroyed && !body.readableEnded) fail(body.errored ?? prematureClose());
  try {
    await over;
  } catch (error) {
    body.destroy();
    throw failed ?? error;
  }
}

function prematureClose(): Error {
  return Object.assign(new Error('The connection closed before the answer was sent'), {
    code: 'ERR_STREAM_PREMATURE_CLOSE',
  });
}

/** Node writes heads as Latin-1; text beyond it goes out as the bytes of its UTF-8. */
function onTheWire(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the whole of Latin-1 is meant, and Node refuses its controls
  return /^[\u0000-\u00ff]*$/.test(value) ? value : Buffer.from(value, 'utf8').toString('latin1');
}
