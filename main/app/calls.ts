import type { AppInfo, CallHandlers } from '../../preload/contract.ts';
import { HostError } from '../hosts/protocol.ts';

/** What these calls are answered with. */
export interface CalledApp {
  readonly folders: AppInfo['folders'];
  readonly appInfo: () => Promise<AppInfo>;
  /** The file of the licence texts, beside the built app. */
  readonly licences: string;
  /** Shows a folder in the file manager, a text in its reader. @returns why it could not, or nothing. */
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
    'app.openLicences': async () => {
      const problem = await app.openPath(app.licences);
      if (problem) throw new HostError('licences-not-opened', `${app.licences}: ${problem}`);
    },
    'app.copy': (text) => app.copy(text),
  };
}
