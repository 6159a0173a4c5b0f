/** What an unquoted YAML scalar means to YAML 1.1 and 1.2 alike, or that they disagree. */
export type PlainScalar =
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'ambiguous'; readonly text: string; readonly why: string };

const NULL = /^(?:|~|null|Null|NULL)$/;
const TRUE = /^(?:true|True|TRUE)$/;
const FALSE = /^(?:false|False|FALSE)$/;
const JSON_NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;
/** Booleans of YAML 1.1 (yaml.org/type/bool.html), strings in 1.2. */
const OLD_BOOLEAN = /^(?:y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF)$/;
/** Numbers to some reader, but not written as JSON writes them: octal, hexadecimal, binary, `1_000`, `+1`, `.5`, `1:30`, `.inf`. */
const ODD_NUMBER = [
  /^[-+]?0[xX][0-9A-Fa-f_]+$/,
  /^[-+]?0[oO][0-7_]+$/,
  /^[-+]?0[bB][01_]+$/,
  /^[-+]?(?:\.[0-9_]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?$/,
  /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/,
  /^[-+]?\.(?:inf|Inf|INF)$/,
  /^\.(?:nan|NaN|NAN)$/,
];

/** Classifies the source text of a plain scalar. */
export function plainScalar(text: string): PlainScalar {
  if (NULL.test(text)) return { kind: 'null' };
  if (TRUE.test(text)) return { kind: 'boolean', value: true };
  if (FALSE.test(text)) return { kind: 'boolean', value: false };
  if (JSON_NUMBER.test(text)) return { kind: 'number', text };
  if (OLD_BOOLEAN.test(text)) {
    return { kind: 'ambiguous', text, why: 'is a boolean in YAML 1.1 and a string in 1.2; put it in quotes' };
  }
  if (text === '<<' || text === '=') {
    return { kind: 'ambiguous', text, why: 'has a meaning of its own in YAML 1.1; put it in quotes' };
  }
  if (ODD_NUMBER.some((form) => form.test(text))) {
    return {
      kind: 'ambiguous',
      text,
      why: 'is read as different numbers or strings; put it in quotes or write it plainly',
    };
  }
  return { kind: 'string', text };
}
