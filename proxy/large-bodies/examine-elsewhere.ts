import type { Finding } from '../../model/decision.ts';
import type { Examination, FoundBeside } from '../evaluation/examine.ts';
import { type RequestWithBody, withJsonBody } from '../evaluation/look/body.ts';
import type { SeenBytes } from '../evaluation/look/look.ts';
import type { Base, PinLevel } from '../evaluation/look/pin.ts';
import type { Looks, Sight } from '../evaluation/look/sight.ts';
import type { PolicyQuestion } from '../policy/policy-question.ts';
import { Refusal } from '../refusal.ts';
import type { ApiRequest } from '../request/api-request.ts';
import type { Lane } from './lane.ts';
import type { Asks, Told, WrittenBody } from './protocol.ts';
import { refusedAs } from './refused-as.ts';
import { nextSession } from './session-number.ts';

/** A request whose body is large, and the head that it was read from. */
export interface LargeWritten {
  readonly request: ApiRequest;
  readonly head: WrittenBody['head'];
  readonly body: Buffer;
}

/**
 * As `Examiner`, by a worker: what has to be looked at on the way is looked at here.
 * @throws {Refusal} from each step, `body-too-slow` and `gateway-busy`, too.
 */
export class RemoteExamination implements Examination {
  readonly #lane: Lane;
  readonly #written: LargeWritten;
  readonly #over: () => void;
  readonly #session = nextSession();
  /** As it leaves; null: as it came. */
  #body: Uint8Array | null = null;

  constructor(lane: Lane, written: LargeWritten) {
    this.#lane = lane;
    this.#written = written;
    this.#over = lane.take();
  }

  async plan(question: PolicyQuestion, awaits: readonly Finding[]): Promise<readonly Looks[]> {
    const { head } = this.#written;
    const body = new Uint8Array(this.#written.body);
    const written = { head, body };
    const asked = { what: 'examine', session: this.#session, written, question, awaits } as const;
    const planned = await this.#lane.ask(asked, [body.buffer]);
    this.#body = planned.body;
    return planned.looks;
  }

  async canonical(): Promise<RequestWithBody> {
    const { request, body } = this.#written;
    return this.#body === null ? { request, body } : withJsonBody(request, Buffer.from(this.#body.buffer));
  }

  async read(question: PolicyQuestion, sight: Sight, bytes: SeenBytes): Promise<PolicyQuestion> {
    const { live, base } = sight;
    const session = this.#session;
    const [before, after] = [copied(bytes.before), copied(bytes.after)];
    const seen = { live, base, before, after };
    const moved = [before, after].flatMap((one) => one?.buffer ?? []);
    let turn = await this.#lane.ask({ what: 'find', session, question, seen }, moved);
    while ('asks' in turn) {
      const told = await Promise.all(turn.asks.map((asks) => answerTo(asks, sight)));
      turn = await this.#lane.ask({ what: 'told', session, told });
    }
    return turn.question;
  }

  async pinned(base: Base, level: PinLevel): Promise<RequestWithBody | null> {
    const body = await this.#lane.ask({ what: 'pin', session: this.#session, base, level });
    return body === null ? null : withJsonBody(this.#written.request, Buffer.from(body.buffer));
  }

  digest(found: FoundBeside): Promise<string> {
    return this.#lane.ask({ what: 'digest', session: this.#session, found });
  }

  /** To be called when nothing more is asked of it. */
  close(): void {
    this.#lane.tell({ what: 'close', session: this.#session });
    this.#over();
  }
}

async function answerTo(asks: Asks, sight: Sight): Promise<Told> {
  try {
    return { answer: await lookedAt(asks, sight) };
  } catch (error) {
    // What a refusal means to who asked is known there.
    if (error instanceof Refusal) return refusedAs(error);
    throw error;
  }
}

function lookedAt(asks: Asks, { boundRole, aggregators, strengthOf, tokensIn }: Sight): Promise<unknown> {
  switch (asks.ask) {
    case 'boundRole':
      return boundRole();
    case 'aggregators':
      return aggregators();
    case 'strengthOf':
      return strengthOf(asks.account);
    case 'tokensIn':
      return tokensIn(asks.namespace, asks.secrets);
  }
}

function copied(bytes: Buffer | null): Uint8Array<ArrayBuffer> | null {
  return bytes === null ? null : new Uint8Array(bytes);
}
