// Longer than 300 lines: both directions of a connection share the state of its streams, and are safe only together.
import type { KubernetesStatus } from '../../refusal.ts';
import { OutgoingBytes } from '../codec/outgoing-bytes.ts';
import type { StreamCodec } from '../codec/stream-codec.ts';
import { CHANGED_FLOWS, type Flow, type StreamFlows } from '../codec/stream-flows.ts';
import { StreamProblem } from '../codec/stream-problem.ts';
import { type DataPart, SpdyFrameReader } from './frame-reader.ts';
import { type ControlFrame, dataFrame, goAway, headersFrame, synReply, synStream } from './frames.ts';
import { HeaderBlockReader, HeaderBlockWriter, type SpdyHeaders } from './header-block.ts';

/** What the streams of a connection are (`spdy-protocols.ts`). */
export interface SpdyProtocol {
  /**
   * @returns the flow of a stream that the client opens, or why it must not be opened.
   * @throws {StreamProblem} a stream that nobody knows.
   */
  opened(headers: SpdyHeaders): OpenedStream;
  /** What is said on a flow when the gateway ends the connection; null: nothing. */
  lastWord(flow: Flow, status: KubernetesStatus): string | null;
  /** A stream may be refused, so that the two sides' header blocks can part. */
  readonly mayRefuse: boolean;
}

export interface OpenedStream {
  readonly flow: Flow;
  readonly port: number | null;
  /** Text for the client's error stream. */
  readonly refused: string | null;
}

interface OpenStream {
  readonly flow: Flow;
  readonly refused: string | null;
  clientEnded: boolean;
  upstreamEnded: boolean;
}

/** More than a browser opens through a port-forward, and few enough to keep in memory. */
const MOST_STREAMS = 10_000;

/**
 * SPDY/3.1 between a client and an API server. Frames pass as they came; DATA is cut anew only where its bytes change,
 * and header blocks are written anew once a stream was refused, because from then on the two sides have not seen the
 * same ones.
 */
export class SpdyCodec implements StreamCodec {
  readonly #protocol: SpdyProtocol;
  readonly #flows: StreamFlows;
  readonly #streams = new Map<number, OpenStream>();
  readonly #clientBlocks = new HeaderBlockReader();
  readonly #upstreamBlocks = new HeaderBlockReader();
  readonly #up: SpdyFrameReader;
  readonly #down: SpdyFrameReader;
  readonly #upOut = new OutgoingBytes();
  readonly #downOut = new OutgoingBytes();
  readonly #forClient: Buffer[] = [];
  /** Set once a stream was refused. */
  #anew: { readonly toUpstream: HeaderBlockWriter; readonly toClient: HeaderBlockWriter } | null = null;
  #blocksToUpstream = 0;
  #blocksToClient = 0;
  #highestStream = 0;
  #downFrame: { readonly streamId: number; readonly stream: OpenStream | null; readonly recut: boolean } | null = null;
  #upFrame: OpenStream | null = null;
  /** Set by a tunnel that carries these frames in frames of its own: false while it passes those as they came. */
  mayChange = true;

