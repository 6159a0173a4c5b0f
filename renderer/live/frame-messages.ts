import { APP_SHORTCUTS, type AppShortcut } from './shortcuts.ts';

/** How a terminal's frame looks; sent when it is ready and whenever a setting changes. */
export interface FrameLook {
  readonly scheme: 'light' | 'dark';
  readonly fontFamily: string;
  readonly fontSize: number;
  readonly screenReaderMode: boolean;
}

/** Window -> terminal frame. Nothing of it types: the bytes go over the frame's own MessagePort, which the window never has. */
export type ToFrame =
  | { readonly type: 'look'; readonly look: FrameLook }
  | { readonly type: 'focus' }
  | { readonly type: 'find'; readonly text: string; readonly direction: 'next' | 'previous' }
  | { readonly type: 'findEnded' };

/** Terminal frame -> window. */
export type FromFrame =
  | { readonly type: 'ready' }
  | { readonly type: 'found'; readonly index: number; readonly count: number }
  | { readonly type: 'shortcut'; readonly shortcut: AppShortcut };

/** The message, when it has the shape of one; the frame is its own origin, and its word is checked like any other's. */
export function readFromFrame(data: unknown): FromFrame | null {
  if (typeof data !== 'object' || data === null) return null;
  const message = data as Partial<Record<string, unknown>>;
  switch (message['type']) {
    case 'ready':
      return { type: 'ready' };
    case 'found': {
      const { index, count } = message;
      return typeof index === 'number' && typeof count === 'number' ? { type: 'found', index, count } : null;
    }
    case 'shortcut': {
      const shortcut = readShortcut(message['shortcut']);
      return shortcut === null ? null : { type: 'shortcut', shortcut };
    }
    default:
      return null;
  }
}

/** The shortcut of the app that a frame's word names, if it is one. */
export function readShortcut(word: unknown): AppShortcut | null {
  return APP_SHORTCUTS.find((known) => known === word) ?? null;
}
