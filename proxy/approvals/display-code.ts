import { randomInt } from 'node:crypto';

/** Crockford's base 32: no I, L, O or U, so that a code can be read out and typed without mistakes. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Four characters that nothing open has; about a million codes against some hundred that are open. */
export function newDisplayCode(isTaken: (code: string) => boolean): string {
  for (;;) {
    const code = Array.from({ length: 4 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
    if (!isTaken(code)) return code;
  }
}

/** What a person typed, as the code it was meant to be (Crockford: O is 0, I and L are 1, case does not count). */
export function readDisplayCode(typed: string): string {
  return typed.trim().toUpperCase().replaceAll('O', '0').replaceAll(/[IL]/g, '1');
}
