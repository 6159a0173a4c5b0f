import { SeenValues } from '../../../proxy/redaction/seen-values.ts';
import { StreamRedactor } from '../../../proxy/redaction/stream-redactor.ts';
import { formsOf } from '../../../proxy/redaction/value-forms.ts';
import { type FuzzTarget, must } from '../fuzz-target.ts';

const VALUES = ['canary-value', 'aaaaaaa', 'aaaaaab', 'value-canary/+?', `${'long canary '.repeat(12)}`];

const seen = new SeenValues();
for (const value of VALUES) seen.add(Buffer.from(value));
const forms = VALUES.flatMap((value) => formsOf(Buffer.from(value))).map((form) => form.toString('latin1'));

/** No form of a value that was seen is left in a stream, however it is cut, and cutting changes nothing. */
export const redaction: FuzzTarget = {
  name: 'redaction',
  share: 15,
  seeds: VALUES.map((value) =>
    Buffer.from(`x ${value} ${Buffer.from(value).toString('base64')} ${encodeURIComponent(value)}`),
  ),
  words: forms,
  check(input, random) {
    const whole = redacted([input]);
    must(whole === redacted(random.pieces(input)), 'how the bytes are cut changes what comes out');
    for (const form of forms) must(!whole.includes(form), `a value is left: ${form}`);
  },
};

function redacted(pieces: readonly Buffer[]): string {
  const redactor = new StreamRedactor(seen, 'stars');
  return Buffer.concat([...pieces.map((piece) => redactor.push(piece)), redactor.release()]).toString('latin1');
}
