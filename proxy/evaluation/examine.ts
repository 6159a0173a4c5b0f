import { createHash } from 'node:crypto';
import type { Finding } from '../../model/decision.ts';
import type { GainedIdentity } from '../../model/gained-identity.ts';
import type { PolicyQuestion } from '../policy/policy-question.ts';
import { canonicalJson } from '../request/canonical-json.ts';
import { identities } from './act-as/identities.ts';
import { at } from './fields.ts';
import { canonical, type RequestWithBody, readable, type Written } from './look/body.ts';
import type { SeenBytes } from './look/look.ts';
import { type Base, type PinLevel, pinWrite } from './look/pin.ts';
import type { Looks, Sight } from './look/sight.ts';
import type { Reader, Reading } from './reader.ts';

/** Who finds what rules wait for. */
const READERS: Readonly<Record<Finding, Reader>> = { identities };

/** What was found, beside the object itself, that a person approves. */
export interface FoundBeside {
  readonly base: Base | null;
  readonly creates: boolean;
  readonly gained: readonly GainedIdentity[];
  /** Whether the object as the write would leave it counts, too: of a patch, whose own words do not tell it. */
  readonly result: boolean;
}

/**
 * All that is read out of one body, and out of what was seen of its object. Each step walks through one of them whole, so
 * where they are large a thread does it (`large-bodies/`); in the order of the methods.
 */
export interface Examination {
  /**
   * What has to be looked at for what rules wait for; nothing where the words of the body tell that there is nothing to
   * find.
   */
  plan(question: PolicyQuestion, awaits: readonly Finding[]): Promise<readonly Looks[]>;
  /** The request as it leaves when nothing needs to be added to it. */
  canonical(): Promise<RequestWithBody>;
  /** The question, with what was found. */
  read(question: PolicyQuestion, sight: Sight, bytes: SeenBytes): Promise<PolicyQuestion>;
  /** The write bound to what it was evaluated on; null for one that cannot be bound. */
  pinned(base: Base, level: PinLevel): Promise<RequestWithBody | null>;
  /** Hex SHA-256 of what a person approves beside the request itself, and what must still be so when it runs. */
  digest(found: FoundBeside): Promise<string>;
}

/** The walks themselves, where they are called. */
export class Examiner implements Examination {
  readonly #written: Written;
  #readings: readonly Reading[] = [];
  #after: unknown = null;

  constructor(written: Written) {
    this.#written = written;
  }

  async plan(question: PolicyQuestion, awaits: readonly Finding[]): Promise<readonly Looks[]> {
    const said = awaits.length === 0 ? null : readable(this.#written);
    const { request } = this.#written;
    this.#readings = awaits.flatMap((finding) => READERS[finding].plan({ question, request, said }) ?? []);
    return this.#readings.map(({ looks }) => looks);
  }

  async canonical(): Promise<RequestWithBody> {
    return canonical(this.#written);
  }

  async read(question: PolicyQuestion, sight: Sight): Promise<PolicyQuestion> {
    this.#after = sight.after;
    let found = question;
    for (const reading of this.#readings) found = await reading.read(found, sight);
    return found;
  }

  async pinned(base: Base, level: PinLevel): Promise<RequestWithBody | null> {
    return pinWrite(this.#written, base, level);
  }

  async digest({ base, creates, gained, result }: FoundBeside): Promise<string> {
    const after = result ? this.#after : null;
    const fields = Object.entries(typeof after === 'object' && after !== null ? after : {}).filter(
      ([field]) => field !== 'metadata' && field !== 'status',
    );
    const text = canonicalJson({
      uid: base?.uid ?? null,
      creates,
      gained: gained.map(({ road, user, groups, says }) => ({ road, user, groups: [...groups], says })),
      result: JSON.stringify(fields),
      labels: JSON.stringify(at(after, 'metadata', 'labels') ?? null),
    });
    return createHash('sha256').update(text).digest('hex');
  }
}
