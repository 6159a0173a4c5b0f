import { describe, expect, it } from 'vitest';
import type { HeaderField } from '../../../proxy/forward/response-head.ts';
import { relayedHeaders, upgradeHeaders } from '../../../proxy/forward/response-headers.ts';

const KEPT: HeaderField[] = [
  ['Content-Type', 'text/plain'],
  ['Warning', '299 - "a"'],
  ['Warning', '299 - "b"'],
];
const HOPS: HeaderField[] = [
  ['Keep-Alive', 'timeout=5'],
  ['Transfer-Encoding', 'chunked'],
  ['Set-Cookie', 'a=b'],
  ['ALT-SVC', 'h3=":443"'],
  ['location', 'https://evil.example'],
  ['WWW-Authenticate', 'Basic'],
  ['Authorization', 'Bearer t'],
];

describe('what of an answer’s header goes on', () => {
  it('is not what is for one connection, or tells of the way behind the gateway', () => {
    const own: HeaderField[] = [
      ['Connection', 'close, X-Hop'],
      ['connection', 'x-other'],
      ['X-Hop', '1'],
      ['X-Other', '2'],
      ['Upgrade', 'h2c'],
    ];
    expect(relayedHeaders([...KEPT, ...HOPS, ...own])).toEqual(KEPT);
  });

  it('of a 101 is what the handshake needs besides', () => {
    const handshake: HeaderField[] = [
      ['Connection', 'Upgrade'],
      ['Upgrade', 'websocket'],
      ['Sec-WebSocket-Accept', 'x'],
    ];
    expect(upgradeHeaders([...handshake, ...HOPS])).toEqual(handshake);
  });
});