  constructor(protocol: SpdyProtocol, flows: StreamFlows) {
    this.#protocol = protocol;
    this.#flows = flows;
    this.#up = new SpdyFrameReader({
      control: (frame, raw) => this.#clientControl(frame, raw),
      data: (part) => this.#clientData(part),
    });
    this.#down = new SpdyFrameReader({
      control: (frame, raw) => this.#upstreamControl(frame, raw),
      data: (part) => this.#upstreamData(part),
    });
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
    return this.atBoundary ? this.#forClient.splice(0) : [];
  }

  get holding(): boolean {
    return this.#flows.held().length > 0;
  }

  release(): readonly Buffer[] {
    if (this.atBoundary) this.#releaseAll();
    return this.#downOut.take();
  }

  /** What is out to the client ends with a whole frame. */
  get atBoundary(): boolean {
    return !this.#down.insideData || this.#downFrame === null || this.#downFrame.recut;
  }

  /** Every byte that came from the cluster belongs to a frame that is whole. */
  get betweenFrames(): boolean {
    return this.#down.atBoundary;
  }

  farewell(status: KubernetesStatus): readonly Buffer[] | null {
    if (!this.atBoundary) return null;
    this.#releaseAll();
    for (const [streamId, { flow, upstreamEnded }] of this.#streams) {
      if (upstreamEnded) continue;
      const word = this.#protocol.lastWord(flow, status);
      this.#downOut.add(dataFrame(streamId, Buffer.from(word ?? ''), { fin: true }));
    }
    this.#downOut.add(goAway(this.#highestStream));
    return [...this.#forClient.splice(0), ...this.#downOut.take()];
  }

  #clientControl(frame: ControlFrame, raw: Buffer): void {
    switch (frame.type) {
      case 'syn-stream':
        this.#open(frame, raw);
        return;
      case 'headers': {
        const headers = this.#clientBlocks.read(frame.block);
        if (this.#refusedStream(frame.streamId)) return;
        const block = this.#anew?.toUpstream.write(headers);
        this.#blocksToUpstream += 1;
        this.#upOut.add(block === undefined ? raw : headersFrame(frame.streamId, block, frame));
        if (frame.fin) this.#ended(frame.streamId, 'client');
        return;
      }
      case 'rst-stream':
        if (!this.#refusedStream(frame.streamId)) this.#upOut.add(raw);
        this.#ended(frame.streamId, 'client');
        this.#ended(frame.streamId, 'upstream');
        return;
      case 'syn-reply':
        throw new StreamProblem('stream-unknown', 'the client answered a stream that the cluster did not open');
      default:
        this.#upOut.add(raw);
    }
  }

  #open(frame: Extract<ControlFrame, { type: 'syn-stream' }>, raw: Buffer): void {
    const headers = this.#clientBlocks.read(frame.block);
    if (frame.streamId % 2 === 0 || frame.streamId <= this.#highestStream) {
      throw new StreamProblem('frame-malformed', `the client opened stream ${frame.streamId} out of order`);
    }
    if (this.#streams.size >= MOST_STREAMS) throw new StreamProblem('too-many-streams', 'too many open SPDY streams');
    this.#highestStream = frame.streamId;
    const { flow, port, refused } = this.#protocol.opened(headers);
    const stream = { flow, refused, clientEnded: false, upstreamEnded: false };
    this.#streams.set(frame.streamId, stream);
    if (refused !== null) {
      this.#refuse(frame.streamId, stream);
      return;
    }
    if (port !== null && flow.name === 'data') this.#flows.opened(flow.connection, port);
    const block = this.#anew?.toUpstream.write(headers);
    this.#blocksToUpstream += 1;
    this.#upOut.add(block === undefined ? raw : synStream(frame.streamId, block, frame));
    if (frame.fin) this.#ended(frame.streamId, 'client');
  }

  /** The client gets the stream it asked for, with the reason on its error stream; the cluster hears nothing of it. */
  #refuse(streamId: number, stream: OpenStream): void {
    this.#anew ??= {
      toUpstream: new HeaderBlockWriter(this.#blocksToUpstream > 0),
      toClient: new HeaderBlockWriter(this.#blocksToClient > 0),
    };
    if (this.#forClient.length > MOST_STREAMS)
      throw new StreamProblem('too-many-streams', 'too many refused SPDY streams');
    this.#forClient.push(synReply(streamId, this.#anew.toClient.write(new Map())));
    this.#blocksToClient += 1;
    const { flow, refused } = stream;
    if (flow.name === 'port-error') {
      this.#forClient.push(dataFrame(streamId, Buffer.from(refused ?? ''), { fin: true }));
    } else {
      this.#forClient.push(dataFrame(streamId, Buffer.alloc(0), { fin: true }));
    }
    stream.upstreamEnded = true;
  }

  #refusedStream(streamId: number): boolean {
    return this.#streams.get(streamId)?.refused != null;
  }

  #clientData(part: DataPart): void {
    if (part.head !== null) this.#upFrame = this.#known(part.streamId);
    const stream = this.#upFrame;
    // A stream that both sides have ended, or that was refused: nobody waits for its bytes.
    if (stream !== null && stream.refused === null) {
      if (part.head !== null) this.#upOut.add(part.head);
      this.#upOut.add(part.payload);
      if (part.payload.length > 0) this.#flows.fromClient(stream.flow, part.payload);
    }
    if (part.last && part.fin) this.#ended(part.streamId, 'client');
  }

  /** @throws {StreamProblem} for a stream that was never opened. */
  #known(streamId: number): OpenStream | null {
    const stream = this.#streams.get(streamId);
    if (stream === undefined && streamId > this.#highestStream) {
      throw new StreamProblem('stream-unknown', `data on stream ${streamId}, which was never opened`);
    }
    return stream ?? null;
  }

  #upstreamControl(frame: ControlFrame, raw: Buffer): void {
    switch (frame.type) {
      case 'syn-reply':
      case 'headers': {
        const headers = this.#upstreamBlocks.read(frame.block);
        const block = this.#anew?.toClient.write(headers);
        this.#blocksToClient += 1;
        const write = frame.type === 'syn-reply' ? synReply : headersFrame;
        this.#downOut.add(block === undefined ? raw : write(frame.streamId, block, frame));
        if (frame.fin) this.#ended(frame.streamId, 'upstream');
        return;
      }
      case 'syn-stream':
        throw new StreamProblem('stream-unknown', 'the cluster opened a stream, which no cluster does');
      case 'rst-stream':
        this.#releaseStream(frame.streamId, this.#streams.get(frame.streamId));
        this.#downOut.add(raw);
        this.#ended(frame.streamId, 'client');
        this.#ended(frame.streamId, 'upstream');
        return;
      case 'go-away':
        this.#releaseAll();
        this.#downOut.add(raw);
        return;
      default:
        this.#downOut.add(raw);
    }
  }

  #upstreamData(part: DataPart): void {
    if (part.head !== null) this.#beginDown(part.streamId);
    const frame = this.#downFrame;
    if (frame === null) return;
    const { stream, recut } = frame;
    const fin = part.last && part.fin;
    if (stream !== null && recut) this.#recut(part, stream, fin);
    else if (stream !== null) {
      if (part.head !== null) this.#downOut.add(part.head);
      this.#downOut.add(part.payload);
      if (part.payload.length > 0) this.#flows.passed(stream.flow, part.payload);
    }
    if (part.last) this.#downFrame = null;
    if (fin) this.#ended(part.streamId, 'upstream');
  }

  #beginDown(streamId: number): void {
    const stream = this.#known(streamId);
    const recut = stream !== null && CHANGED_FLOWS.has(stream.flow.name) && this.mayChange && this.#flows.mayChange();
    if (stream?.flow.name === 'error') this.#releaseAll();
    this.#downFrame = { streamId, stream, recut };
  }

  #recut(part: DataPart, { flow }: OpenStream, fin: boolean): void {
    const changed = this.#flows.changed(flow, part.payload);
    const rest = fin ? this.#flows.release(flow) : NOTHING;
    if (part.head !== null && part.last && changed === part.payload && rest.length === 0) {
      this.#downOut.add(part.head);
      this.#downOut.add(part.payload);
      return;
    }
    const bytes = rest.length === 0 ? changed : Buffer.concat([changed, rest]);
    if (bytes.length > 0 || fin) this.#downOut.add(dataFrame(part.streamId, bytes, { fin }));
  }

  #releaseAll(): void {
    if (!this.holding) return;
    for (const [streamId, stream] of this.#streams) this.#releaseStream(streamId, stream);
  }

  #releaseStream(streamId: number, stream: OpenStream | undefined): void {
    if (stream === undefined || stream.upstreamEnded || !CHANGED_FLOWS.has(stream.flow.name)) return;
    const held = this.#flows.release(stream.flow);
    if (held.length > 0) this.#downOut.add(dataFrame(streamId, held));
  }

  #ended(streamId: number, side: 'client' | 'upstream'): void {
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return;
    const already = side === 'client' ? stream.clientEnded : stream.upstreamEnded;
    if (side === 'client') stream.clientEnded = true;
    else stream.upstreamEnded = true;
    if (!already && stream.refused === null) this.#flows.ended(stream.flow, side);
    if (stream.clientEnded && stream.upstreamEnded) this.#streams.delete(streamId);
  }
}

const NOTHING = Buffer.alloc(0);
