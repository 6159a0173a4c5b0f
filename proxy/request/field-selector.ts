/** What a field selector says about the object's name. */
export type NameSelection =
  | { readonly readable: true; readonly name: string | null }
  /** The API server cannot decode it and answers 400. */
  | { readonly readable: false };

/** Sorted by length: `==` is seen before `=` (apimachinery `pkg/fields/selector.go`, `splitTerm`). */
const OPERATOR = /!=|==|=/;

/**
 * The name that a field selector requires exactly. Terms are taken in sorted order and the first `metadata.name` term
 * wins, whatever the others say, as in the API server.
 */
export function selectedName(selector: string): NameSelection {
  if (!selector.includes('=')) return { readable: selector === '' || /^,+$/.test(selector), name: null };
  let name: string | null = null;
  for (const term of splitTerms(selector).sort()) {
    if (term === '') continue;
    const operator = OPERATOR.exec(term);
    if (!operator) return { readable: false };
    const value = unescapeValue(term.slice(operator.index + operator[0].length));
    if (value === null) return { readable: false };
    if (name === null && operator[0] !== '!=' && term.slice(0, operator.index) === 'metadata.name') name = value;
  }
  return { readable: true, name: name !== null && isPathSegment(name) ? name : null };
}

function splitTerms(selector: string): string[] {
  const terms: string[] = [];
  let start = 0;
  for (let index = 0; index < selector.length; index += 1) {
    const character = selector[index];
    if (character === '\\') index += 1;
    else if (character === ',') {
      terms.push(selector.slice(start, index));
      start = index + 1;
    }
  }
  terms.push(selector.slice(start));
  return terms;
}

/** Null for an escape that is not one, and for a bare comma or equals sign. */
function unescapeValue(text: string): string | null {
  if (!/[\\,=]/.test(text)) return text;
  return /^(?:[^\\,=]|\\[\\,=])*$/.test(text) ? text.replace(/\\(.)/g, '$1') : null;
}

/** apimachinery `content.IsPathSegmentName`. */
function isPathSegment(name: string): boolean {
  return name !== '.' && name !== '..' && !/[/%]/.test(name);
}
