import type { KubernetesStatus } from '../../refusal.ts';
import { OutgoingBytes } from '../codec/outgoing-bytes.ts';
import type { StreamCodec } from '../codec/stream-codec.ts';
import { CHANGED_FLOWS, type Flow, type StreamFlows } from '../codec/stream-flows.ts';
import { StreamProblem } from '../codec/stream-problem.ts';
import { type MessagePart, WebSocketFrameReader } from './frame-reader.ts';
import { closeFrame, OPCODE, webSocketFrame } from './frames.ts';

/** How the channels of a subprotocol are to be read (`channel-protocols.ts`). */
export interface ChannelProtocol {
  /** The flow of a channel; null: no such channel in this direction. */
  flowOf(channel: number, from: 'client' | 'upstream'): Flow | null;
  /** The channel of a flow to the client. */
  channelOf(flow: Flow): number;
  /** The first message of each channel to the client is its port, 2 bytes little-endian. */
  readonly namesPorts: boolean;
  /** The `close` signal of v5: `FF <channel>`. */
  readonly closesChannels: boolean;
  /** What is said on which channels when the gateway ends the stream. */
  lastWords(status: KubernetesStatus): ReadonlyArray<readonly [channel: number, text: string]>;
}

const CLOSE_CHANNEL = 255;
const NORMAL_CLOSURE = 1000;

/** The channel subprotocols of Kubernetes over WebSocket: each message is one byte that names a channel, then its bytes. */
export class ChannelCodec implements StreamCodec {
  readonly #protocol: ChannelProtocol;
  readonly #flows: StreamFlows;
  readonly #out = new OutgoingBytes();
  readonly #up: WebSocketFrameReader;
  readonly #down: WebSocketFrameReader;
  readonly #portsNamed = new Set<number>();
  #upChannel: number | null = null;
  #downMessage: { readonly channel: number; readonly flow: Flow | null; readonly recut: boolean } | null = null;
  /** Heads that came before anybody knows what to do with their message. */
  #waitingHead: Buffer[] = [];
  /** A message to the client is out in part. */
  #openMessage = false;

