import type { IpcMainInvokeEvent } from 'electron';
import type { DocumentName } from '../preload/contract.ts';

/** Who makes a call of the contract. */
export interface Caller {
  readonly document: DocumentName;
  /** Names one frame and no other while the app runs. */
  readonly frame: string;
  /** The window's contents that the frame is in. */
  readonly sender: IpcMainInvokeEvent['sender'];
}
