import { Refusal, refusalStatus } from '../refusal.ts';
import { maskRefusal, OBJECT_LIMIT, type PieceMasker, tooLarge } from './mask-document.ts';
import { MaskingStream } from './masking-stream.ts';
import { compileMaskRules } from './plan/mask-rules.ts';
import type { MaskReport, MaskSubject } from './plan/response-mask.ts';
import type { MaskKey } from './tokens/mask-token.ts';

export interface WatchOptions {
  readonly key: MaskKey;
  readonly report: MaskReport;
  readonly limit?: number;
  readonly large?: LargeEvents;
}

/** Who masks events that are large. */
export interface LargeEvents {
  /** @param held bytes of the event that came before the chunk. */
  readonly isLarge: (held: number, chunk: Uint8Array) => boolean;
  readonly masker: () => PieceMasker;
}

/**
 * Masks a watch event by event: what comes out is whole events, as soon as their last byte is there. Never holds more
 * than one event and one chunk.
 *
 * A watch has begun when it turns out that it cannot be masked, so the client is told as the API server would: by an
 * ERROR event with a Status, and the end. The reason is then in `report.refusal`.
 * @throws what reading the body throws.
 */
export async function* maskWatch(
  body: AsyncIterable<Uint8Array>,
  subject: MaskSubject,
  options: WatchOptions,
): AsyncGenerator<Uint8Array> {
  const { key, report, limit = OBJECT_LIMIT, large } = options;
  const rules = compileMaskRules(subject);
  if (rules === null) {
    yield* body;
    return;
  }
  const here = () => new MaskingStream({ key, rules, events: true, report, onMasked: subject.onMasked ?? null });
  let elsewhere: PieceMasker | null = null;
  try {
    let own = here();
    let stream: PieceMasker = own;
    for await (const chunk of body) {
      let piece = chunk;
      if (elsewhere === null && large?.isLarge(own.held, chunk)) {
        // What is held is an event from its beginning, of which nothing was counted or given out yet.
        piece = Buffer.concat([own.heldBytes, chunk]);
        elsewhere = large.masker();
        stream = elsewhere;
      }
      const events = await stream.push(piece);
      if (elsewhere !== null && elsewhere.held === 0) {
        elsewhere.close?.();
        elsewhere = null;
        own = here();
        stream = own;
      }
      if (stream.held > limit) throw tooLarge('A watch event', limit, subject.request);
      if (events.length > 0) yield events;
    }
    const rest = await stream.end();
    if (rest.length > 0) yield rest;
  } catch (error) {
    const refusal = maskRefusal(error, subject.request);
    if (!(refusal instanceof Refusal)) throw refusal;
    report.refusal = refusal;
    yield Buffer.from(`${JSON.stringify({ type: 'ERROR', object: refusalStatus(refusal) })}\n`);
  } finally {
    elsewhere?.close?.();
  }
}
