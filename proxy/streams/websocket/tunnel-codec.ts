import type { KubernetesStatus } from '../../refusal.ts';
import { OutgoingBytes } from '../codec/outgoing-bytes.ts';
import type { StreamCodec } from '../codec/stream-codec.ts';
import type { SpdyCodec } from '../spdy/spdy-codec.ts';
import { type MessagePart, WebSocketFrameReader } from './frame-reader.ts';
import { closeFrame, OPCODE, webSocketFrame } from './frames.ts';

const NORMAL_CLOSURE = 1000;

/**
 * `SPDY/3.1+portforward.k8s.io`: the binary messages of a WebSocket, one behind the other, are the bytes of a SPDY
 * connection; where messages begin and end means nothing.
 */
export class TunnelCodec implements StreamCodec {
  readonly #spdy: SpdyCodec;
  /** What passes may have to be cut anew. Asked at the beginning of each frame, as SPDY itself does. */
  readonly #mayChange: () => boolean;
  readonly #mayRefuse: boolean;
  readonly #up: WebSocketFrameReader;
  readonly #down: WebSocketFrameReader;
  readonly #upOut = new OutgoingBytes();
  readonly #downOut = new OutgoingBytes();
  #recut = false;
  /** A message to the client is out in part. */
  #openMessage = false;

  /** @param options.mayRefuse streams of the client may be refused: then what goes up is cut anew too. */
  constructor(spdy: SpdyCodec, options: { readonly mayChange: () => boolean; readonly mayRefuse: boolean }) {
    this.#spdy = spdy;
    this.#mayChange = options.mayChange;
    this.#mayRefuse = options.mayRefuse;
    this.#up = new WebSocketFrameReader(
      { message: (part) => this.#fromClient(part), control: (_frame, raw) => this.#upOut.add(raw) },
      { masked: true },
    );
    this.#down = new WebSocketFrameReader(
      {
        message: (part) => this.#fromUpstream(part),
        control: ({ opcode }, raw) => {
          if (opcode === OPCODE.close && this.#atBoundary) this.#wrap(this.#spdy.release());
          this.#downOut.add(raw);
        },
      },
      { masked: false },
    );
  }

  fromClient(chunk: Buffer): readonly Buffer[] {
    this.#up.push(chunk);
    return this.#upOut.take();
  }

  fromUpstream(chunk: Buffer): readonly Buffer[] {
    this.#down.push(chunk);
    return this.#downOut.take();
  }

  forClient(): readonly Buffer[] {
    if (!this.#atBoundary) return [];
    this.#wrap(this.#spdy.forClient());
    return this.#downOut.take();
  }

  get holding(): boolean {
    return this.#spdy.holding;
  }

  release(): readonly Buffer[] {
    if (!this.#atBoundary) return [];
    this.#wrap(this.#spdy.release());
    return this.#downOut.take();
  }

  farewell(status: KubernetesStatus): readonly Buffer[] | null {
    const words = this.#atBoundary ? this.#spdy.farewell(status) : null;
    if (words === null) return null;
    this.#wrap(words);
    this.#downOut.add(closeFrame(NORMAL_CLOSURE, status.message, false));
    return this.#downOut.take();
  }

  /** What is out to the client ends with whole messages and whole frames in them. */
  get #atBoundary(): boolean {
    return !this.#openMessage && (this.#recut || this.#spdy.betweenFrames);
  }

  #fromClient(part: MessagePart): void {
    const bytes = this.#spdy.fromClient(part.payload);
    if (!this.#mayRefuse) {
      if (part.head !== null) this.#upOut.add(part.head);
      this.#upOut.add(part.raw);
      return;
    }
    for (const one of bytes) this.#upOut.add(webSocketFrame(OPCODE.binary, one, { masked: true }));
  }

  #fromUpstream(part: MessagePart): void {
    // What has begun to pass as it came, a message or a frame inside, must end so; once cut anew, always.
    const mayBegin = !this.#openMessage && this.#spdy.betweenFrames;
    if (!this.#recut && mayBegin) this.#recut = this.#mayRefuse || this.#mayChange();
    this.#spdy.mayChange = this.#recut;
    const bytes = this.#spdy.fromUpstream(part.payload);
    if (this.#recut) {
      this.#wrap(bytes);
      return;
    }
    if (part.head !== null) this.#downOut.add(part.head);
    this.#downOut.add(part.raw);
    this.#openMessage = !part.lastOfMessage;
  }

  #wrap(bytes: readonly Buffer[]): void {
    for (const one of bytes) this.#downOut.add(webSocketFrame(OPCODE.binary, one, { masked: false }));
  }
}
