export type PolicyUpgradeErrorCode =
  | 'policy-folder-missing'
  | 'policy-folder-broken'
  | 'policy-folder-changed'
  | 'policy-folder-not-writable'
  | 'policy-file-linked'
  | 'policy-file-not-editable'
  | 'policy-part-unknown'
  | 'policy-part-not-available'
  | 'policy-upgrade-refused'
  | 'policy-upgrade-unfinished';

/** Nothing was written; `message` says why, and how to mend it. */
export class PolicyUpgradeError extends Error {
  override readonly name = 'PolicyUpgradeError';
  readonly code: PolicyUpgradeErrorCode;

  constructor(code: PolicyUpgradeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
