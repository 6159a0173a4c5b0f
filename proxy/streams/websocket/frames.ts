import { randomBytes } from 'node:crypto';

/** Opcodes of RFC 6455 section 5.2. */
export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** Bytes of a control frame's payload at most (RFC 6455 section 5.5). */
export const LONGEST_CONTROL_PAYLOAD = 125;

const FIN = 0x80;
const MASKED = 0x80;

export interface FrameOptions {
  /** A client masks every frame, a server none (RFC 6455 section 5.1). */
  readonly masked: boolean;
  /** False: more fragments of this message follow. */
  readonly fin?: boolean;
}

/** One frame. */
export function webSocketFrame(opcode: number, payload: Uint8Array, { masked, fin = true }: FrameOptions): Buffer {
  const { length } = payload;
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const frame = Buffer.alloc(2 + extended + (masked ? 4 : 0) + length);
  frame[0] = (fin ? FIN : 0) | opcode;
  frame[1] = (masked ? MASKED : 0) | (extended === 0 ? length : extended === 2 ? 126 : 127);
  if (extended === 2) frame.writeUInt16BE(length, 2);
  if (extended === 8) frame.writeBigUInt64BE(BigInt(length), 2);
  const at = frame.length - length;
  frame.set(payload, at);
  if (masked) {
    const key = randomBytes(4);
    frame.set(key, at - 4);
    unmask(frame.subarray(at), key, 0);
  }
  return frame;
}

/** @param reason cut to what a close frame can hold. */
export function closeFrame(code: number, reason: string, masked: boolean): Buffer {
  let text = Buffer.from(reason, 'utf8').subarray(0, LONGEST_CONTROL_PAYLOAD - 2);
  // A cut must not leave half a character: peers check the reason for UTF-8.
  while (text.length > 0 && text.toString('utf8').endsWith('\ufffd')) text = text.subarray(0, -1);
  const payload = Buffer.alloc(2 + text.length);
  payload.writeUInt16BE(code, 0);
  payload.set(text, 2);
  return webSocketFrame(OPCODE.close, payload, { masked });
}

/**
 * Masks or unmasks in place (RFC 6455 section 5.3).
 * @param offset how many bytes of the same frame came before.
 */
export function unmask(bytes: Buffer, key: Uint8Array, offset: number): void {
  const key0 = key[offset & 3] ?? 0;
  const key1 = key[(offset + 1) & 3] ?? 0;
  const key2 = key[(offset + 2) & 3] ?? 0;
  const key3 = key[(offset + 3) & 3] ?? 0;
  const whole = bytes.length - (bytes.length & 3);
  for (let index = 0; index < whole; index += 4) {
    bytes[index] = (bytes[index] ?? 0) ^ key0;
    bytes[index + 1] = (bytes[index + 1] ?? 0) ^ key1;
    bytes[index + 2] = (bytes[index + 2] ?? 0) ^ key2;
    bytes[index + 3] = (bytes[index + 3] ?? 0) ^ key3;
  }
  for (let index = whole; index < bytes.length; index += 1) {
    bytes[index] = (bytes[index] ?? 0) ^ (key[(offset + index) & 3] ?? 0);
  }
}
