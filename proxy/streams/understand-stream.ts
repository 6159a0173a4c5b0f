import type { StreamLimits } from '../../model/decision.ts';
import type { StreamOutcome } from '../../model/journal-record.ts';
import { allowsPort } from '../policy/stream-limits.ts';
import type { SeenValues } from '../redaction/seen-values.ts';
import { Refusal } from '../refusal.ts';
import type { ApiRequest } from '../request/api-request.ts';
import { allValues, firstValue, isTrue } from '../request/query.ts';
import type { StreamCodec } from './codec/stream-codec.ts';
import type { StreamFlows } from './codec/stream-flows.ts';
import { CommandFlows } from './command-flows.ts';
import { PortFlows } from './port-flows.ts';
import { SpdyCodec } from './spdy/spdy-codec.ts';
import { commandStreams, portStreams } from './spdy/spdy-protocols.ts';
import type { StreamTap } from './stream-tap.ts';
import { ChannelCodec } from './websocket/channel-codec.ts';
import { commandChannels, portChannels } from './websocket/channel-protocols.ts';
import { TunnelCodec } from './websocket/tunnel-codec.ts';

type HeaderLine = readonly [name: string, value: string];

/** A stream whose protocol is known. */
export interface UnderstoodStream {
  readonly codec: StreamCodec;
  /** What it came to; to be asked for once it is over. */
  summary(): Omit<StreamOutcome, 'recording'>;
}

export interface StreamReading {
  readonly seen: SeenValues;
  readonly tap: StreamTap;
  readonly limits: StreamLimits;
}

/** `SPDY/3.1+portforward.k8s.io`: a SPDY connection inside WebSocket messages (KEP-4006). */
const TUNNEL = 'SPDY/3.1+portforward.k8s.io';
/** The channel subprotocols that are read; the base64 ones carry the same in text, and no client of today asks for them. */
const CHANNEL_VERSIONS: Readonly<Record<string, 1 | 4 | 5>> = {
  'v5.channel.k8s.io': 5,
  'v4.channel.k8s.io': 4,
  'channel.k8s.io': 1,
  '': 1,
};
const SPDY_VERSIONS: Readonly<Record<string, number>> = {
  'v4.channel.k8s.io': 4,
  'v3.channel.k8s.io': 3,
  'v2.channel.k8s.io': 2,
  'channel.k8s.io': 1,
};

/**
 * How the stream that the two sides agreed on is read.
 * @param headers of the 101.
 * @throws {Refusal} `stream-protocol-not-supported`: it could be neither recorded nor redacted.
 */
export function understandStream(
  request: ApiRequest,
  headers: readonly HeaderLine[],
  reading: StreamReading,
): UnderstoodStream {
  const forwardsPorts = request.info.subresource === 'portforward';
  const agreed = headerOf(headers, request.upgrade === 'websocket' ? 'sec-websocket-protocol' : PROTOCOL_VERSION);
  const transport = `${request.upgrade} ${agreed}`.trim();
  if (forwardsPorts) {
    const flows = new PortFlows(reading);
    const codec = portCodec(request, agreed, flows, reading.limits);
    if (codec === null) throw notSupported(transport);
    return { codec, summary: () => ({ transport, ...flows.summary() }) };
  }
  const style = countsBytes(commandOf(request)) ? 'stars' : 'words';
  const flows = new CommandFlows({ ...reading, style });
  const codec = commandCodec(request, agreed, flows);
  if (codec === null) throw notSupported(transport);
  return { codec, summary: () => ({ transport, ...flows.summary() }) };
}

const PROTOCOL_VERSION = 'x-stream-protocol-version';
const FORWARDING = 'portforward.k8s.io';
const KNOWN_SPDY: readonly string[] = [...Object.keys(SPDY_VERSIONS), FORWARDING];

function commandCodec(request: ApiRequest, agreed: string, flows: StreamFlows): StreamCodec | null {
  if (request.upgrade === 'websocket') {
    const version = CHANNEL_VERSIONS[agreed];
    return version === undefined ? null : new ChannelCodec(commandChannels(version), flows);
  }
  const version = SPDY_VERSIONS[agreed];
  return version === undefined ? null : new SpdyCodec(commandStreams(version), flows);
}

function portCodec(request: ApiRequest, agreed: string, flows: StreamFlows, limits: StreamLimits): StreamCodec | null {
  const mayRefuse = limits.ports.length > 0;
  const spdy = () =>
    new SpdyCodec(
      portStreams((port) => portRefusal(port, limits), mayRefuse),
      flows,
    );
  if (request.upgrade !== 'websocket') return agreed === FORWARDING ? spdy() : null;
  if (agreed === TUNNEL) return new TunnelCodec(spdy(), { mayChange: () => flows.mayChange(), mayRefuse });
  const version = CHANNEL_VERSIONS[agreed];
  // With v4 or no subprotocol at all; v5 is of commands only.
  if (version !== 4 && version !== 1) return null;
  return new ChannelCodec(portChannels(portsOf(request).length), flows);
}

/** Why a port must not be reached; null: it may. */
export function portRefusal(port: number, limits: StreamLimits): string | null {
  return allowsPort(limits, port) ? null : `Gatehouse: the policy does not let port ${port} be forwarded`;
}

/** `?ports=`, of the port-forward before its tunnel: repeated, or in one list. */
export function portsOf({ query }: ApiRequest): number[] {
  return allValues(query, 'ports')
    .flatMap((value) => value.split(','))
    .map(Number);
}

/** The command line of an exec; empty for attach. */
export function commandOf({ query }: ApiRequest): string[] {
  return allValues(query, 'command');
}

export function queryFlag({ query }: ApiRequest, name: string): boolean {
  return isTrue(firstValue(query, name));
}

export function queryText({ query }: ApiRequest, name: string): string {
  return firstValue(query, name) ?? '';
}

/** tar, as `kubectl cp` runs it: sizes stand in its headers, so values must be replaced by as many bytes. */
function countsBytes(command: readonly string[]): boolean {
  return command.some((word) => /(?:^|[\s/;|&(])(?:tar|cpio)(?:\s|$)/.test(word));
}

function headerOf(headers: readonly HeaderLine[], name: string): string {
  return headers.find(([header]) => header.toLowerCase() === name)?.[1].trim() ?? '';
}

/**
 * Refuses what could not be read if the cluster agreed to it: by then the command runs.
 * @throws {Refusal} `stream-protocol-not-supported`.
 */
export function refuseUnreadable(request: ApiRequest): void {
  const name = request.upgrade === 'websocket' ? 'Sec-WebSocket-Protocol' : 'X-Stream-Protocol-Version';
  const offered = request.headers
    .all(name)
    .flatMap((line) => line.split(','))
    .map((protocol) => protocol.trim());
  const unreadable = offered.find((protocol) => /base64/i.test(protocol));
  if (unreadable !== undefined) throw notSupported(unreadable);
  const known = request.upgrade === 'websocket' ? [...Object.keys(CHANNEL_VERSIONS), TUNNEL] : KNOWN_SPDY;
  // With none at all the cluster says itself what is missing, or speaks the first of the channel protocols.
  const [first] = offered;
  if (first !== undefined && !offered.some((protocol) => known.includes(protocol))) throw notSupported(first);
}

function notSupported(transport: string): Refusal {
  return new Refusal(
    'stream-protocol-not-supported',
    `Gatehouse does not read the stream protocol "${transport.slice(0, 80)}", so it can neither record nor redact it; use kubectl, or another client that speaks v4.channel.k8s.io or v5.channel.k8s.io`,
  );
}
