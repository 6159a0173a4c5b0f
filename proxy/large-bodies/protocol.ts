import type { MaskObligation } from '../../model/decision.ts';
import type { Trim } from '../masking/plan/response-mask.ts';
import type { ShownMask } from '../masking/tokens/masked-value.ts';
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
  | { readonly what: 'yaml'; readonly body: Uint8Array }
  | { readonly what: 'close'; readonly session: number };

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
export interface Restoring {
  readonly head: { readonly method: string; readonly target: string; readonly rawHeaders: readonly string[] };
  readonly body: Uint8Array;
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
  /** The same as JSON. */
  readonly yaml: Uint8Array;
  readonly close: null;
}

export type Answer =
  | { readonly result: Results[Question['what']] }
  | { readonly notMaskable: string }
  | Refused
  | { readonly failed: string };
