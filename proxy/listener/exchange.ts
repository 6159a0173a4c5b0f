import type { Duplex, Readable } from 'node:stream';
import type { Principal } from '../../model/principal.ts';

/** One header line as it goes to the client; repeated names stay apart. */
export type HeaderLine = readonly [name: string, value: string];

/** What can be sent as the body of an answer. Streams are sent as they come, at the pace at which the client reads. */
export type AnswerBody = Buffer | Readable | AsyncIterable<Uint8Array> | null;

/** The half of an exchange that answers: all that a refusal needs. */
export interface Answerable {
  /** True once a status line has gone out; nothing can be refused any more then. */
  readonly answered: boolean;
  /**
   * Sends the one answer of this exchange and settles when its last byte was handed to the client's socket. Where
   * `headers` names no length, the body is sent chunked. An upgrade that is answered this way is over: its connection
   * is closed behind the answer.
   * @throws the body's own error (the client's connection is cut, so that a part is never taken for the whole), or
   * `ERR_STREAM_PREMATURE_CLOSE` when the client went away.
   */
  respond(status: number, headers: readonly HeaderLine[], body: AnswerBody): Promise<void>;
}

/**
 * One request or upgrade of an authenticated client. Node reports the two through different events; here they are the
 * same thing, so that there is one way through the gateway.
 */
export interface Exchange extends Answerable {
  readonly kind: 'request' | 'upgrade';
  readonly method: string;
  /** The request target, byte for byte. */
  readonly target: string;
  /** Name, value, name, value, … as on the wire. */
  readonly rawHeaders: readonly string[];
  readonly principal: Principal;
  /** The one cluster that the client's certificate opens; null where it opens each. */
  readonly cluster: string | null;
  /** Empty for an upgrade. */
  readonly body: Readable;
  readonly socket: Duplex;
  /** Bytes that the client sent behind the head of its upgrade request, up to now. To be sent on only after the 101. */
  readonly head: Buffer;
  /**
   * Aborted when the client goes away, its certificate is revoked, or the gateway stops. Once an upgrade was accepted
   * the client's going is seen on its stream, and only the other two abort.
   */
  readonly signal: AbortSignal;
  /**
   * To be called when the body is slow to arrive. The exchange then no longer counts among the requests of which only so many
   * are served at one time, but among the slow ones.
   * @throws {Refusal} `gateway-busy` when as many are slow as may be.
   */
  slow(): void;
  /**
   * To be called once it is known that the exchange will last: a watch, a followed log, a stream, a wait for a person.
   * It then no longer counts among the requests of which only so many are served at one time.
   * @throws {Refusal} `gateway-busy` when as many last as can.
   */
  lasting(): void;
  /** Bytes inside TLS, heads included. */
  bytesFromClient(): number;
  bytesToClient(): number;
  /**
   * Answers an upgrade with 101 and these headers. Read `head` afterwards and listen to the stream in the same turn
   * of the event loop: it is flowing.
   */
  acceptUpgrade(headers: readonly HeaderLine[]): Duplex;
}
