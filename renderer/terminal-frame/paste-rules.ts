export interface PasteVerdict {
  /** What would reach the shell: line ends as a terminal sends them, no escape sequences. */
  readonly text: string;
  /** True when a shell would run something before the person presses Enter. */
  readonly ask: boolean;
  readonly lines: number;
}

/**
 * What to do with text from the clipboard. One line goes through (a single line end after it is cut off: it would
 * run the line unseen); several lines ask first. Control characters are taken out, but for tab and line ends: ESC
 * could end the bracketed paste and have the rest typed as keys.
 */
export function judgePaste(clipboard: string): PasteVerdict {
  const clean = clipboard
    .replace(/\r\n?/g, '\n')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out here
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '')
    .replace(/\n$/, '');
  const lines = clean.split('\n').length;
  return { text: clean, ask: lines > 1, lines };
}
