import {
  dataFrame,
  goAway,
  headersFrame,
  ping,
  rstStream,
  synReply,
  synStream,
} from '../../../proxy/streams/spdy/frames.ts';
import { HeaderBlockWriter } from '../../../proxy/streams/spdy/header-block.ts';
import { closeFrame, OPCODE, webSocketFrame } from '../../../proxy/streams/websocket/frames.ts';

function command(): Buffer {
  const headers = new HeaderBlockWriter();
  const open = (id: number, type: string) => synStream(id, headers.write(new Map([['streamtype', type]])));
  return Buffer.concat([
    open(1, 'error'),
    open(3, 'stdin'),
    open(5, 'stdout'),
    dataFrame(3, Buffer.from('ls\n')),
    dataFrame(3, Buffer.alloc(0), { fin: true }),
    ping(1),
  ]);
}

function port(): Buffer {
  const headers = new HeaderBlockWriter();
  const named = (type: string) =>
    headers.write(
      new Map([
        ['streamtype', type],
        ['port', '8080'],
        ['requestid', '0'],
      ]),
    );
  return Buffer.concat([
    synStream(1, named('error')),
    dataFrame(1, Buffer.alloc(0), { fin: true }),
    synStream(3, named('data')),
    dataFrame(3, Buffer.from('GET / HTTP/1.1\r\n\r\n')),
  ]);
}

function answers(): Buffer {
  const headers = new HeaderBlockWriter();
  return Buffer.concat([
    synReply(1, headers.write(new Map())),
    dataFrame(5, Buffer.from('output')),
    headersFrame(5, headers.write(new Map([['a', 'b']]))),
    rstStream(3, 5),
    goAway(5, 0),
  ]);
}

/** One direction of a SPDY/3.1 connection each. */
export const SPDY_CONNECTIONS: readonly Buffer[] = [command(), port(), answers()];

const status = Buffer.from('\x03{"metadata":{},"status":"Success"}', 'latin1');

/** One direction of a WebSocket connection each. */
export const WEBSOCKET_CONNECTIONS: readonly Buffer[] = [true, false].map((masked) =>
  Buffer.concat([
    webSocketFrame(OPCODE.binary, Buffer.from([0]), { masked }),
    webSocketFrame(OPCODE.binary, Buffer.from('\x01some output', 'latin1'), { masked, fin: false }),
    webSocketFrame(OPCODE.ping, Buffer.from('p'), { masked }),
    webSocketFrame(OPCODE.continuation, Buffer.alloc(300, 0x61), { masked }),
    webSocketFrame(OPCODE.binary, status, { masked }),
    closeFrame(1000, 'done', masked),
  ]),
);
