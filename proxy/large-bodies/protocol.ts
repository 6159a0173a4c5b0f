import type { OutlineEntry } from '../../model/approval.ts';
import type { Finding, MaskObligation } from '../../model/decision.ts';
import type { Sign } from '../../model/sign.ts';
import type { FoundBeside } from '../evaluation/examine.ts';
import type { Base, PinLevel } from '../evaluation/look/pin.ts';
import type { Looks, ServiceAccount, Sight } from '../evaluation/look/sight.ts';
import type { Trim } from '../masking/plan/response-mask.ts';
import type { ShownMask } from '../masking/tokens/masked-value.ts';
import type { PolicyQuestion } from '../policy/policy-question.ts';
import type { RefusalCode, RefusalDetails } from '../refusal.ts';
import type { LiveRead } from '../rehydration/live-objects.ts';
import type { Origin } from '../rehydration/mask-origins.ts';
import type { RequestInfo } from '../request/api-request.ts';
import type { PackedValues } from './packed-values.ts';

/** What is asked of a worker. Questions of one worker are answered in the order in which they were asked. */
export type Question =
  | { readonly what: 'open'; readonly session: number; readonly opening: MaskOpening; readonly news: SeenNews | null }
  | { readonly what: 'push'; readonly session: number; readonly chunk: Uint8Array; readonly news: SeenNews | null }
  | { readonly what: 'end'; readonly session: number }
  | {
      readonly what: 'restore';
      readonly session: number;
      readonly restoring: Restoring;
      readonly news: SeenNews | null;
    }
  | { readonly what: 'read'; readonly session: number; readonly read: LiveRead | null | Refused }
  | { readonly what: 'origins'; readonly session: number; readonly origins: ReadonlyArray<readonly [string, Origin]> }
  | { readonly what: 'check'; readonly written: WrittenBody; readonly question: PolicyQuestion }
  | { readonly what: 'preview'; readonly written: WrittenBody }
  | {
      readonly what: 'examine';
      readonly session: number;
      readonly written: WrittenBody;
      readonly question: PolicyQuestion;
      readonly awaits: readonly Finding[];
    }
  | { readonly what: 'find'; readonly session: number; readonly question: PolicyQuestion; readonly seen: SeenObjects }
  | { readonly what: 'told'; readonly session: number; readonly told: readonly Told[] }
  | { readonly what: 'pin'; readonly session: number; readonly base: Base; readonly level: PinLevel }
  | { readonly what: 'digest'; readonly session: number; readonly found: FoundBeside }
  | { readonly what: 'close'; readonly session: number };

/** A request with its body, as data. */
export interface WrittenBody {
  readonly head: { readonly method: string; readonly target: string; readonly rawHeaders: readonly string[] };
  readonly body: Uint8Array;
}

/** What was seen of an object, as data. */
export interface SeenObjects extends Pick<Sight, 'live' | 'base'> {
  readonly before: Uint8Array | null;
  readonly after: Uint8Array | null;
}

/** What can be looked at beside the object, and only by the thread that serves (`Sight`). */
export type Asks =
  | { readonly ask: 'boundRole' | 'aggregators' }
  | { readonly ask: 'strengthOf'; readonly account: ServiceAccount }
  | { readonly ask: 'tokensIn'; readonly namespace: string; readonly secrets: readonly string[] };

/** What came of it, whatever that is. */
export type Told = { readonly answer: unknown } | Refused;

/** All that masking an answer needs to know, as data. */
export interface MaskOpening {
  /** Of the request, what says which rules are meant. */
  readonly info: RequestInfo;
  readonly obligations: readonly MaskObligation[];
  readonly trim: Trim | null;
  readonly key: { readonly kid: string; readonly key: Uint8Array };
  readonly events: boolean;
  /** Which values seen it searches for, and adds to: one number for each cluster. */
  readonly seen: number | null;
}

/** All that putting masks of a body back needs to know, as data; it may want more on the way. */
export interface Restoring extends WrittenBody {
  readonly masks: readonly MaskObligation[];
  readonly isMasked: boolean;
  readonly key: { readonly kid: string; readonly key: Uint8Array };
  readonly seen: number;
}

/** What a worker needs before it can go on. */
export type Wanted = { readonly target: string } | { readonly origins: readonly string[] };

export interface RestoredBody {
  /** Null where the body holds no masks. */
  readonly restored: { readonly body: Uint8Array; readonly pinnedTo: string | null } | null;
  /** Values that nobody had seen before. */
  readonly values: PackedValues;
}

export interface Refused {
  readonly refused: { readonly code: RefusalCode; readonly message: string; readonly details: RefusalDetails };
}

/** What was seen of a cluster since the worker was last told. */
export interface SeenNews {
  readonly seen: number;
  readonly values: PackedValues;
}

/** What became of a piece of an answer. */
export interface Masked {
  /** What is final now; may be empty. */
  readonly bytes: Uint8Array;
  /** Bytes that are held back. */
  readonly held: number;
  /** What this piece adds to the report. */
  readonly maskedValues: number;
  readonly maskedObjects: number;
  readonly onlyMetadata: boolean;
  /** Masks that were shown, as far as they are noted. */
  readonly shown: readonly ShownMask[];
  /** Values that nobody had seen before. */
  readonly values: PackedValues;
}

/** What a question comes to. */
export interface Results {
  readonly open: null;
  readonly push: Masked;
  readonly end: Masked;
  readonly restore: RestoredBody | { readonly wanted: Wanted };
  readonly read: Results['restore'];
  readonly origins: Results['restore'];
  /** Tricks that its words name. */
  readonly check: { readonly signs: readonly Sign[]; readonly newName: string | null };
  readonly preview: { readonly text: string | null; readonly outline: readonly OutlineEntry[] };
  /** `body` null: it goes out as it is. */
  readonly examine: { readonly looks: readonly Looks[]; readonly body: Uint8Array | null };
  readonly find: { readonly question: PolicyQuestion } | { readonly asks: readonly Asks[] };
  readonly told: Results['find'];
  /** Null: it cannot be bound. */
  readonly pin: Uint8Array | null;
  readonly digest: string;
  readonly close: null;
}

export type Answer =
  | { readonly result: Results[Question['what']] }
  | { readonly notMaskable: string }
  | Refused
  | { readonly failed: string };
