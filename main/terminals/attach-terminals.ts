import type { IpcMain, IpcMainEvent } from 'electron';
import { documentOf } from '../protection/document-of.ts';
import type { TerminalService } from './terminal-service.ts';
import type { Terminals } from './terminals.ts';

/** A page asks for the bytes of a terminal: it gets one end of a line to the terminal host. No other document does. */
export function attachTerminals(
  services: Promise<{
    readonly terminals: Pick<Terminals, 'has'>;
    readonly terminalService: Pick<TerminalService, 'attach'>;
  }>,
  ipc: Pick<IpcMain, 'on'>,
): void {
  ipc.on('gatehouse:attach-terminal', async ({ senderFrame, sender }: IpcMainEvent, id: unknown) => {
    if (documentOf(senderFrame) !== 'gatehouse' || typeof id !== 'string') return;
    const { terminals, terminalService } = await services;
    if (!terminals.has(id) || sender.isDestroyed()) return;
    sender.postMessage('gatehouse:terminal-port', id, [terminalService.attach(id)]);
  });
}
