/** A shortcut of the whole app. Terminals forward these to the window instead of sending them to the shell. */
export type AppShortcut = (typeof APP_SHORTCUTS)[number];

export const APP_SHORTCUTS = [
  'palette',
  'waiting',
  'newTerminal',
  'find',
  'nextTerminal',
  'previousTerminal',
  'closeTerminal',
  'largerText',
  'smallerText',
  'usualText',
] as const;

/** Those that mean something only while the terminals are shown. */
const OF_TERMINALS: ReadonlySet<AppShortcut> = new Set(APP_SHORTCUTS.slice(APP_SHORTCUTS.indexOf('find')));
export const isOfTerminals = (shortcut: AppShortcut): boolean => OF_TERMINALS.has(shortcut);

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
 * Text size and Ctrl+Tab are as in every browser and terminal; Ctrl+Shift+- is another key, which undoes in a shell.
 */
export function appShortcut(event: Key, mac: boolean, inTerminal: boolean): AppShortcut | null {
  const key = event.key.toLowerCase();
  if (event.altKey) return null;
  if (key === 'tab') {
    if (!event.ctrlKey || event.metaKey) return null;
    return event.shiftKey ? 'previousTerminal' : 'nextTerminal';
  }
  if (mac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey) {
    if (key === '+' || key === '=') return 'largerText';
    if (key === '-') return 'smallerText';
    if (key === '0') return 'usualText';
  }
  if (mac ? event.metaKey : event.ctrlKey && event.shiftKey) {
    if (key === 'k') return 'palette';
    if (key === 'a' && event.shiftKey) return 'waiting';
    if (key === 't') return 'newTerminal';
    if (key === 'f') return 'find';
    if (key === 'w') return 'closeTerminal';
    return null;
  }
  if (!mac && !inTerminal && event.ctrlKey && !event.shiftKey && key === 'k') return 'palette';
  return null;
}

export const isMac = (): boolean => navigator.platform.startsWith('Mac');
