import { parentPort } from 'node:worker_threads';
import { NotMaskable } from '../masking/scan/not-maskable.ts';
import { prepareTape } from '../masking/scan/wasm/tape-module.ts';
import { Refusal } from '../refusal.ts';
import { MaskingSessions } from './masking-sessions.ts';
import type { Answer, Question } from './protocol.ts';

/* A thread beside the one that serves: what is large is masked here, and ended with it where it takes too long. */
if (parentPort === null) throw new Error('this runs as a worker thread');
const port = parentPort;
prepareTape();
const sessions = new MaskingSessions();

port.on('message', (question: Question) => {
  const answer = answered(question);
  if (question.what === 'close') return;
  const { masked } = 'masked' in answer ? answer : { masked: null };
  port.postMessage(
    answer,
    masked === null ? [] : [masked.bytes.buffer as ArrayBuffer, masked.values.bytes.buffer as ArrayBuffer],
  );
});

function answered(question: Question): Answer {
  try {
    return { masked: sessions.answer(question) };
  } catch (error) {
    if (error instanceof NotMaskable) return { notMaskable: error.message };
    if (error instanceof Refusal) {
      const { code, message, details } = error;
      return { refused: { code, message, details: { ...details, cause: undefined } } };
    }
    return { failed: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
