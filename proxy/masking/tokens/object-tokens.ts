import type { ObjectIdentity } from './object-identity.ts';

/**
 * The tokens in the copy of an object that its last-applied annotation holds, for the object itself: its values are
 * usually the same, and a token is the dearest thing about a value. Kept for one object at a time.
 */
export class ObjectTokens {
  #identity: ObjectIdentity | null = null;
  readonly #tokens = new Map<string, { readonly plain: Buffer; readonly token: string }>();

  /** @param plain must not change afterwards. */
  keep(identity: ObjectIdentity, field: string, plain: Buffer, token: string): void {
    if (this.#identity !== identity) {
      this.#tokens.clear();
      this.#identity = identity;
    }
    this.#tokens.set(field, { plain, token });
  }

  /** Null where the value in that field of the copy was another one, or there was none. */
  find(identity: ObjectIdentity, field: string, plain: Buffer): string | null {
    if (this.#identity !== identity) return null;
    const known = this.#tokens.get(field);
    return known?.plain.equals(plain) ? known.token : null;
  }
}
