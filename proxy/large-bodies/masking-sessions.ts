import { MaskingStream } from '../masking/masking-stream.ts';
import { compileMaskRules } from '../masking/plan/mask-rules.ts';
import { type MaskReport, newMaskReport } from '../masking/plan/response-mask.ts';
import { MOST_SHOWN, type ShownMask } from '../masking/tokens/masked-value.ts';
import { SeenValues } from '../redaction/seen-values.ts';
import { pack, unpack } from './packed-values.ts';
import type { Masked, MaskOpening, Question, SeenNews } from './protocol.ts';

interface Session {
  readonly stream: MaskingStream;
  readonly report: MaskReport;
  readonly seen: WorkersSeen | null;
  shown: ShownMask[];
}

/** What a worker does: the answers that it masks, each a stream of its own, and the values that it was told of. */
export class MaskingSessions {
  readonly #sessions = new Map<number, Session>();
  readonly #seen = new Map<number, WorkersSeen>();

  /**
   * @returns null where there is nothing to give back.
   * @throws {NotMaskable}
   */
  answer(question: Question): Masked | null {
    if ('news' in question && question.news !== null) this.#learn(question.news);
    if (question.what === 'open') {
      this.#sessions.set(question.session, this.#open(question.opening));
      return null;
    }
    if (question.what === 'close') {
      this.#sessions.delete(question.session);
      return null;
    }
    const session = this.#sessions.get(question.session);
    if (session === undefined) throw new Error('there is no such session');
    return question.what === 'push' ? resultOf(session, question.chunk) : resultOf(session, null);
  }

  #open({ info, obligations, trim, key, events, seen: number }: MaskOpening): Session {
    const seen = number === null ? null : this.#seenOf(number);
    const rules = compileMaskRules({ request: { info }, obligations, seen, trim });
    if (rules === null) throw new Error('nothing is masked in this answer');
    const report = newMaskReport();
    const shown: ShownMask[] = [];
    let noted = 0;
    const onMasked = ({ identity, field, token }: ShownMask): void => {
      noted += 1;
      if (noted <= MOST_SHOWN) session.shown.push({ identity: { ...identity }, field, token });
    };
    const session = { stream: new MaskingStream({ key, rules, events, report, onMasked }), report, seen, shown };
    return session;
  }

  #learn({ seen: number, values }: SeenNews): void {
    this.#seenOf(number).learn(unpack(values));
  }

  #seenOf(number: number): WorkersSeen {
    let seen = this.#seen.get(number);
    if (seen === undefined) {
      seen = new WorkersSeen();
      this.#seen.set(number, seen);
    }
    return seen;
  }
}

function resultOf(session: Session, chunk: Uint8Array | null): Masked {
  const { stream, report, seen } = session;
  const before = { ...report };
  const bytes = chunk === null ? stream.end() : stream.push(chunk);
  const shown = session.shown;
  session.shown = [];
  return {
    bytes: new Uint8Array(bytes),
    held: stream.held,
    maskedValues: report.maskedValues - before.maskedValues,
    maskedObjects: report.maskedObjects - before.maskedObjects,
    onlyMetadata: report.onlyMetadata,
    shown,
    values: pack(seen?.takeFound() ?? []),
  };
}

/** Values seen of one cluster, as this worker knows them: what it was told, and what it finds itself. */
class WorkersSeen extends SeenValues {
  #found: Uint8Array[] = [];
  #isTold = false;

  learn(values: Iterable<Uint8Array>): void {
    this.#isTold = true;
    for (const value of values) this.add(value);
    this.#isTold = false;
  }

  override add(value: Uint8Array): void {
    const { version } = this;
    super.add(value);
    if (!this.#isTold && this.version !== version) this.#found.push(new Uint8Array(value));
  }

  takeFound(): Uint8Array[] {
    const found = this.#found;
    this.#found = [];
    return found;
  }
}
