import type { IpcMain, IpcMainEvent, WebFrameMain } from 'electron';
import { documentOf } from '../protection/document-of.ts';
import type { TerminalService } from './terminal-service.ts';
import type { Terminals } from './terminals.ts';

/**
 * A terminal's own document asks for its bytes: that frame gets one end of a line to the terminal host, and no other. The
 * main document never holds it. Which terminal is in the frame's address; while one frame shows it, a second one is refused.
 */
export function attachTerminals(
  services: Promise<{
    readonly terminals: Pick<Terminals, 'has'>;
    readonly terminalService: Pick<TerminalService, 'attach'>;
  }>,
  ipc: Pick<IpcMain, 'on'>,
): void {
  const frames = new Map<string, WebFrameMain>();
  ipc.on('gatehouse:attach-terminal', async ({ senderFrame: frame }: IpcMainEvent) => {
    const id = terminalIn(frame);
    const { terminals, terminalService } = await services;
    // Meanwhile it may have gone, or leads elsewhere.
    if (frame === null || id === null || terminalIn(frame) !== id || !terminals.has(id)) return;
    const holder = frames.get(id) ?? null;
    if (terminalIn(holder) === id && holder?.frameTreeNodeId !== frame.frameTreeNodeId) return;
    frames.set(id, frame);
    frame.postMessage('gatehouse:terminal-port', null, [terminalService.attach(id)]);
    for (const [known] of frames) if (!terminals.has(known)) frames.delete(known);
  });
}

/** The terminal that a frame shows; null where it is no terminal's document, or gone. */
function terminalIn(frame: WebFrameMain | null): string | null {
  try {
    if (documentOf(frame) !== 'terminal') return null;
    return new URL(frame?.url ?? '').searchParams.get('id');
  } catch {
    // Electron throws at every question about a frame that was disposed of.
    return null;
  }
}
