import { dialog, type WebContents } from 'electron';

/** A page that died this often within {@link WINDOW_MS} is not loaded again by itself. */
const MOST_CRASHES = 3;
const WINDOW_MS = 60_000;

/** Loads a page again when its process died. Terminals and requests live elsewhere: they are as they were. */
export function revivePage(contents: WebContents, log: (line: string) => void): void {
  let crashes: number[] = [];
  contents.on('render-process-gone', (_event, { reason, exitCode }) => {
    log(`a page's process is gone: ${reason} (${exitCode})`);
    if (reason === 'clean-exit') return;
    const now = Date.now();
    crashes = [...crashes.filter((at) => now - at < WINDOW_MS), now];
    if (crashes.length <= MOST_CRASHES) setImmediate(() => reload(contents));
    else void askToReload(contents);
  });
}

async function askToReload(contents: WebContents): Promise<void> {
  const { response } = await dialog.showMessageBox({
    type: 'error',
    message: 'The window keeps failing',
    detail: 'Terminals go on running and requests go on waiting. The log says what happened.',
    buttons: ['Load it again', 'Leave it'],
    cancelId: 1,
  });
  if (response === 0) reload(contents);
}

function reload(contents: WebContents): void {
  if (!contents.isDestroyed()) contents.reload();
}
