import type { AppInfo, CallHandlers } from '../../preload/contract.ts';
import { HostError } from '../hosts/protocol.ts';

/** What these calls are answered with. */
export interface CalledApp {
  readonly folders: AppInfo['folders'];
  readonly appInfo: () => Promise<AppInfo>;
  /** Shows a folder in the file manager. @returns why it could not, or nothing. */
  readonly openPath: (path: string) => Promise<string>;
  readonly copy: (text: string) => void;
}

/** The app itself: what it is, its folders, the clipboard. */
export function appCalls(app: CalledApp): CallHandlers<'app'> {
  return {
    'app.info': () => app.appInfo(),
    'app.openFolder': async (folder) => {
      const problem = await app.openPath(app.folders[folder]);
      if (problem) throw new HostError('folder-not-opened', problem);
    },
    'app.copy': (text) => app.copy(text),
  };
}
