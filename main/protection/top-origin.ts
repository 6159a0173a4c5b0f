import type { WebFrameMain } from 'electron';

/** The origin of a top document; null for a frame inside one, or a frame that is gone. */
export function topOrigin(frame: Pick<WebFrameMain, 'origin' | 'parent'> | null): string | null {
  return frame && frame.parent === null ? frame.origin : null;
}
