import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { HeaderList } from '../../proxy/request/header-list.ts';

/** A request for an upgrade that was authorised and is not answered yet. */
export interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  /** Sent with whatever answer it gets, as `Audit-Id: …`. */
  readonly headerLines: readonly string[];
}

/** The request's headers as they stood on the wire. */
export function headersOf(upgrade: Upgrade): HeaderList {
  return HeaderList.fromRaw(upgrade.request.rawHeaders);
}

/** `websocket` or `spdy/3.1`, or whatever else was asked for, in lower case. */
export function upgradeToken(upgrade: Upgrade): string {
  return (headersOf(upgrade).first('Upgrade') ?? '').toLowerCase();
}

/** Answers in plain HTTP and ends the connection. */
export function refuseUpgrade(
  upgrade: Upgrade,
  status: string,
  answer: { readonly headerLines?: readonly string[]; readonly body?: string } = {},
): void {
  const body = answer.body ?? '';
  const lines = [
    `HTTP/1.1 ${status}`,
    ...upgrade.headerLines,
    ...(answer.headerLines ?? []),
    ...(body === '' ? [] : ['Content-Type: text/plain; charset=utf-8']),
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  upgrade.socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}
