import { contextBridge, ipcRenderer } from 'electron';
import type { Bridge, CallName, Payload } from './contract.ts';

/** What only a person decides: a script in the page that nobody touched gets no further than here. */
const OF_A_PERSON: ReadonlySet<CallName> = new Set([
  'approvals.review',
  'secrets.reveal',
  'streams.end',
  'policy.takeOver',
  'policy.accept',
]);

// Runs sandboxed, before the page, in a world of its own. The page gets these three functions and nothing of Electron.
const bridge: Bridge = {
  invoke: async (name, argument) => {
    // Chromium's own record of the last click or key (HTML, "transient activation"); the page cannot write it.
    if (OF_A_PERSON.has(name) && !navigator.userActivation.isActive) return { ok: false, problem: NOBODY_THERE };
    return ipcRenderer.invoke('gatehouse:call', name, argument);
  },
  on(name, listener) {
    const forward = (_event: Electron.IpcRendererEvent, ...[told, payload]: unknown[]) => {
      if (told === name) listener(payload as Payload<typeof name>);
    };
    ipcRenderer.on('gatehouse:event', forward);
    return () => {
      ipcRenderer.off('gatehouse:event', forward);
    };
  },
  attachTerminal: (id) => ipcRenderer.send('gatehouse:attach-terminal', id),
};

const NOBODY_THERE = {
  code: 'gesture-required',
  message: 'Only a click or a key press in this window can decide this',
  details: 'code: gesture-required',
};

// A MessagePort cannot cross contextBridge; the page's own window is the documented way.
ipcRenderer.on('gatehouse:terminal-port', (event, id: string) => {
  window.postMessage({ terminalPort: id }, '*', event.ports);
});

contextBridge.exposeInMainWorld('gatehouse', bridge);
