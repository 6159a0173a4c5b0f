import { type BrowserWindow, dialog } from 'electron';

export interface Question {
  readonly message: string;
  readonly detail: string;
  /** What the button says that does it. */
  readonly yes: string;
}

/** Asks in front of the window, or alone where there is none, in a dialog that no page can answer. Enter means no. */
export async function ask(parent: BrowserWindow | null, { message, detail, yes }: Question): Promise<boolean> {
  const question: Electron.MessageBoxOptions = {
    type: 'question',
    message,
    detail,
    buttons: [yes, 'Cancel'],
    defaultId: 1,
    cancelId: 1,
  };
  const { response } = parent ? await dialog.showMessageBox(parent, question) : await dialog.showMessageBox(question);
  return response === 0;
}
