import { APP_SHORTCUTS, type AppShortcut } from './shortcuts.ts';

/** How a terminal's frame looks; sent when it is ready and whenever a setting changes. */
export interface FrameLook {
  readonly scheme: 'light' | 'dark';
  readonly fontFamily: string;
  readonly fontSize: number;
  readonly screenReaderMode: boolean;
}

/** Window -> terminal frame. The bytes go over the terminal's own MessagePort, which comes with `port`. */
export type ToFrame =
  | { readonly type: 'look'; readonly look: FrameLook }
  /** The terminal's port, transferred. A second one belongs to a shell that was started anew. */
  | { readonly type: 'port' }
  | { readonly type: 'focus' }
  /** The person agreed to paste these lines. */
  | { readonly type: 'paste'; readonly text: string }
  | { readonly type: 'find'; readonly text: string; readonly direction: 'next' | 'previous' }
  | { readonly type: 'findEnded' };

/** Terminal frame -> window. */
export type FromFrame =
  | { readonly type: 'ready' }
  /** Several lines: the window asks before they reach the shell. */
  | { readonly type: 'pasteQuestion'; readonly text: string }
  | { readonly type: 'found'; readonly index: number; readonly count: number }
  | { readonly type: 'shortcut'; readonly shortcut: AppShortcut };

/** The message, when it has the shape of one; the frame is its own origin, and its word is checked like any other's. */
export function readFromFrame(data: unknown): FromFrame | null {
  if (typeof data !== 'object' || data === null) return null;
  const message = data as Partial<Record<string, unknown>>;
  switch (message['type']) {
    case 'ready':
      return { type: 'ready' };
    case 'pasteQuestion':
      return typeof message['text'] === 'string' ? { type: 'pasteQuestion', text: message['text'] } : null;
    case 'found': {
      const { index, count } = message;
      return typeof index === 'number' && typeof count === 'number' ? { type: 'found', index, count } : null;
    }
    case 'shortcut': {
      const shortcut = APP_SHORTCUTS.find((known) => known === message['shortcut']);
      return shortcut === undefined ? null : { type: 'shortcut', shortcut };
    }
    default:
      return null;
  }
}
