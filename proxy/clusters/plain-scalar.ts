/** What a scalar is to go-yaml. */
export type ScalarValue = string | number | boolean | null;

/** A scalar whose tag says what its text is not, such as `!!int yes`: go-yaml refuses the whole file. */
export class ScalarTagError extends Error {
  override readonly name = 'ScalarTagError';
}

const NULL = /^(?:|~|null|Null|NULL)$/;
const TRUE = /^(?:y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const FALSE = /^(?:n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/;
const NOT_A_NUMBER = /^\.(?:nan|NaN|NAN)$/;
const INFINITE = /^[-+]?\.(?:inf|Inf|INF)$/;
/** Go's `strconv.ParseInt` with base 0, once the underscores are out. */
const INTEGER = /^[-+]?(?:0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|0|[1-9][0-9]*)$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
/** Near enough to go-yaml's forms of a date. */
const DATE = /^\d{4}-\d{1,2}-\d{1,2}(?:$|[Tt ])/;
const LONGEST_INTEGER = 2n ** 64n;
const SHORTEST_INTEGER = -(2n ** 63n);

/**
 * What a plain scalar means in YAML 1.1 as go-yaml v2 reads it (`resolve.go`), which client-go uses: `no` is false,
 * `0o17` is fifteen, `12:30:45` and dates are text.
 */
export function plainScalar(text: string): ScalarValue {
  if (NULL.test(text)) return null;
  if (TRUE.test(text)) return true;
  if (FALSE.test(text)) return false;
  if (NOT_A_NUMBER.test(text)) return Number.NaN;
  if (INFINITE.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  // A leading point or sign and digit: nothing else begins a number.
  if (!/^[-+.0-9]/.test(text)) return text;
  const digits = text.startsWith('.') ? text : text.replaceAll('_', '');
  if (INTEGER.test(digits)) {
    const integer = integerOf(digits);
    if (integer !== null) return integer;
  }
  if (FLOAT.test(digits)) {
    const float = Number(digits);
    if (Number.isFinite(float)) return float;
  }
  return text;
}

/** Null where Go has no type for it; it is a float then. */
function integerOf(digits: string): number | null {
  const negative = digits.startsWith('-');
  const unsigned = digits.replace(/^[-+]/, '').replace(/^0(?=[0-7])/, '0o');
  const magnitude = BigInt(unsigned);
  const value = negative ? -magnitude : magnitude;
  // An unsigned integer of Go takes no sign at all.
  const longest = /^[-+]/.test(digits) ? LONGEST_INTEGER / 2n : LONGEST_INTEGER;
  return value >= SHORTEST_INTEGER && value < longest ? Number(value) : null;
}

/**
 * What a scalar with a tag means. Tags that go-yaml does not know leave it text.
 * @throws {ScalarTagError}
 */
export function taggedScalar(tag: string, text: string): ScalarValue {
  const value = plainScalar(text);
  switch (tag.replace(/^tag:yaml\.org,2002:/, '!!')) {
    case '!!bool':
      if (typeof value === 'boolean') return value;
      break;
    case '!!null':
      if (value === null) return value;
      break;
    case '!!int':
      if (typeof value === 'number' && !FLOAT_ONLY.test(text)) return value;
      break;
    case '!!float':
      if (typeof value === 'number') return value;
      break;
    case '!!timestamp':
      if (DATE.test(text)) return text;
      break;
    case '!!binary':
      if (isBase64(text)) return Buffer.from(text, 'base64').toString('utf8');
      break;
    default:
      return text;
  }
  throw new ScalarTagError(`is not what its tag ${tag.replace(/^tag:yaml\.org,2002:/, '!!')} says`);
}

const FLOAT_ONLY = /^[-+]?(?:\.|[0-9_]*\.|[0-9_]+[eE])/;

/** As Go's `base64.StdEncoding` reads it: padded, line breaks passed over. */
export function isBase64(text: string): boolean {
  const joined = text.replace(/[\r\n]/g, '');
  return joined.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(joined);
}
