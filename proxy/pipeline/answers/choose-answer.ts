import type { Judged } from '../evaluate.ts';
import type { Passage } from '../passage.ts';
import type { Answer } from './answer.ts';
import { DocumentAnswer } from './document.ts';
import { RevealAnswer } from './reveal.ts';
import { StreamAnswer } from './stream.ts';

/**
 * The kind of answer that a request gets.
 * @throws {Refusal} where the answer could not be given, so that nobody is asked for it: `response-not-maskable`,
 * `stdin-denied`, `port-denied`, `stream-protocol-not-supported`.
 */
export function chooseAnswer(passage: Passage, judged: Judged): Answer {
  if (passage.reveal !== null) return new RevealAnswer(passage, passage.reveal, judged.request);
  const document = new DocumentAnswer(passage, judged);
  return judged.request.upgrade === null ? document : new StreamAnswer(passage, judged, document);
}
