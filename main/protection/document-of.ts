import type { WebFrameMain } from 'electron';
import { DOCUMENTS, type DocumentName } from '../../preload/contract.ts';
import { SCHEME } from './content-security-policy.ts';

/** Where each document stands: alone in a window, or as a frame right inside the main document. */
const IN_MAIN_DOCUMENT: ReadonlySet<DocumentName> = new Set(['terminal', 'approvals', 'secret']);

type Frame = Pick<WebFrameMain, 'origin' | 'parent'>;

/**
 * Which of our documents a frame shows, by the browser process's own word, which no page can write. Null for a foreign
 * origin, for one of ours in any other place, such as the main document's origin inside a frame, and for a frame that is
 * gone.
 */
export function documentOf(frame: Frame | null): DocumentName | null {
  if (frame === null) return null;
  const document = DOCUMENTS.find((name) => frame.origin === `${SCHEME}://${name}`);
  if (document === undefined) return null;
  const { parent } = frame;
  const inPlace = IN_MAIN_DOCUMENT.has(document)
    ? parent?.parent === null && documentOf(parent) === 'gatehouse'
    : parent === null;
  return inPlace ? document : null;
}
