import { stringify } from 'yaml';

/** Whatever YAML 1.1 does not print as it is, with U+FEFF and the line breaks that only it knows; halves of a pair cannot be written. */
const NOT_AS_IT_IS = /[^\n\u0020-\u007e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/gu;

/**
 * YAML that every reader reads the same: each text is in double quotes, on one line, with JSON's escapes. kubectl reads
 * YAML 1.1, where a context called `no` is a boolean, and then the whole file is refused; JavaScript's libraries read 1.2.
 * @param value plain data whose keys are plain words of ours
 */
export function quotedYaml(value: object): string {
  const wellFormed = (_key: unknown, held: unknown): unknown =>
    typeof held === 'string' ? Buffer.from(held).toString() : held;
  const text = stringify(value, wellFormed, {
    version: '1.1',
    lineWidth: 0,
    defaultStringType: 'QUOTE_DOUBLE',
    defaultKeyType: 'PLAIN',
    doubleQuotedAsJSON: true,
    aliasDuplicateObjects: false,
  });
  return text.replace(NOT_AS_IT_IS, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
