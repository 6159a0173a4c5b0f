/** Why a vote was not taken. */
export type ApprovalErrorCode =
  | 'unknown-approval'
  | 'not-pending'
  | 'reason-required'
  | 'journal-unavailable'
  | 'gateway-stopping';

/** A vote that was not taken. `message` is for the person who voted. */
export class ApprovalError extends Error {
  override readonly name = 'ApprovalError';
  readonly code: ApprovalErrorCode;

  constructor(code: ApprovalErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
