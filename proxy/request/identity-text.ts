import { Refusal } from '../refusal.ts';

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** C0, DEL and C1: none of them is part of a name, and each would look like something else where people read it. */
const CONTROL = /\p{Cc}/u;
/** What UTF-8 has no bytes for. */
const LONE_SURROGATE = /\p{Cs}/u;
/** What HTTP takes off both ends of a header's value (RFC 9110 section 5.5). */
const TRIMMED = /^[ \t]|[ \t]$/;

/**
 * Names of users and groups are UTF-8 on the wire, as client-go writes them and the API server compares them; Node hands each
 * byte over as one character.
 * @param value of a header line, one character for each byte.
 * @returns the name as people write it, for policy, journal and questions.
 * @throws {Refusal} `impersonation-malformed`: the API server takes other bytes too, but shows them all alike in its answers and
 * its audit log.
 */
export function identityText(header: string, value: string): string {
  let text: string;
  try {
    text = UTF8.decode(Buffer.from(value, 'latin1'));
  } catch {
    throw malformed(`${header} is not UTF-8`);
  }
  if (CONTROL.test(text)) throw malformed(`${header} holds a control character`);
  return text;
}

/**
 * The same bytes again, one character for each, as they go to the API server.
 * @throws {Refusal} `impersonation-malformed` for a name that would arrive as another one.
 */
export function identityBytes(header: string, text: string): string {
  if (TRIMMED.test(text)) {
    throw malformed(
      `"${text}" in ${header} begins or ends with a space, which HTTP takes off: it would be another name`,
    );
  }
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** Whether a name would arrive at the API server as it is. */
export function canBeSent(text: string): boolean {
  return text !== '' && !LONE_SURROGATE.test(text) && !CONTROL.test(text) && !TRIMMED.test(text);
}

/** What cannot be read, or written, with certainty. */
export function malformed(why: string): Refusal {
  return new Refusal('impersonation-malformed', `the impersonation headers cannot be read with certainty: ${why}`);
}
