import { type BrowserWindow, dialog } from 'electron';

/** Asks for kubeconfig files in the system's own dialog; none where it was cancelled. */
export async function chooseKubeconfigs(parent: BrowserWindow | null): Promise<readonly string[]> {
  const ask: Electron.OpenDialogOptions = {
    title: 'Add kubeconfig files',
    properties: ['openFile', 'multiSelections', 'showHiddenFiles'],
  };
  const { filePaths } = parent ? await dialog.showOpenDialog(parent, ask) : await dialog.showOpenDialog(ask);
  return filePaths;
}
