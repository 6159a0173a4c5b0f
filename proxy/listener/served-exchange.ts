import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Duplex, Readable } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { Principal } from '../../model/principal.ts';
import type { Caller } from '../access/client-authentication.ts';
import { Refusal } from '../refusal.ts';
import { ResponseAnswer, SocketAnswer } from './answer.ts';
import type { Place } from './capacity.ts';
import type { Connections } from './connections.ts';
import { EarlyBytes } from './early-bytes.ts';
import type { Answerable, AnswerBody, Exchange, HeaderLine } from './exchange.ts';

/** What the listener knows about the connection that a request came on. */
export interface ExchangeContext extends Caller {
  readonly connections: Connections;
  readonly place: Place;
}

/** Seconds; client-go waits as long and then asks again by itself. */
const COME_AGAIN = 1;

/** Said beyond the capacity. */
export function gatewayBusy(what: string): Refusal {
  return new Refusal('gateway-busy', `Gatehouse serves as many ${what} as it can at one time; try again in a moment`, {
    retryAfterSeconds: COME_AGAIN,
  });
}

/** A request on one of the listener's own sockets. */
type SecuredRequest = IncomingMessage & { readonly socket: TLSSocket };

/** What earlier requests of a connection have used; the rest belongs to the present one. */
const ACCOUNTED = new WeakMap<TLSSocket, { fromClient: number; toClient: number }>();

/** What a request and an upgrade have in common. */
abstract class ServedExchange implements Answerable {
  readonly method: string;
  readonly target: string;
  readonly rawHeaders: readonly string[];
  readonly principal: Principal;
  readonly cluster: string | null;
  readonly socket: TLSSocket;
  readonly signal: AbortSignal;
  protected readonly gone = new AbortController();
  readonly #answer: Answerable;
  readonly #place: Place;
  readonly #before: { readonly fromClient: number; readonly toClient: number };

  protected constructor(request: SecuredRequest, { principal, cluster, place }: ExchangeContext, answer: Answerable) {
    const { socket } = request;
    this.method = request.method ?? '';
    this.target = request.url ?? '';
    this.rawHeaders = request.rawHeaders;
    this.principal = principal;
    this.cluster = cluster;
    this.socket = socket;
    this.signal = this.gone.signal;
    this.#answer = answer;
    this.#place = place;
    this.#before = ACCOUNTED.get(socket) ?? { fromClient: 0, toClient: 0 };
  }

  get answered(): boolean {
    return this.#answer.answered;
  }

  respond(status: number, headers: readonly HeaderLine[], body: AnswerBody): Promise<void> {
    return this.#answer.respond(status, headers, body);
  }

  slow(): void {
    if (!this.#place.slow()) throw gatewayBusy('slow request bodies');
  }

  lasting(): void {
    if (!this.#place.lasting()) throw gatewayBusy('watches and streams');
  }

  protected endedBy(reason: Error): boolean {
    const { answered } = this;
    this.gone.abort(reason);
    return answered;
  }

  bytesFromClient(): number {
    return this.socket.bytesRead - this.#before.fromClient;
  }

  bytesToClient(): number {
    return this.socket.bytesWritten - this.#before.toClient;
  }
}

/** A request as Node's `request` event hands it over. */
export class RequestExchange extends ServedExchange implements Exchange {
  readonly kind = 'request';
  readonly body: Readable;
  readonly head = Buffer.alloc(0);

  constructor(request: SecuredRequest, response: ServerResponse, context: ExchangeContext) {
    super(request, context, new ResponseAnswer(response));
    const { socket } = request;
    const { connections } = context;
    this.body = request;
    const over = connections.use(socket, (reason) => this.endedBy(reason));
    response.once('close', () => {
      over();
      ACCOUNTED.set(socket, { fromClient: socket.bytesRead, toClient: socket.bytesWritten });
      if (!response.writableFinished) this.gone.abort(new Error('The client went away'));
    });
  }

  acceptUpgrade(): never {
    throw new Error('This request asked for no upgrade');
  }
}

/** An upgrade as Node's `upgrade` event hands it over: the HTTP parser is off the socket already. */
export class UpgradeExchange extends ServedExchange implements Exchange {
  readonly kind = 'upgrade';
  readonly body: Readable = Readable.from([]);
  readonly #upgrade: SocketAnswer;
  readonly #earlyBytes: EarlyBytes;

  constructor(request: SecuredRequest, head: Buffer, context: ExchangeContext) {
    const answer = new SocketAnswer(request, request.socket);
    super(request, context, answer);
    this.#upgrade = answer;
    this.#earlyBytes = new EarlyBytes(request.socket, head, () => this.gone.abort(new Error('The client went away')));
    context.connections.use(request.socket, (reason) => this.endedBy(reason));
  }

  get head(): Buffer {
    return this.#earlyBytes.bytes();
  }

  override respond(status: number, headers: readonly HeaderLine[], body: AnswerBody): Promise<void> {
    this.#earlyBytes.discard();
    return super.respond(status, headers, body);
  }

  acceptUpgrade(headers: readonly HeaderLine[]): Duplex {
    this.#upgrade.switchProtocols(headers);
    this.#earlyBytes.release();
    return this.socket;
  }
}
