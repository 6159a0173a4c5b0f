import type { Bridge } from '../../preload/contract.ts';
import type { LiveBridge } from './bridge.ts';

declare global {
  interface Window {
    readonly gatehouse: Bridge;
  }
}

/** The bridge of a document in Electron: what preload put on the window. */
export function electronBridge(window: Window): LiveBridge {
  const { invoke, on } = window.gatehouse;
  return { invoke, on };
}
