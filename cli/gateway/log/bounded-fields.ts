/** Characters of a text in a field: names in Kubernetes have 253, what clients make up has no end. */
const TEXT_AT_MOST = 1_000;
const STACK_AT_MOST = 8_000;
const ITEMS_AT_MOST = 20;
const DEPTH_AT_MOST = 6;

/** The fields of a line, each cut to what one line has room for. An Error stays: its serializer comes here by itself. */
export function boundedFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, bounded(value, name, 0)]));
}

function bounded(value: unknown, name: string, depth: number): unknown {
  if (typeof value === 'string') return cut(value, name === 'stack' ? STACK_AT_MOST : TEXT_AT_MOST);
  if (value === null || typeof value !== 'object' || value instanceof Error) return value;
  if (depth === DEPTH_AT_MOST) return '…';
  if (Array.isArray(value)) {
    const items = value.slice(0, ITEMS_AT_MOST).map((item) => bounded(item, name, depth + 1));
    return value.length > ITEMS_AT_MOST ? [...items, `and ${value.length - ITEMS_AT_MOST} more`] : items;
  }
  const parts = Object.entries(value).map(([key, part]) => [cut(key, 100), bounded(part, key, depth + 1)]);
  return Object.fromEntries(parts);
}

function cut(text: string, atMost: number): string {
  return text.length <= atMost ? text : `${text.slice(0, atMost)}… (${text.length - atMost} more characters)`;
}
