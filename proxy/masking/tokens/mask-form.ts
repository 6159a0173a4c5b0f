/** What stands where a value was: a token that can be written back, or a text that says nothing of it. */
export type MaskForm = 'token' | 'redact';

/** Where client-side apply keeps what was applied last: a JSON text with every value of the object in clear. */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
