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
export declare function judgePaste(clipboard: string): PasteVerdict;
