import { oneLine } from '../one-line.ts';

const TEXT_AT_MOST = 1_000;

/**
 * A reason or comment as it may be shown and journaled: one line of limited length without control characters and
 * without those that turn the direction of text around; null when nothing is left.
 */
export function plainText(text: string | null): string | null {
  const line = oneLine(text ?? '').trim();
  return line === '' ? null : line.slice(0, TEXT_AT_MOST);
}
