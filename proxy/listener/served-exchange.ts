import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Duplex, Readable } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { ResponseAnswer, SocketAnswer } from './answer.ts';
import type { Connections } from './connections.ts';
import { EarlyBytes } from './early-bytes.ts';
import type { Answerable, AnswerBody, Exchange, HeaderLine } from './exchange.ts';
import type { Principal } from './principal.ts';

/** What the listener knows about the connection that a request came on. */
export interface ExchangeContext {
  readonly principal: Principal;
  readonly connections: Connections;
}

/** A request on one of the listener's own sockets. */
type SecuredRequest = IncomingMessage & { readonly socket: TLSSocket };

/** What earlier requests of a connection have used; the rest belongs to the present one. */
const ACCOUNTED = new WeakMap<TLSSocket, { fromClient: number; toClient: number }>();

/** A request as Node's `request` event hands it over. */
export class RequestExchange implements Exchange {
  readonly kind = 'request';
  readonly method: string;
  readonly target: string;
  readonly rawHeaders: readonly string[];
  readonly principal: Principal;
  readonly body: Readable;
  readonly socket: TLSSocket;
  readonly signal: AbortSignal;
  readonly head = Buffer.alloc(0);
  readonly #answer: Answerable;
  readonly #before: { readonly fromClient: number; readonly toClient: number };

  constructor(request: SecuredRequest, response: ServerResponse, context: ExchangeContext) {
    const { socket } = request;
    const gone = new AbortController();
    this.method = request.method ?? '';
    this.target = request.url ?? '';
    this.rawHeaders = request.rawHeaders;
    this.principal = context.principal;
    this.body = request;
    this.socket = socket;
    this.signal = gone.signal;
    this.#answer = new ResponseAnswer(response);
    this.#before = ACCOUNTED.get(socket) ?? { fromClient: 0, toClient: 0 };
    const over = context.connections.use(socket, (reason) => gone.abort(reason));
    response.once('close', () => {
      over();
      ACCOUNTED.set(socket, { fromClient: socket.bytesRead, toClient: socket.bytesWritten });
      if (!response.writableFinished) gone.abort(new Error('The client went away'));
    });
  }

  get answered(): boolean {
    return this.#answer.answered;
  }

  respond(status: number, headers: readonly HeaderLine[], body: AnswerBody): Promise<void> {
    return this.#answer.respond(status, headers, body);
  }

  acceptUpgrade(): never {
    throw new Error('This request asked for no upgrade');
  }

  bytesFromClient(): number {
    return this.socket.bytesRead - this.#before.fromClient;
  }

  bytesToClient(): number {
    return this.socket.bytesWritten - this.#before.toClient;
  }
}

/** An upgrade as Node's `upgrade` event hands it over: the HTTP parser is off the socket already. */
export class UpgradeExchange implements Exchange {
  readonly kind = 'upgrade';
  readonly method: string;
  readonly target: string;
  readonly rawHeaders: readonly string[];
  readonly principal: Principal;
  readonly body: Readable = Readable.from([]);
  readonly socket: TLSSocket;
  readonly signal: AbortSignal;
  readonly #answer: SocketAnswer;
  readonly #earlyBytes: EarlyBytes;
  readonly #before: { readonly fromClient: number; readonly toClient: number };

  constructor(request: SecuredRequest, head: Buffer, context: ExchangeContext) {
    const { socket } = request;
    const gone = new AbortController();
    this.method = request.method ?? '';
    this.target = request.url ?? '';
    this.rawHeaders = request.rawHeaders;
    this.principal = context.principal;
    this.socket = socket;
    this.signal = gone.signal;
    this.#answer = new SocketAnswer(request, socket);
    this.#earlyBytes = new EarlyBytes(socket, head, () => gone.abort(new Error('The client went away')));
    this.#before = ACCOUNTED.get(socket) ?? { fromClient: 0, toClient: 0 };
    context.connections.use(socket, (reason) => gone.abort(reason));
  }

  get answered(): boolean {
    return this.#answer.answered;
  }

  get head(): Buffer {
    return this.#earlyBytes.bytes();
  }

  respond(status: number, headers: readonly HeaderLine[], body: AnswerBody): Promise<void> {
    this.#earlyBytes.discard();
    return this.#answer.respond(status, headers, body);
  }

  acceptUpgrade(headers: readonly HeaderLine[]): Duplex {
    this.#answer.switchProtocols(headers);
    this.#earlyBytes.release();
    return this.socket;
  }

  bytesFromClient(): number {
    return this.socket.bytesRead - this.#before.fromClient;
  }

  bytesToClient(): number {
    return this.socket.bytesWritten - this.#before.toClient;
  }
}
