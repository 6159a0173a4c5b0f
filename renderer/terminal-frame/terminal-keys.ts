import type { Key } from '../live/shortcuts.ts';

/** What a key means to the clipboard inside a terminal; `shell` sends it on. */
export type ClipboardKey = 'copy' | 'paste' | 'shell';

/** Ctrl+Shift+C and V (Cmd+C and V on a Mac). Ctrl+C copies only where something is selected: else it interrupts. */
export function clipboardKey(
  event: Key,
  options: { readonly mac: boolean; readonly selection: boolean },
): ClipboardKey {
  const key = event.key.toLowerCase();
  if (event.altKey || (key !== 'c' && key !== 'v')) return 'shell';
  const combined = options.mac
    ? event.metaKey && !event.ctrlKey && !event.shiftKey
    : event.ctrlKey && event.shiftKey && !event.metaKey;
  if (combined) return key === 'c' ? 'copy' : 'paste';
  const plain = event.ctrlKey && !event.shiftKey && !event.metaKey;
  return plain && key === 'c' && options.selection && !options.mac ? 'copy' : 'shell';
}
