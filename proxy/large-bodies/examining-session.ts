import { setImmediate } from 'node:timers';
import { Examiner } from '../evaluation/examine.ts';
import type { Written } from '../evaluation/look/body.ts';
import type { Base, PinLevel } from '../evaluation/look/pin.ts';
import type { Sight } from '../evaluation/look/sight.ts';
import type { PolicyQuestion } from '../policy/policy-question.ts';
import { Refusal } from '../refusal.ts';
import { readRequest } from '../request/read-request.ts';
import { checkBody } from '../request/request-body.ts';
import type { Asks, Question, Results, SeenObjects, Told, WrittenBody } from './protocol.ts';

type Turn = Results['find'];

interface Asked {
  readonly asks: Asks;
  readonly resolve: (answer: never) => void;
  readonly reject: (error: unknown) => void;
}

/** @throws {Refusal} as `readRequest` and `checkBody`. */
export function readWritten({ head, body }: WrittenBody): Written {
  const request = readRequest(head);
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return { request, body: bytes, parsed: checkBody(request, bytes) };
}

/**
 * One body that is examined in a worker, step by step. What has to be looked at on the way is asked for, all that is
 * wanted at one time together; each turn is answered once, so that questions and answers of a worker stay in step.
 */
export class ExaminingSession {
  readonly #written: Written;
  readonly #examiner: Examiner;
  #asked: Asked[] = [];
  #turn: { readonly resolve: (turn: Turn) => void; readonly reject: (error: unknown) => void } | null = null;
  #ended: { readonly turn: Turn } | { readonly error: unknown } | null = null;

  /** @throws {Refusal} as `readWritten`. */
  constructor(written: WrittenBody) {
    this.#written = readWritten(written);
    this.#examiner = new Examiner(this.#written);
  }

  async start({ question, awaits }: Extract<Question, { what: 'examine' }>): Promise<Results['examine']> {
    const looks = await this.#examiner.plan(question, awaits);
    const { body } = await this.#examiner.canonical();
    return { looks, body: body === null || body === this.#written.body ? null : new Uint8Array(body) };
  }

  find(question: PolicyQuestion, seen: SeenObjects): Promise<Turn> {
    return this.#untilNext(() => void this.#find(question, seen));
  }

  goOn(told: readonly Told[]): Promise<Turn> {
    return this.#untilNext(() => {
      const asked = this.#asked;
      this.#asked = [];
      for (const [index, { resolve, reject }] of asked.entries()) {
        const answer = told[index];
        if (answer === undefined) reject(new Error('it was asked for and not answered'));
        else if ('refused' in answer) {
          const { code, message, details } = answer.refused;
          reject(new Refusal(code, message, details));
        } else resolve(answer.answer as never);
      }
    });
  }

  async pin(base: Base, level: PinLevel): Promise<Uint8Array | null> {
    const pinned = await this.#examiner.pinned(base, level);
    return pinned?.body == null ? null : new Uint8Array(pinned.body);
  }

  digest(found: Extract<Question, { what: 'digest' }>['found']): Promise<string> {
    return this.#examiner.digest(found);
  }

  async #find(question: PolicyQuestion, { live, base, before, after }: SeenObjects): Promise<void> {
    const sight: Sight = {
      ...{ live, base, before: parsed(before), after: parsed(after) },
      boundRole: () => this.#ask({ ask: 'boundRole' }),
      aggregators: () => this.#ask({ ask: 'aggregators' }),
      strengthOf: (account) => this.#ask({ ask: 'strengthOf', account }),
      tokensIn: (namespace, secrets) => this.#ask({ ask: 'tokensIn', namespace, secrets }),
    };
    try {
      this.#ended = { turn: { question: await this.#examiner.read(question, sight) } };
    } catch (error) {
      this.#ended = { error };
    }
    this.#tell();
  }

  #ask<Answer>(asks: Asks): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#asked.push({ asks, resolve, reject });
      if (this.#asked.length === 1) setImmediate(() => this.#tell());
    });
  }

  #untilNext(begin: () => void): Promise<Turn> {
    return new Promise((resolve, reject) => {
      this.#turn = { resolve, reject };
      begin();
      this.#tell();
    });
  }

  /** Says how it ended, or else what is wanted; and nothing where neither is there yet. */
  #tell(): void {
    const turn = this.#turn;
    if (turn === null || (this.#ended === null && this.#asked.length === 0)) return;
    this.#turn = null;
    if (this.#ended === null) turn.resolve({ asks: this.#asked.map(({ asks }) => asks) });
    else if ('turn' in this.#ended) turn.resolve(this.#ended.turn);
    else turn.reject(this.#ended.error);
  }
}

function parsed(bytes: Uint8Array | null): unknown {
  return bytes === null ? null : JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString());
}
