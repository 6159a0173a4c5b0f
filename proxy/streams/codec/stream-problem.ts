/** What a decoder saw that it does not understand. Such a stream is ended: what cannot be read cannot be vouched for. */
export type StreamProblemCode =
  | 'frame-malformed'
  | 'frame-too-large'
  | 'headers-malformed'
  | 'headers-too-large'
  | 'stream-unknown'
  | 'too-many-streams'
  | 'protocol-unknown';

/** `message` says what came, never the bytes themselves. */
export class StreamProblem extends Error {
  override readonly name = 'StreamProblem';
  readonly code: StreamProblemCode;

  /** Anything that was thrown while a stream was read: then it was not read. */
  static from(error: unknown): StreamProblem {
    return error instanceof StreamProblem
      ? error
      : new StreamProblem('protocol-unknown', 'Gatehouse failed while it read the stream', error);
  }

  constructor(code: StreamProblemCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
