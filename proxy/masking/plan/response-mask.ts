import type { MaskObligation } from '../../../model/decision.ts';
import type { SeenValues } from '../../redaction/seen-values.ts';
import type { Refusal } from '../../refusal.ts';
import type { ApiRequest } from '../../request/api-request.ts';
import type { ShownMask } from '../tokens/masked-value.ts';

/** How the answer to one request is treated. */
export type MaskPlan =
  /** Nothing in the answer can carry a masked field: the bytes pass. */
  | { readonly kind: 'pass' }
  /** One JSON document: read token by token, spliced; or a watch: event by event, as they happen. */
  | MaskedAnswer;

export interface MaskedAnswer {
  readonly kind: 'document' | 'watch';
  readonly obligations: readonly MaskObligation[];
  /** Whole values are masked, not only what looks like a credential: errors and warnings may not quote anything. */
  readonly sensitive: boolean;
  /** Whole objects are asked for, where the client asked for less, to see what that less shows of them. */
  readonly whole: WholeObjects | null;
}

export interface WholeObjects {
  /** The target to send instead of the client's; null where its own goes. */
  readonly target: string | null;
  /** The `Accept` line, likewise. */
  readonly accept: string | null;
  readonly trim: Trim;
}

/** Decides the plan from the request and what policy asks; pure. */
export type PlanMask = (request: ApiRequest, obligations: readonly MaskObligation[]) => MaskPlan;

/** Whose answer is masked, and what in it. */
export interface MaskSubject {
  readonly request: Pick<ApiRequest, 'info'>;
  readonly obligations: readonly MaskObligation[];
  /** What was seen of this cluster's Secrets; masks add to it. Null or left out where nobody keeps it. */
  readonly seen?: SeenValues | null;
  /** What is left of objects that were asked for whole; null where they stay as they came. */
  readonly trim?: Trim | null;
  /** Told of each value as it is masked. */
  readonly onMasked?: ((shown: ShownMask) => void) | null;
}

/** What a client asked to see of objects, short of all of them. */
export interface Trim {
  /** The objects in the rows of a Table, those of a list, or the one that is answered or told of in an event. */
  readonly of: 'rows' | 'items' | 'object';
  readonly to: 'Metadata' | 'None';
  /** The version of `meta.k8s.io` in which metadata alone is written. */
  readonly version: string;
}

/** What a masked body came to; complete once the body has ended. */
export interface MaskReport {
  /** Values replaced, not counting the copies of the same values inside last-applied. */
  maskedValues: number;
  maskedObjects: number;
  /** Every masked value stood in an object's metadata that came without the object (PartialObjectMetadata). */
  onlyMetadata: boolean;
  /** Why a watch was ended by the gateway; the client has been told by an ERROR event. */
  refusal?: Refusal;
}

/** The report to begin with. */
export function newMaskReport(): MaskReport {
  return { maskedValues: 0, maskedObjects: 0, onlyMetadata: true };
}
