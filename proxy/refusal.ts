import { oneLine } from './one-line.ts';

/**
 * Every reason for which the gateway itself answers a client instead of the API server, with the HTTP status and the
 * Kubernetes `reason` that client-go acts on. One table, so that a code never gets two meanings; codes are stable and
 * documented, messages may change.
 */
export const REFUSALS = {
  // who is calling
  'client-certificate-required': { status: 401, reason: 'Unauthorized' },
  'client-certificate-revoked': { status: 401, reason: 'Unauthorized' },
  'foreign-host': { status: 403, reason: 'Forbidden' },
  'foreign-origin': { status: 403, reason: 'Forbidden' },
  'request-malformed': { status: 400, reason: 'BadRequest' },
  'head-too-large': { status: 431, reason: 'BadRequest' },
  'request-too-slow': { status: 408, reason: 'Timeout' },
  'expectation-failed': { status: 417, reason: 'BadRequest' },
  'gateway-busy': { status: 429, reason: 'TooManyRequests' },
  'unknown-cluster': { status: 404, reason: 'NotFound' },
  'cluster-not-permitted': { status: 403, reason: 'Forbidden' },
  // a request that cannot be read exactly as the API server would read it
  'target-not-canonical': { status: 400, reason: 'BadRequest' },
  'method-not-allowed': { status: 405, reason: 'MethodNotAllowed' },
  'header-repeated': { status: 400, reason: 'BadRequest' },
  'upgrade-not-allowed': { status: 400, reason: 'BadRequest' },
  'bearer-in-subprotocol': { status: 400, reason: 'BadRequest' },
  'impersonation-malformed': { status: 400, reason: 'BadRequest' },
  'impersonation-not-allowed': { status: 403, reason: 'Forbidden' },
  'body-too-large': { status: 413, reason: 'RequestEntityTooLarge' },
  'body-not-readable': { status: 400, reason: 'BadRequest' },
  'media-type-not-supported': { status: 415, reason: 'UnsupportedMediaType' },
  // what policy and people say
  'denied-by-policy': { status: 403, reason: 'Forbidden' },
  'policy-not-loaded': { status: 403, reason: 'Forbidden' },
  'approval-denied': { status: 403, reason: 'Forbidden' },
  'approval-pending': { status: 403, reason: 'Forbidden' },
  'approval-expired': { status: 403, reason: 'Forbidden' },
  'approval-superseded': { status: 403, reason: 'Forbidden' },
  'approval-unavailable': { status: 403, reason: 'Forbidden' },
  'evaluated-object-changed': { status: 403, reason: 'Forbidden' },
  'gateway-stopping': { status: 503, reason: 'ServiceUnavailable' },
  // masks
  'mask-written-back': { status: 422, reason: 'Invalid' },
  'patch-reads-secret': { status: 403, reason: 'Forbidden' },
  'response-not-maskable': { status: 502, reason: 'InternalError' },
  'response-too-large-to-mask': { status: 503, reason: 'ServiceUnavailable' },
  'body-too-slow': { status: 503, reason: 'ServiceUnavailable' },
  'reveal-key-missing': { status: 404, reason: 'NotFound' },
  // streams
  'stdin-denied': { status: 403, reason: 'Forbidden' },
  'port-denied': { status: 403, reason: 'Forbidden' },
  'stream-protocol-not-supported': { status: 400, reason: 'BadRequest' },
  'stream-not-understood': { status: 403, reason: 'Forbidden' },
  'stream-revoked': { status: 403, reason: 'Forbidden' },
  'stream-ended': { status: 403, reason: 'Forbidden' },
  'stream-time-limit': { status: 403, reason: 'Forbidden' },
  'pod-secrets-unread': { status: 503, reason: 'ServiceUnavailable' },
  'recording-unavailable': { status: 503, reason: 'ServiceUnavailable' },
  // the journal
  'journal-unavailable': { status: 503, reason: 'ServiceUnavailable' },
  // the upstream
  'upstream-unreachable': { status: 503, reason: 'ServiceUnavailable' },
  'upstream-certificate-invalid': { status: 502, reason: 'InternalError' },
  'upstream-rejected-credential': { status: 502, reason: 'InternalError' },
  'upstream-credential-unavailable': { status: 503, reason: 'ServiceUnavailable' },
  'upstream-response-invalid': { status: 502, reason: 'InternalError' },
  'upstream-busy': { status: 429, reason: 'TooManyRequests' },
  'upstream-redirect': { status: 502, reason: 'InternalError' },
  'internal-error': { status: 500, reason: 'InternalError' },
} as const satisfies Record<string, { status: number; reason: string }>;

/** A stable code of the table above. */
export type RefusalCode = keyof typeof REFUSALS;

/** One machine-readable cause inside a Status, as `metav1.StatusCause`. */
export interface StatusCause {
  readonly reason: string;
  readonly message: string;
  /** A field path such as `data.password`; empty when no field is meant. */
  readonly field: string;
}

/** What the client was asking for, as far as it is known when the request is refused. */
export interface RefusedObject {
  readonly resource?: string;
  readonly group?: string;
  readonly name?: string;
}

export interface RefusalDetails extends RefusedObject {
  readonly causes?: readonly StatusCause[];
  /** Seconds; client-go retries by itself only where this is set (client-go `rest/with_retry.go`). */
  readonly retryAfterSeconds?: number;
  /** Texts for `Warning:` headers beside the Status. */
  readonly warnings?: readonly string[];
  /** What went wrong underneath; for logs, never sent to the client. */
  readonly cause?: unknown;
}

/**
 * The gateway's own "no". Thrown anywhere between the listener and the response, turned into a Kubernetes Status in
 * one place ({@link refusalStatus}).
 *
 * `message` is one line of plain text that says what was refused and what to do about it: kubectl prints it verbatim,
 * and for exec, attach and port-forward it prints nothing else.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;
  readonly details: RefusalDetails;

  constructor(code: RefusalCode, message: string, details: RefusalDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.details = details;
  }

  get status(): number {
    return REFUSALS[this.code].status;
  }
}

/** `metav1.Status`, as client-go decodes it from any response of 400 and above. */
export interface KubernetesStatus {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: Record<string, never>;
  readonly status: 'Failure';
  readonly message: string;
  readonly reason: string;
  readonly details: {
    readonly name?: string;
    readonly group?: string;
    readonly kind?: string;
    readonly causes: readonly StatusCause[];
    readonly retryAfterSeconds?: number;
  };
  readonly code: number;
}

/** The Status for a refusal. Its last cause is the gateway's own code, for machines, wherever people do not see it. */
export function refusalStatus(refusal: Refusal): KubernetesStatus {
  const { status, reason } = REFUSALS[refusal.code];
  const { name, group, resource, causes = [], retryAfterSeconds } = refusal.details;
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: oneLine(refusal.message).trim(),
    reason,
    details: {
      ...(name ? { name } : {}),
      ...(group ? { group } : {}),
      ...(resource ? { kind: resource } : {}),
      causes: causesOf(refusal.code, reason, causes),
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    },
    code: status,
  };
}

/** kubectl lists the causes of an `Invalid` one by one, so there they are the fields at fault and nothing else. */
function causesOf(code: RefusalCode, reason: string, causes: readonly StatusCause[]): readonly StatusCause[] {
  return reason === 'Invalid' ? causes : [...causes, { reason: `gatehouse/${code}`, message: code, field: '' }];
}

/** The refusal inside anything that was thrown: itself, or `internal-error` with the cause kept for the log. */
export function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  return new Refusal('internal-error', 'Gatehouse failed while handling this request; its log has the details', {
    cause: error,
  });
}
