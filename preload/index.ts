import { contextBridge, ipcRenderer } from 'electron';
import type { Bridge, CallName, DocumentName, Payload, TerminalBridge } from './contract.ts';

// Runs sandboxed, before the page, in a world of its own, in each window and in each frame. The page gets one of the two
// bridges and nothing of Electron; which calls a document may make is main's to say.

/** What only a person decides: a script in the page that nobody touched gets no further than here. */
const OF_A_PERSON: ReadonlySet<CallName> = new Set([
  'approvals.review',
  'secrets.reveal',
  'policy.accept',
  'signIn.answer',
]);

const bridge: Bridge = {
  invoke: async (name, argument) => {
    // Chromium's own record of the last click or key in this very frame (HTML, "transient activation"): the page cannot
    // write it, and what happens in the document around a frame of another origin is not counted here.
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
};

const NOBODY_THERE = {
  code: 'gesture-required',
  message: 'Only a click or a key press in this window can decide this',
  details: 'code: gesture-required',
  reference: null,
};

const terminalBridge: TerminalBridge = {
  attach: () => ipcRenderer.send('gatehouse:attach-terminal'),
};

const BRIDGES: Readonly<Record<DocumentName, Bridge | TerminalBridge>> = {
  gatehouse: bridge,
  player: bridge,
  policy: bridge,
  'sign-in': bridge,
  approvals: bridge,
  secret: bridge,
  terminal: terminalBridge,
};

// A page without an address of ours, such as about:blank in a frame, gets none.
const own = location.protocol === 'app:' ? location.host : '';
if (Object.hasOwn(BRIDGES, own)) contextBridge.exposeInMainWorld('gatehouse', BRIDGES[own as DocumentName]);

if (own === 'terminal') {
  // A MessagePort cannot cross contextBridge; the page's own window is the documented way.
  ipcRenderer.on('gatehouse:terminal-port', (event) => {
    window.postMessage({ terminalPort: true }, '*', event.ports);
  });
}
