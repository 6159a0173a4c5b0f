/** What files that are no kubeconfig begin with, and what they are. */
const BEGINNINGS: ReadonlyArray<readonly [beginning: RegExp, whatItIs: string]> = [
  [/^-----BEGIN (?:[A-Z0-9]+ )*(?:CERTIFICATE|KEY|REQUEST|PARAMETERS|CRL)-----/, 'is a certificate or a key in PEM'],
  [/^<(?:!doctype|html|head|body|\?xml)/i, 'is a web page or XML, such as a sign-in page that was saved in its place'],
  [/^#!/, 'is a script'],
];

/**
 * What a text is that is no kubeconfig, to follow "it"; null where that is anybody's guess. Quotes nothing of it.
 */
export function whatItIs(text: string): string | null {
  const begins = text.trimStart();
  const known = BEGINNINGS.find(([beginning]) => beginning.test(begins));
  if (known !== undefined) return known[1];
  // A JSON text that is whole is YAML, and was read as that.
  return /^[{[]/.test(begins) && !isJson(begins) ? 'is JSON that is cut off or broken' : null;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What `yaml` calls what it finds (its `ErrorCode`), for people. */
const WORDS: Readonly<Record<string, string>> = {
  BAD_ALIAS: 'a * or & without a name behind it',
  BAD_DQ_ESCAPE: 'an escape in double quotes that YAML does not have',
  BAD_INDENT: 'a line that is not indented as those around it',
  BAD_SCALAR_START: 'a text that begins with a character that YAML keeps for itself: put it in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a second colon in a line: put the text in quotes',
  BLOCK_IN_FLOW: 'a block inside of brackets',
  MISSING_CHAR: 'a quote, a bracket, a comma or a colon is missing',
  MULTILINE_IMPLICIT_KEY: 'a line without a colon before one that has one',
  TAB_AS_INDENT: 'a tab where spaces belong',
  UNEXPECTED_TOKEN: 'something that belongs in another place',
};

/** `a tab where spaces belong (TAB_AS_INDENT)`. */
export function yamlProblemInWords(code: string): string {
  const words = WORDS[code];
  return words === undefined ? code : `${words} (${code})`;
}
