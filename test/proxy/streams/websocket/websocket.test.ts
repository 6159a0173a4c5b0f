import { describe, expect, it } from 'vitest';
import type { StreamProblem } from '../../../../proxy/streams/codec/stream-problem.ts';
import { WebSocketFrameReader } from '../../../../proxy/streams/websocket/frame-reader.ts';
import { closeFrame, OPCODE, webSocketFrame } from '../../../../proxy/streams/websocket/frames.ts';
import { cutUp } from '../chunks.ts';

function read(chunks: readonly Buffer[], masked: boolean) {
  const said: Array<[opcode: number, payload: string]> = [];
  const raw: Buffer[] = [];
  let message = '';
  const reader = new WebSocketFrameReader(
    {
      message(part) {
        raw.push(...(part.head === null ? [part.raw] : [part.head, part.raw]));
        if (part.first) message = '';
        message += part.payload.toString('latin1');
        if (part.lastOfMessage) said.push([part.opcode, message]);
      },
      control(frame, bytes) {
        raw.push(bytes);
        said.push([frame.opcode, frame.payload.toString('latin1')]);
      },
    },
    { masked },
  );
  for (const chunk of chunks) reader.push(chunk);
  return { said, raw: Buffer.concat(raw), atBoundary: reader.atBoundary };
}

describe.each([
  ['what a client sends', true],
  ['what a server sends', false],
])('WebSocket frames: %s', (_name, masked) => {
  it('are read however they are cut, with messages in fragments and control frames between them', () => {
    const frame = (opcode: number, payload: string, fin = true) =>
      webSocketFrame(opcode, Buffer.from(payload, 'latin1'), { masked, fin });
    const written = Buffer.concat([
      frame(OPCODE.binary, '\x01hello'),
      frame(OPCODE.binary, ''),
      frame(OPCODE.text, 'one '),
      frame(OPCODE.binary, '\x01', false),
      frame(OPCODE.ping, 'are you there'),
      frame(OPCODE.continuation, 'x'.repeat(125), false),
      frame(OPCODE.continuation, 'y'.repeat(126), false),
      frame(OPCODE.pong, ''),
      frame(OPCODE.continuation, 'z'.repeat(70_000)),
      closeFrame(1000, 'done', masked),
    ]);
    const expected = [
      [OPCODE.binary, '\x01hello'],
      [OPCODE.binary, ''],
      [OPCODE.text, 'one '],
      [OPCODE.ping, 'are you there'],
      [OPCODE.pong, ''],
      [OPCODE.binary, `\x01${'x'.repeat(125)}${'y'.repeat(126)}${'z'.repeat(70_000)}`],
      [OPCODE.close, '\x03\xe8done'],
    ];
    // Tiny pieces are many, and one way of making them is as good as five.
    for (const [longest, seeds] of [
      [1, 1],
      [2, 1],
      [7, 5],
      [1000, 5],
      [written.length, 1],
    ] as const) {
      for (let seed = 1; seed <= seeds; seed += 1) {
        const { said, raw, atBoundary } = read(cutUp(written, longest, seed), masked);
        expect(said).toEqual(expected);
        expect(raw.equals(written)).toBe(true);
        expect(atBoundary).toBe(true);
      }
    }
  });

  it('leave no boundary inside a frame or between the fragments of a message', () => {
    const first = webSocketFrame(OPCODE.binary, Buffer.from('ab'), { masked, fin: false });
    expect(read([first.subarray(0, 3)], masked).atBoundary).toBe(false);
    expect(read([first], masked).atBoundary).toBe(false);
    expect(read([first, webSocketFrame(OPCODE.continuation, Buffer.from('c'), { masked })], masked).atBoundary).toBe(
      true,
    );
  });

  const bit = masked ? 0x80 : 0;
  const key = masked ? [1, 2, 3, 4] : [];
  it.each<[string, readonly number[], string]>([
    ['a reserved bit', [0xc2, bit, ...key], 'frame-malformed'],
    ['a reserved opcode', [0x83, bit, ...key], 'frame-malformed'],
    ['a reserved control opcode', [0x8b, bit, ...key], 'frame-malformed'],
    ['a control frame in fragments', [0x09, bit, ...key], 'frame-malformed'],
    ['a control frame of 126 bytes', [0x89, bit | 126, 0, 126, ...key], 'frame-malformed'],
    ['a continuation of nothing', [0x80, bit, ...key], 'frame-malformed'],
    ['a message inside a message', [0x02, bit, ...key, 0x02, bit, ...key], 'frame-malformed'],
    ['a length that could be shorter', [0x82, bit | 126, 0, 5, ...key], 'frame-malformed'],
    ['a frame of 16 EiB', [0x82, bit | 127, 255, 255, 255, 255, 255, 255, 255, 255, ...key], 'frame-too-large'],
    ['the other side’s masking', [0x82, bit ^ 0x80, 0, 0, 0, 0, 0], 'frame-malformed'],
  ])('are refused with %s', (_reason, bytes, code) => {
    const problem = expect.objectContaining({ name: 'StreamProblem', code }) as StreamProblem;
    expect(() => read([Buffer.from(bytes)], masked)).toThrow(problem);
  });
});

it('a close frame’s reason is cut to fit, between characters', () => {
  const frame = closeFrame(1008, 'ü'.repeat(100), false);
  expect(frame.length).toBeLessThanOrEqual(127);
  expect(frame.subarray(4).toString('utf8')).toMatch(/^ü+$/);
});
