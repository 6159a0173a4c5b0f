import type { MaskObligation } from '../../model/decision.ts';
import type { Trim } from '../masking/plan/response-mask.ts';
import type { ShownMask } from '../masking/tokens/masked-value.ts';
import type { RefusalCode, RefusalDetails } from '../refusal.ts';
import type { RequestInfo } from '../request/api-request.ts';
import type { PackedValues } from './packed-values.ts';

/** What is asked of a worker. Questions of one worker are answered in the order in which they were asked. */
export type Question =
  | { readonly what: 'open'; readonly session: number; readonly opening: MaskOpening; readonly news: SeenNews | null }
  | { readonly what: 'push'; readonly session: number; readonly chunk: Uint8Array; readonly news: SeenNews | null }
  | { readonly what: 'end'; readonly session: number }
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

export type Answer =
  | { readonly masked: Masked | null }
  | { readonly notMaskable: string }
  | { readonly refused: { readonly code: RefusalCode; readonly message: string; readonly details: RefusalDetails } }
  | { readonly failed: string };