  constructor(protocol: ChannelProtocol, flows: StreamFlows) {
    this.#protocol = protocol;
    this.#flows = flows;
    this.#up = new WebSocketFrameReader(
      { message: (part) => this.#fromClient(part), control: () => undefined },
      { masked: true },
    );
    this.#down = new WebSocketFrameReader(
      {
        message: (part) => this.#fromUpstream(part),
        control: ({ opcode }, raw) => {
          if (opcode === OPCODE.close) this.#releaseAll();
          this.#out.add(raw);
        },
      },
      { masked: false },
    );
  }

  fromClient(chunk: Buffer): readonly Buffer[] {
    this.#up.push(chunk);
    return [chunk];
  }

  fromUpstream(chunk: Buffer): readonly Buffer[] {
    this.#down.push(chunk);
    return this.#out.take();
  }

  forClient(): readonly Buffer[] {
    return [];
  }

  get holding(): boolean {
    return this.#flows.held().length > 0;
  }

  release(): readonly Buffer[] {
    if (!this.#openMessage) this.#releaseAll();
    return this.#out.take();
  }

  farewell(status: KubernetesStatus): readonly Buffer[] | null {
    if (this.#openMessage) return null;
    this.#releaseAll();
    for (const [channel, text] of this.#protocol.lastWords(status)) this.#send(channel, Buffer.from(text));
    this.#out.add(closeFrame(NORMAL_CLOSURE, '', false));
    return this.#out.take();
  }

  #fromClient({ first, payload, lastOfFrame, lastOfMessage }: MessagePart): void {
    // The API server and the kubelet take each frame for a message (x/net `websocket`, `Codec.Receive`): what goes on
    // here as the terminal's size could be typed there. kubectl and other clients never send fragments.
    if (lastOfFrame && !lastOfMessage) {
      throw new StreamProblem('frame-malformed', 'the client sent a WebSocket message in fragments');
    }
    let bytes = payload;
    if (first && bytes.length > 0) {
      this.#upChannel = bytes[0] ?? 0;
      bytes = bytes.subarray(1);
    }
    const channel = this.#upChannel;
    if (lastOfMessage) this.#upChannel = null;
    if (channel === null) return;
    if (channel === CLOSE_CHANNEL && this.#protocol.closesChannels) {
      const closed = bytes.length === 0 ? null : this.#protocol.flowOf(bytes[0] ?? 0, 'client');
      if (closed !== null) this.#flows.ended(closed, 'client');
      return;
    }
    const flow = this.#protocol.flowOf(channel, 'client');
    if (flow === null) throw new StreamProblem('stream-unknown', `the client wrote to channel ${channel}`);
    if (bytes.length > 0) this.#flows.fromClient(flow, bytes);
  }

  #fromUpstream(part: MessagePart): void {
    if (this.#downMessage === null) {
      if (part.payload.length === 0) {
        this.#withoutChannel(part);
        return;
      }
      this.#beginMessage(part.payload[0] ?? 0);
    }
    const message = this.#downMessage;
    if (message === null) return;
    if (message.recut && message.flow !== null) this.#recut(message.channel, message.flow, part);
    else this.#pass(message.flow, part);
    if (part.lastOfMessage) this.#downMessage = null;
  }

  /** A message of which no byte has come yet, or none will. */
  #withoutChannel(part: MessagePart): void {
    if (part.head !== null) this.#waitingHead.push(part.head);
    if (part.lastOfMessage) this.#addWaitingHeads();
  }

  #addWaitingHeads(): void {
    for (const head of this.#waitingHead.splice(0)) this.#out.add(head);
  }

  #beginMessage(channel: number): void {
    const flow = this.#protocol.flowOf(channel, 'upstream');
    // The first message of some servers is an empty one on any channel; with bytes in it such a channel is unknown.
    const names = this.#protocol.namesPorts && flow !== null && !this.#portsNamed.has(channel);
    const recut = flow !== null && !names && CHANGED_FLOWS.has(flow.name) && this.#flows.mayChange();
    if (flow?.name === 'error') this.#releaseAll();
    this.#downMessage = { channel, flow, recut };
  }

  #pass(flow: Flow | null, part: MessagePart): void {
    const bytes = part.first ? part.payload.subarray(1) : part.payload;
    if (flow === null && bytes.length > 0) {
      throw new StreamProblem('stream-unknown', `the cluster wrote to channel ${this.#downMessage?.channel}`);
    }
    this.#addWaitingHeads();
    if (part.head !== null) this.#out.add(part.head);
    this.#out.add(part.raw);
    this.#openMessage = !part.lastOfMessage;
    if (flow === null || bytes.length === 0) return;
    const channel = this.#downMessage?.channel ?? 0;
    if (!this.#protocol.namesPorts || this.#portsNamed.has(channel)) this.#flows.passed(flow, bytes);
    else this.#namePort(channel, flow, part, bytes);
  }

  #namePort(channel: number, flow: Flow, part: MessagePart, bytes: Buffer): void {
    if (!part.first || !part.lastOfMessage || bytes.length !== 2) {
      throw new StreamProblem('frame-malformed', `channel ${channel} did not begin with its port`);
    }
    this.#portsNamed.add(channel);
    if (flow.name === 'data') this.#flows.opened(flow.connection, bytes.readUInt16LE(0));
  }

  #recut(channel: number, flow: Flow, part: MessagePart): void {
    const bytes = part.first ? part.payload.subarray(1) : part.payload;
    const changed = this.#flows.changed(flow, bytes);
    const whole = part.first && part.lastOfMessage && part.head !== null && this.#waitingHead.length === 0;
    if (whole && changed === bytes) {
      this.#out.add(part.head);
      this.#out.add(part.raw);
      return;
    }
    this.#waitingHead = [];
    if (changed.length > 0) this.#send(channel, changed);
  }

  #releaseAll(): void {
    for (const flow of this.#flows.held()) this.#send(this.#protocol.channelOf(flow), this.#flows.release(flow));
  }

  #send(channel: number, bytes: Buffer): void {
    if (bytes.length === 0) return;
    const payload = Buffer.concat([Buffer.from([channel]), bytes]);
    this.#out.add(webSocketFrame(OPCODE.binary, payload, { masked: false }));
  }
}
