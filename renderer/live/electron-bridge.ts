import type { Bridge } from '../../preload/contract.ts';
import type { LiveBridge } from './bridge.ts';
import { TerminalPorts } from './terminal-ports.ts';

declare global {
  interface Window {
    readonly gatehouse: Bridge;
  }
}

/** The bridge of a document in Electron: what preload put on the window, and the ports that it posts there. */
export function electronBridge(window: Window): LiveBridge {
  const { invoke, on, attachTerminal } = window.gatehouse;
  const ports = new TerminalPorts(window);
  return { invoke, on, attachTerminal, takeTerminalPorts: (id, taker) => ports.take(id, taker) };
}
