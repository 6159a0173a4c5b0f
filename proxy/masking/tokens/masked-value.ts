import type { ObjectIdentity } from './object-identity.ts';

/** One value that was masked, with what it was: for writing masks back and for finding the value elsewhere. Never logged. */
export interface MaskedValue {
  readonly identity: ObjectIdentity;
  /** E.g. `data.password`; inside last-applied the field of the copy. */
  readonly field: string;
  readonly token: string;
  /** The text of the JSON string in clear; for `data` of a Secret that is base64. */
  readonly plain: Buffer;
  /** The token was written as base64, because the field holds base64. */
  readonly base64: boolean;
}

/** Where a mask was shown. */
export type ShownMask = Pick<MaskedValue, 'identity' | 'field' | 'token'>;

/** So many masks of one answer are noted: nobody writes the masks of a long list back. */
export const MOST_SHOWN = 1_000;

/** Told of each value as it is masked. */
export type OnMasked = (value: MaskedValue) => void;
