import type { Duplex } from 'node:stream';
import type { SpdyFrameSink } from '../../proxy/streams/spdy/frame-reader.ts';
import { SpdyFrameReader } from '../../proxy/streams/spdy/frame-reader.ts';
import { type ControlFrame, dataFrame, goAway, ping, synReply } from '../../proxy/streams/spdy/frames.ts';
import { HeaderBlockReader, HeaderBlockWriter, type SpdyHeaders } from '../../proxy/streams/spdy/header-block.ts';
import type { ByteSink } from '../shell/byte-pipe.ts';

/** DATA frames are no longer than this, as those of Go's io.Copy. */
const largestFrame = 32 * 1024;

/** What the client does with a stream. */
export interface StreamListener {
  /** The connection reads on when the promise resolves: SPDY as Kubernetes uses it has no flow control. */
  data(bytes: Buffer): Promise<unknown>;
  end(): void;
  /** Reset by the client, or the connection is gone. */
  gone(): void;
}

/** A stream that the client has opened. */
export interface SpdyStream extends ByteSink {
  readonly headers: SpdyHeaders;
  listen(listener: StreamListener): void;
  /** No more bytes to the client. */
  end(): void;
}

interface StreamState {
  listener: StreamListener | null;
  /** What came before someone listened. */
  readonly early: Array<(listener: StreamListener) => void>;
}

/** The server's end of a SPDY/3.1 connection, over a socket or a WebSocket's bytes: it only answers streams. */
export class SpdyConnection {
  readonly #transport: Duplex;
  readonly #streams = new Map<number, StreamState>();
  readonly #headerReader = new HeaderBlockReader();
  readonly #headerWriter = new HeaderBlockWriter();
  readonly #opened: (stream: SpdyStream) => void;
  #lastStream = 0;
  #busy = 0;
  #closed = false;

  constructor(transport: Duplex, opened: (stream: SpdyStream) => void) {
    this.#transport = transport;
    this.#opened = opened;
    const sink: SpdyFrameSink = {
      control: (frame) => this.#control(frame),
      data: ({ streamId, payload, last, fin }) => {
        if (payload.length > 0) this.#deliver(streamId, (listener) => this.#hold(listener.data(Buffer.from(payload))));
        if (last && fin) this.#deliver(streamId, (listener) => listener.end());
      },
    };
    const reader = new SpdyFrameReader(sink);
    transport.on('data', (chunk: Buffer) => {
      try {
        reader.push(chunk);
      } catch {
        transport.destroy();
      }
    });
    transport.on('error', () => transport.destroy());
    transport.on('end', () => this.close());
    transport.on('close', () => this.#gone());
  }

  /** Ends the connection after what was written. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#transport.end(goAway(this.#lastStream));
    // The client may keep its half open for as long as it likes.
    setTimeout(() => this.#transport.destroy(), 1_000).unref();
  }

  destroy(): void {
    this.#transport.destroy();
  }

  #control(frame: ControlFrame): void {
    if (frame.type === 'syn-stream') this.#open(frame.streamId, this.#headerReader.read(frame.block), frame.fin);
    else if (frame.type === 'headers') this.#headerReader.read(frame.block);
    else if (frame.type === 'ping' && frame.id % 2 === 1) this.#transport.write(ping(frame.id));
    else if (frame.type === 'rst-stream') {
      this.#deliver(frame.streamId, (listener) => listener.gone());
      this.#streams.delete(frame.streamId);
    }
  }

  #open(id: number, headers: SpdyHeaders, fin: boolean): void {
    this.#lastStream = id;
    this.#streams.set(id, { listener: null, early: [] });
    this.#transport.write(synReply(id, this.#headerWriter.write(new Map())));
    this.#opened({
      headers,
      listen: (listener) => {
        const state = this.#streams.get(id);
        if (!state) return;
        state.listener = listener;
        for (const deliver of state.early.splice(0)) deliver(listener);
      },
      write: (bytes) => this.#write(id, bytes),
      end: () => {
        if (!this.#closed) this.#transport.write(dataFrame(id, Buffer.alloc(0), { fin: true }));
      },
    });
    if (fin) this.#deliver(id, (listener) => listener.end());
  }

  #deliver(id: number, deliver: (listener: StreamListener) => void): void {
    const state = this.#streams.get(id);
    if (state?.listener) deliver(state.listener);
    else state?.early.push(deliver);
  }

  /** Stops reading until what was delivered has been taken. */
  #hold(taken: Promise<unknown>): void {
    this.#busy += 1;
    this.#transport.pause();
    const release = () => {
      this.#busy -= 1;
      if (this.#busy === 0) this.#transport.resume();
    };
    taken.then(release, release);
  }

  async #write(id: number, bytes: Buffer): Promise<boolean> {
    for (let offset = 0; offset < bytes.length; offset += largestFrame) {
      if (this.#closed || !this.#transport.writable || !this.#streams.has(id)) return false;
      const roomy = this.#transport.write(dataFrame(id, bytes.subarray(offset, offset + largestFrame)));
      if (!roomy) await this.#drained();
    }
    return true;
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#transport.off('drain', done);
        this.#transport.off('close', done);
        resolve();
      };
      this.#transport.on('drain', done);
      this.#transport.on('close', done);
    });
  }

  #gone(): void {
    this.#closed = true;
    for (const id of [...this.#streams.keys()]) this.#deliver(id, (listener) => listener.gone());
    this.#streams.clear();
  }
}
