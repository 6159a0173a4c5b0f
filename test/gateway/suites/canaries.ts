import { randomBytes } from 'node:crypto';

/** A value that must never leave the gateway, and every form in which it could. */
export interface Canary {
  readonly value: string;
  readonly forms: readonly string[];
}

/** Has characters that JSON, URLs and shells escape, so that each escaping gives a form of its own. */
export function makeCanary(label: string): Canary {
  const head = `canary-${label}-${randomBytes(6).toString('hex')}`;
  const tail = randomBytes(6).toString('hex');
  const value = `${head}/"<&>+ü${tail}`;
  const bytes = Buffer.from(value);
  const padded = [0, 1, 2].map((shift) => Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64'));
  return {
    value,
    forms: [
      value,
      // What stands before and behind the odd characters, each alone: half a value is no mask.
      head,
      tail,
      JSON.stringify(value).slice(1, -1),
      encodeURIComponent(value),
      bytes.toString('base64'),
      // Inside a longer base64 text the value stands at one of three alignments; the edges mix with neighbours.
      ...padded.map((text) => text.slice(4, 28)),
      bytes.toString('hex'),
    ],
  };
}

/** The forms of a canary that a text holds. */
export function leaked(text: string, canaries: readonly Canary[]): string[] {
  return canaries.flatMap(({ forms }) => forms.filter((form) => text.includes(form)));
}
