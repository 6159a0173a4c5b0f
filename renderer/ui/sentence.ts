/** A message of the gateway as a sentence: it is written to stand in kubectl's output, after the words that precede each refusal. */
export function sentence(message: string): string {
  const text = message.trim().replace(/^[a-z.]+( "[^"]*")? is forbidden: /, '');
  if (text === '') return '';
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
