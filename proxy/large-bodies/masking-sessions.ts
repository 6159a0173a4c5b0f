import { MaskingStream } from '../masking/masking-stream.ts';
import { compileMaskRules } from '../masking/plan/mask-rules.ts';
import { type MaskReport, newMaskReport } from '../masking/plan/response-mask.ts';
import { MOST_SHOWN, type ShownMask } from '../masking/tokens/masked-value.ts';
import { pack } from './packed-values.ts';
import type { Masked, MaskOpening } from './protocol.ts';
import type { SeenOfClusters, WorkersSeen } from './workers-seen.ts';

interface Session {
  readonly stream: MaskingStream;
  readonly report: MaskReport;
  readonly seen: WorkersSeen | null;
  shown: ShownMask[];
}

/** What a worker does: the answers that it masks, each a stream of its own, and the values that it was told of. */
export class MaskingSessions {
  readonly #sessions = new Map<number, Session>();
  readonly #seen: SeenOfClusters;

  constructor(seen: SeenOfClusters) {
    this.#seen = seen;
  }

  open(session: number, opening: MaskOpening): void {
    this.#sessions.set(session, this.#begin(opening));
  }

  /**
   * @param chunk null: the answer is over.
   * @throws {NotMaskable}
   */
  push(session: number, chunk: Uint8Array | null): Masked {
    const known = this.#sessions.get(session);
    if (known === undefined) throw new Error('there is no such session');
    return resultOf(known, chunk);
  }

  close(session: number): void {
    this.#sessions.delete(session);
  }

  #begin({ info, obligations, trim, key, events, seen: number }: MaskOpening): Session {
    const seen = number === null ? null : this.#seen.of(number);
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
