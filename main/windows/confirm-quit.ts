import { type BrowserWindow, dialog } from 'electron';

/** Asks in front of the window, or alone where there is none. @param detail what quitting costs. */
export async function confirmQuit(parent: BrowserWindow | null, detail: string): Promise<boolean> {
  const question: Electron.MessageBoxOptions = {
    type: 'question',
    message: 'Quit Gatehouse?',
    detail,
    buttons: ['Quit', 'Cancel'],
    defaultId: 1,
    cancelId: 1,
  };
  const { response } = parent ? await dialog.showMessageBox(parent, question) : await dialog.showMessageBox(question);
  return response === 0;
}
