import { parentPort } from 'node:worker_threads';
import { readable } from '../evaluation/look/body.ts';
import { outlineOf } from '../evaluation/outline.ts';
import { signsOf } from '../evaluation/signs/signs.ts';
import { maskPreview } from '../masking/mask-preview.ts';
import { NotMaskable } from '../masking/scan/not-maskable.ts';
import { prepareTape } from '../masking/scan/wasm/tape-module.ts';
import { Refusal } from '../refusal.ts';
import { newNameOf } from '../request/new-name.ts';
import { readRequest } from '../request/read-request.ts';
import { ExaminingSession, readWritten } from './examining-session.ts';
import { MaskingSessions } from './masking-sessions.ts';
import type { Answer, Question, Results } from './protocol.ts';
import { refusedAs } from './refused-as.ts';
import { RestoringSession } from './restoring-session.ts';
import { SeenOfClusters } from './workers-seen.ts';

/* A thread beside the one that serves: what is large is looked through here, and ended with it where it takes too long. */
if (parentPort === null) throw new Error('this runs as a worker thread');
const port = parentPort;
prepareTape();
const seen = new SeenOfClusters();
const masking = new MaskingSessions(seen);
const restoring = new Map<number, RestoringSession>();
const examining = new Map<number, ExaminingSession>();

port.on('message', (question: Question) => {
  if (question.what === 'close') {
    masking.close(question.session);
    restoring.delete(question.session);
    examining.delete(question.session);
  } else void answer(question);
});

/** Exactly one answer to each question, before the next is looked at: nothing here waits for anything but its own turn. */
async function answer(question: Question): Promise<void> {
  let answered: Answer;
  try {
    answered = { result: await resultOf(question) };
  } catch (error) {
    answered = failureOf(error);
  }
  port.postMessage(answered, 'result' in answered ? bytesIn(answered.result) : []);
}

function resultOf(question: Question): Results[Question['what']] | Promise<Results[Question['what']]> {
  if ('news' in question && question.news !== null) seen.learn(question.news);
  switch (question.what) {
    case 'open':
      masking.open(question.session, question.opening);
      return null;
    case 'push':
      return masking.push(question.session, question.chunk);
    case 'end':
      return masking.push(question.session, null);
    case 'restore': {
      const session = new RestoringSession(question.restoring, seen.of(question.restoring.seen));
      restoring.set(question.session, session);
      return session.start();
    }
    case 'read':
      return known(restoring, question.session).goOn(question.read);
    case 'origins':
      return known(restoring, question.session).goOnWith(question.origins);
    case 'check': {
      const read = readWritten(question.written);
      return { signs: signsOf(question.question, read), newName: newNameOf(read.request.info, () => readable(read)) };
    }
    case 'preview': {
      const { head, body } = question.written;
      const text = maskPreview(Buffer.from(body.buffer, body.byteOffset, body.byteLength), readRequest(head));
      return { text, outline: outlineOf(readWritten(question.written)) };
    }
    case 'examine': {
      const session = new ExaminingSession(question.written);
      examining.set(question.session, session);
      return session.start(question);
    }
    case 'find':
      return known(examining, question.session).find(question.question, question.seen);
    case 'told':
      return known(examining, question.session).goOn(question.told);
    case 'pin':
      return known(examining, question.session).pin(question.base, question.level);
    case 'digest':
      return known(examining, question.session).digest(question.found);
    case 'close':
      return null;
  }
}

function known<Session>(sessions: ReadonlyMap<number, Session>, session: number): Session {
  const found = sessions.get(session);
  if (found === undefined) throw new Error('there is no such session');
  return found;
}

/** What is handed over and not copied. */
function bytesIn(result: Results[Question['what']]): ArrayBuffer[] {
  if (result === null || typeof result === 'string') return [];
  const found: Uint8Array[] = [];
  if (result instanceof Uint8Array) found.push(result);
  else if ('bytes' in result) found.push(result.bytes, result.values.bytes);
  else if ('restored' in result)
    found.push(...(result.restored === null ? [] : [result.restored.body]), result.values.bytes);
  else if ('looks' in result && result.body !== null) found.push(result.body);
  return found.map(({ buffer }) => buffer as ArrayBuffer);
}

function failureOf(error: unknown): Answer {
  if (error instanceof NotMaskable) return { notMaskable: error.message };
  if (error instanceof Refusal) return refusedAs(error);
  return { failed: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
