interface Key {
    readonly key: string;
    readonly ctrlKey: boolean;
    readonly metaKey: boolean;
    readonly shiftKey: boolean;
    readonly altKey: boolean;
}
/** What a key means to the clipboard inside a terminal; `shell` sends it on. */
export type ClipboardKey = 'copy' | 'paste' | 'shell';
/** Ctrl+Shift+C and V (Cmd+C and V on a Mac). Ctrl+C copies only where something is selected: else it interrupts. */
export declare function clipboardKey(event: Key, options: {
    readonly mac: boolean;
    readonly selection: boolean;
}): ClipboardKey;
export {};
