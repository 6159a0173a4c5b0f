/**
 * The fields that a JSON text gives twice, by their paths, as Go's strict decoder names them. The text is valid JSON:
 * `JSON.parse` has read it.
 */
export function duplicateFields(text: string): string[] {
  const found: string[] = [];
  let at = 0;

  const skipSpace = () => {
    while (/\s/.test(text[at] ?? '')) at += 1;
  };
  const readString = (): string => {
    const start = at;
    for (at += 1; text[at] !== '"'; at += 1) if (text[at] === '\\') at += 1;
    at += 1;
    return JSON.parse(text.slice(start, at)) as string;
  };
  const readMembers = (path: string) => {
    const names = new Set<string>();
    for (skipSpace(); text[at] !== '}'; skipSpace()) {
      if (text[at] === ',') at += 1;
      skipSpace();
      const name = readString();
      const field = path === '' ? name : `${path}.${name}`;
      if (names.has(name)) found.push(field);
      names.add(name);
      skipSpace();
      at += 1;
      readValue(field);
    }
    at += 1;
  };
  const readItems = (path: string) => {
    let index = 0;
    for (skipSpace(); text[at] !== ']'; skipSpace()) {
      if (text[at] === ',') at += 1;
      readValue(`${path}[${index}]`);
      index += 1;
    }
    at += 1;
  };
  const readValue = (path: string) => {
    skipSpace();
    const first = text[at];
    if (first === '{' || first === '[') {
      at += 1;
      if (first === '{') readMembers(path);
      else readItems(path);
    } else if (first === '"') readString();
    else while (at < text.length && !/[\s,\]}]/.test(text[at] ?? '')) at += 1;
  };

  readValue('');
  return found;
}
