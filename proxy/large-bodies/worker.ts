import { parentPort } from 'node:worker_threads';
import { NotMaskable } from '../masking/scan/not-maskable.ts';
import { prepareTape } from '../masking/scan/wasm/tape-module.ts';
import { Refusal } from '../refusal.ts';
import { jsonText } from '../request/json-text.ts';
import { readJsonOrYaml } from '../request/request-body.ts';
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

port.on('message', (question: Question) => {
  if (question.what === 'close') {
    masking.close(question.session);
    restoring.delete(question.session);
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
      return restored(question.session).goOn(question.read);
    case 'origins':
      return restored(question.session).goOnWith(question.origins);
    case 'yaml':
      return new Uint8Array(Buffer.from(jsonText(readJsonOrYaml(question.body))));
    case 'close':
      return null;
  }
}

function restored(session: number): RestoringSession {
  const known = restoring.get(session);
  if (known === undefined) throw new Error('there is no such session');
  return known;
}

function bytesIn(result: Results[Question['what']]): ArrayBuffer[] {
  if (result === null || 'wanted' in result) return [];
  if (result instanceof Uint8Array) return [result.buffer as ArrayBuffer];
  const bytes = 'restored' in result ? result.restored?.body : result.bytes;
  return [result.values.bytes, ...(bytes === undefined ? [] : [bytes])].map(({ buffer }) => buffer as ArrayBuffer);
}

function failureOf(error: unknown): Answer {
  if (error instanceof NotMaskable) return { notMaskable: error.message };
  if (error instanceof Refusal) return refusedAs(error);
  return { failed: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
