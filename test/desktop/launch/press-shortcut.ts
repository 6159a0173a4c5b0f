import type { LaunchedApp } from './launch-app.ts';

/**
 * Presses Ctrl+Shift with a key, as a keyboard does. A key that Playwright sends to a frame in another process does not come
 * by Electron's main process, where one of a keyboard is seen on its way (`main/bridge/hands.ts`); main is told of it here.
 */
export async function pressShortcut({ electron, window }: Pick<LaunchedApp, 'electron' | 'window'>, key: string) {
  await electron.evaluate(({ BrowserWindow }, pressed) => {
    const input = { type: 'keyDown', key: pressed, control: true, shift: true, meta: false, alt: false };
    BrowserWindow.getAllWindows()[0]?.webContents.emit('before-input-event', {}, input);
  }, key);
  await window.keyboard.press(`Control+Shift+${key}`);
}
