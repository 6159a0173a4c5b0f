/** The size of a terminal's text, in CSS pixels. */
export const TERMINAL_TEXT = { least: 9, usual: 13, most: 28 } as const;

export type TextZoom = 'larger' | 'smaller' | 'usual';

/** The size after a step of zooming. */
export function zoomedText(size: number, zoom: TextZoom): number {
  const { least, usual, most } = TERMINAL_TEXT;
  if (zoom === 'usual') return usual;
  return Math.min(most, Math.max(least, size + (zoom === 'larger' ? 1 : -1)));
}
