import type { WebContents } from 'electron';
import { type EventName, events, type Payload } from '../../preload/contract.ts';
import { documentOf } from '../protection/document-of.ts';

/** Tells an event to those documents of a window that the contract names for it. */
export function tellDocuments<Name extends EventName>(
  contents: Pick<WebContents, 'mainFrame'>,
  name: Name,
  payload: Payload<Name>,
): void {
  for (const frame of contents.mainFrame.framesInSubtree) {
    const document = documentOf(frame);
    if (document !== null && events[name].documents.includes(document)) frame.send('gatehouse:event', name, payload);
  }
}
