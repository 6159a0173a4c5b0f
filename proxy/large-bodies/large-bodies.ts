import { setImmediate } from 'node:timers/promises';
import type { GatewayLog } from '../gateway-log.ts';
import { type MaskedDocument, maskDocument } from '../masking/mask-document.ts';
import { maskWatch } from '../masking/mask-watch.ts';
import type { MaskReport, MaskSubject } from '../masking/plan/response-mask.ts';
import { newMaskReport } from '../masking/plan/response-mask.ts';
import type { MaskKey } from '../masking/tokens/mask-token.ts';
import { isIndexed } from '../masking/values/known-values.ts';
import type { PolicyQuestion } from '../policy/policy-question.ts';
import type { Rehydrated } from '../rehydration/rehydrate.ts';
import { type LargeWritten, RemoteExamination } from './examine-elsewhere.ts';
import { Lane } from './lane.ts';
import { mayHoldMuch } from './may-hold-much.ts';
import type { Question, Results, WrittenBody } from './protocol.ts';
import { RemoteMasker } from './remote-masker.ts';
import { type RestoringOptions, restoreElsewhere } from './restore-elsewhere.ts';

/**
 * Up to here an answer is masked where it is served; beyond it, by a worker. The dearest text of this length takes some ten
 * milliseconds, the way to a worker and back a third of one. Bytes.
 */
export const LARGE = 16 * 1024;

/** Two, so that one that is slow holds up only what is on its own lane. */
const LANES = 2;

/**
 * Milliseconds for one piece of a body, as long as kube-apiserver gives a request altogether. The dearest legal object takes
 * about a second on a machine that does nothing else.
 */
const LIMIT = 60_000;

export { ready } from './seen-news.ts';

/** Whether a body takes long to look through. */
export function isLargeBody(body: Uint8Array): boolean {
  return body.length > LARGE || mayHoldMuch(body);
}

/** Between two steps that each look through a body: everybody else is served first where it is large. */
export async function letOthersBy(body: Uint8Array | null): Promise<void> {
  if (body !== null && isLargeBody(body)) await setImmediate();
}

export interface LargeBodiesOptions {
  readonly file: URL;
  readonly log: GatewayLog;
  readonly limit?: number;
}

/**
 * Answers that are small are masked at once; large ones in threads beside the one that serves everybody. What comes out is
 * the same, byte for byte.
 */
export class LargeBodies {
  readonly #options: LargeBodiesOptions;
  readonly #lanes: Lane[] = [];

  constructor(options: LargeBodiesOptions) {
    this.#options = options;
  }

  /** As `maskDocument`. @throws {Refusal} `body-too-slow` and `gateway-busy`, too. */
  async maskDocument(
    body: AsyncIterable<Uint8Array>,
    subject: MaskSubject,
    { key }: { readonly key: MaskKey },
  ): Promise<MaskedDocument> {
    const { chunks, rest } = await beginningOf(body);
    const isLarge = isObject(chunks) && (rest !== null || chunks.some(mayHoldMuch) || mustWait(subject));
    const whole = joined(chunks, rest);
    if (!isLarge) return maskDocument(whole, subject, { key });
    const report = newMaskReport();
    const masker = new RemoteMasker(this.#lane(), subject, { key, report, events: false });
    return maskDocument(whole, subject, { key, report, masker });
  }

  /** As `maskWatch`; an event that is large goes to a worker. */
  maskWatch(
    body: AsyncIterable<Uint8Array>,
    subject: MaskSubject,
    { key, report }: { readonly key: MaskKey; readonly report: MaskReport },
  ): AsyncGenerator<Uint8Array> {
    return maskWatch(body, subject, {
      key,
      report,
      large: {
        isLarge: (held, chunk) => held + chunk.length > LARGE || mayHoldMuch(chunk) || mustWait(subject),
        masker: () => new RemoteMasker(this.#lane(), subject, { key, report, events: true }),
      },
    });
  }

  /** As `rehydrate`, of a body that is large ({@link isLargeBody}). @throws {Refusal} `body-too-slow` and `gateway-busy`, too. */
  rehydrate(options: RestoringOptions): Promise<Rehydrated | null> {
    return restoreElsewhere(this.#lane(), options);
  }

  /** As `checkBody`, of a body that is large. @returns what `signsOf` finds in it, and `newNameOf` of it. @throws {Refusal} as both. */
  check(written: WrittenBody, question: PolicyQuestion): Promise<Results['check']> {
    return this.#once(written, (copy) => ({ what: 'check', written: copy, question }));
  }

  /** As `maskPreview` and `outlineOf`, of a body that is large. */
  preview(written: WrittenBody): Promise<Results['preview']> {
    return this.#once(written, (copy) => ({ what: 'preview', written: copy }));
  }

  /** Who evaluates a body that is large; to be closed. */
  examine(written: LargeWritten): RemoteExamination {
    return new RemoteExamination(this.#lane(), written);
  }

  #once<Asking extends Question>(
    { head, body }: WrittenBody,
    asking: (copy: WrittenBody) => Asking,
  ): Promise<Results[Asking['what']]> {
    const copy = new Uint8Array(body);
    const lane = this.#lane();
    const over = lane.take();
    return lane.ask(asking({ head, body: copy }), [copy.buffer]).finally(over);
  }

  /** The lane with the fewest bodies; another thread is started where all have some. */
  #lane(): Lane {
    const [idlest] = [...this.#lanes].sort((one, other) => one.bodies - other.bodies);
    if (idlest !== undefined && (idlest.bodies === 0 || this.#lanes.length >= LANES)) return idlest;
    const { file, log, limit = LIMIT } = this.#options;
    const lane = new Lane({
      file,
      limit,
      log,
      onEnd: (ended) => void this.#lanes.splice(this.#lanes.indexOf(ended), 1),
    });
    this.#lanes.push(lane);
    return lane;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#lanes].map((lane) => lane.close()));
  }
}

interface Beginning {
  readonly chunks: readonly Uint8Array[];
  /** What comes behind; null where there is nothing more. */
  readonly rest: AsyncIterator<Uint8Array> | null;
}

/** Reads until it is known whether a body is large. */
async function beginningOf(body: AsyncIterable<Uint8Array>): Promise<Beginning> {
  const iterator = body[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  while (bytes <= LARGE) {
    const { done, value } = await iterator.next();
    if (done === true) return { chunks, rest: null };
    chunks.push(value);
    bytes += value.length;
    if (bytes > 0 && !isObject(chunks)) break;
  }
  return { chunks, rest: iterator };
}

const BRACE = 0x7b;

/** What is no JSON object is refused at its first byte; nobody waits for more of it. */
function isObject(chunks: readonly Uint8Array[]): boolean {
  const first = chunks.find(({ length }) => length > 0);
  return first?.find((byte) => byte > 0x20) === BRACE;
}

async function* joined(
  chunks: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array> | null,
): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
    if (rest === null) return;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest?.return?.();
  }
}

/** Values were seen that are not ready to be searched for: a worker has its own. */
function mustWait({ seen }: MaskSubject): boolean {
  return seen != null && !isIndexed(seen);
}
