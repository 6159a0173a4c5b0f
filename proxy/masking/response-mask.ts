import type { MaskObligation } from '../policy/decision.ts';
import type { SeenValues } from '../redaction/seen-values.ts';
import type { Refusal } from '../refusal.ts';
import type { ApiRequest } from '../request/api-request.ts';

/** How the answer to one request is treated. */
export type MaskPlan =
  /** Nothing in the answer can carry a masked field: the bytes pass. */
  | { readonly kind: 'pass' }
  /** One JSON document: read token by token, spliced, sent when whole. */
  | { readonly kind: 'document'; readonly obligations: readonly MaskObligation[] }
  /** A watch: event by event, as they happen. */
  | { readonly kind: 'watch'; readonly obligations: readonly MaskObligation[] };

/** Decides the plan from the request and what policy asks; pure. */
export type PlanMask = (request: ApiRequest, obligations: readonly MaskObligation[]) => MaskPlan;

/** Whose answer is masked, and what in it. */
export interface MaskSubject {
  readonly request: ApiRequest;
  readonly obligations: readonly MaskObligation[];
  /** What was seen of this cluster's Secrets; masks add to it. Null or left out where nobody keeps it. */
  readonly seen?: SeenValues | null;
  /** What is left of the objects in a Table's rows, which were asked for whole; null where they stay as they came. */
  readonly trimRows?: TrimRows | null;
}

/** What a client asked to see of the object behind a Table's row, short of all of it. */
export type TrimRows = 'Metadata' | 'None';

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
