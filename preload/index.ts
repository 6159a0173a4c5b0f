import { contextBridge, ipcRenderer } from 'electron';
import type { Bridge, Payload } from './contract.ts';

// Runs sandboxed, before the page, in a world of its own. The page gets these three functions and nothing of Electron.
const bridge: Bridge = {
  invoke: (name, argument) => ipcRenderer.invoke('gatehouse:call', name, argument),
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

// A MessagePort cannot cross contextBridge; the page's own window is the documented way.
ipcRenderer.on('gatehouse:terminal-port', (event, id: string) => {
  window.postMessage({ terminalPort: id }, '*', event.ports);
});

contextBridge.exposeInMainWorld('gatehouse', bridge);
