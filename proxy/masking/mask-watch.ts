import { Refusal, refusalStatus } from '../refusal.ts';
import { maskRefusal, OBJECT_LIMIT, tooLarge } from './mask-document.ts';
import { MaskingStream } from './masking-stream.ts';
import { compileMaskRules } from './plan/mask-rules.ts';
import type { MaskReport, MaskSubject } from './plan/response-mask.ts';
import type { MaskKey } from './tokens/mask-token.ts';

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
  options: { readonly key: MaskKey; readonly report: MaskReport; readonly limit?: number },
): AsyncGenerator<Uint8Array> {
  const { key, report, limit = OBJECT_LIMIT } = options;
  const rules = compileMaskRules(subject);
  if (rules === null) {
    yield* body;
    return;
  }
  try {
    const stream = new MaskingStream({ key, rules, events: true, report, onMasked: subject.onMasked ?? null });
    for await (const chunk of body) {
      const events = stream.push(chunk);
      if (stream.held > limit) throw tooLarge('A watch event', limit, subject.request);
      if (events.length > 0) yield events;
    }
    const rest = stream.end();
    if (rest.length > 0) yield rest;
  } catch (error) {
    const refusal = maskRefusal(error, subject.request);
    if (!(refusal instanceof Refusal)) throw refusal;
    report.refusal = refusal;
    yield Buffer.from(`${JSON.stringify({ type: 'ERROR', object: refusalStatus(refusal) })}\n`);
  }
}
