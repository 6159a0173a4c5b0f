import { isJsonObject, type JsonValue } from '../../request/json-value.ts';

/** A key of one of these names, or a step of a JSON Pointer. */
export function fields(...names: readonly string[]): RegExp {
  return new RegExp(`(?:^|/)(?:${names.join('|')})(?:$|/)`);
}

/** Keys and texts, those of JSON Pointers among them; without recursion, because the depth is the client's choice. */
export function mentions(body: JsonValue, words: readonly RegExp[]): boolean {
  const isWord = (text: string): boolean => words.some((word) => word.test(text));
  const waiting: JsonValue[] = [body];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next === 'string') {
      if (isWord(next)) return true;
    } else if (isJsonObject(next)) {
      for (const [key, inner] of next) {
        if (isWord(key)) return true;
        waiting.push(inner);
      }
    } else if (Array.isArray(next)) {
      for (const inner of next as readonly JsonValue[]) waiting.push(inner);
    }
  }
  return false;
}
