/** A shortcut of the whole app. Terminals forward these to the window instead of sending them to the shell. */
export type AppShortcut = 'palette' | 'waiting' | 'newTerminal' | 'find';

/** A key as it was pressed. */
export interface Key {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

/**
 * Ctrl with Shift (or Cmd on a Mac), so that a shell keeps its own Ctrl keys; only Ctrl+K, which the palette takes
 * outside a terminal, is left to the shell inside one (readline cuts a line with it), so Ctrl+Shift+K opens it there too.
 */
export function appShortcut(event: Key, mac: boolean, inTerminal: boolean): AppShortcut | null {
  const key = event.key.toLowerCase();
  if (event.altKey) return null;
  if (mac ? event.metaKey : event.ctrlKey && event.shiftKey) {
    if (key === 'k') return 'palette';
    if (key === 'a' && event.shiftKey) return 'waiting';
    if (key === 't') return 'newTerminal';
    if (key === 'f') return 'find';
    return null;
  }
  if (!mac && !inTerminal && event.ctrlKey && !event.shiftKey && key === 'k') return 'palette';
  return null;
}

export const isMac = (): boolean => navigator.platform.startsWith('Mac');
