const textAtMost = 1_000;

/**
 * A reason or comment as it may be shown and journaled: one line of limited length without control characters and
 * without those that turn the direction of text around; null when nothing is left.
 */
export function plainText(text: string | null): string | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out here
  const line = (text ?? '').replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+/g, ' ').trim();
  return line === '' ? null : line.slice(0, textAtMost);
}
