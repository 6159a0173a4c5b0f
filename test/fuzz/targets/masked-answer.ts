import { MaskingStream } from '../../../proxy/masking/masking-stream.ts';
import { compileMaskRules } from '../../../proxy/masking/plan/mask-rules.ts';
import { newMaskReport } from '../../../proxy/masking/plan/response-mask.ts';
import { NotMaskable } from '../../../proxy/masking/scan/not-maskable.ts';
import { MASK_PREFIX } from '../../../proxy/masking/tokens/mask-token.ts';
import { KEY, secretsSubject } from '../../proxy/masking/requests.ts';
import { allow, type FuzzTarget, must } from '../fuzz-target.ts';
import { ANSWERS_WITH_SECRETS } from '../seeds/answers-with-secrets.ts';

const TOKEN_IN_BASE64 = Buffer.from(MASK_PREFIX).toString('base64').slice(0, 26);

/**
 * The masker on answers that nobody sends: whatever it lets out, no value of a Secret is in it, it reads as the same
 * document, and how the bytes were cut changes nothing. `JSON.parse` is the oracle.
 */
export const maskedAnswer: FuzzTarget = {
  name: 'masked-answer',
  share: 20,
  seeds: ANSWERS_WITH_SECRETS.map((text) => Buffer.from(text)),
  words: [
    '"data":{',
    '"stringData":{',
    '"items":[',
    '"rows":[',
    '"object":{',
    '"metadata":{',
    '"annotations":{',
    '"kind":"Secret",',
    '"name":"x",',
    '"\\u0064ata":',
    '"data":',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '\\',
    'null',
    '1',
    '"a":"b",',
  ],
  check(input, random) {
    const whole = masked([input]);
    const pieces = masked(random.pieces(input));
    must((whole === null) === (pieces === null), 'how the bytes are cut decides whether they are masked');
    if (whole === null || pieces === null) return;
    must(whole.equals(pieces), 'how the bytes are cut changes what comes out');
    const before = parsed(input);
    const after = parsed(whole);
    must(before !== undefined && after !== undefined, 'masked what JSON.parse does not read');
    compare(before, after, false);
  },
};

function masked(pieces: readonly Buffer[]): Buffer | null {
  return allow([NotMaskable], () => {
    const rules = compileMaskRules(secretsSubject());
    if (rules === null) throw new Error('the seeds have a mask');
    const stream = new MaskingStream({ key: KEY, rules, events: false, report: newMaskReport() });
    return Buffer.concat([...pieces.map((piece) => stream.push(piece)), stream.end()]);
  });
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** Walks to every object that can be a Secret (itself, `items`, `rows[].object`) and looks at its values. */
function compare(before: unknown, after: unknown, inRow: boolean): void {
  if (!isFields(before) || !isFields(after)) return;
  for (const map of ['data', 'stringData']) {
    const values = before[map];
    const left = after[map];
    if (!isFields(values)) continue;
    for (const [key, value] of Object.entries(values)) {
      if (typeof value !== 'string' || key === 'ca.crt') continue;
      const stands = isFields(left) ? left[key] : undefined;
      must(typeof stands === 'string' && isToken(stands), `${map}.${key} is not masked${inRow ? ' in a row' : ''}`);
    }
  }
  const [items, itemsLeft] = [before['items'], after['items']];
  if (Array.isArray(items) && Array.isArray(itemsLeft))
    for (const [index, item] of items.entries()) compare(item, itemsLeft[index], false);
  const [rows, rowsLeft] = [before['rows'], after['rows']];
  if (Array.isArray(rows) && Array.isArray(rowsLeft)) {
    for (const [index, row] of rows.entries()) {
      const rowLeft: unknown = rowsLeft[index];
      if (isFields(row) && isFields(rowLeft)) compare(row['object'], rowLeft['object'], true);
    }
  }
}

/** A token, a token in base64, or a structured value (a docker configuration) with tokens inside and nothing of its own. */
function isToken(text: string): boolean {
  if (text.startsWith(MASK_PREFIX) || text.startsWith(TOKEN_IN_BASE64) || text === '') return true;
  const decoded = Buffer.from(text, 'base64').toString('latin1');
  return decoded.startsWith('{') && !/canary|Y2FuYXJ5/.test(decoded);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
