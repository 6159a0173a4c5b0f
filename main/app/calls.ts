import type { AppInfo, CallHandlers, Problem } from '../../preload/contract.ts';
import { HostError } from '../hosts/protocol.ts';
import { type Diagnosed, diagnosticsReport } from './diagnostics-report.ts';

/** What these calls are answered with. */
export interface CalledApp {
  readonly folders: AppInfo['folders'];
  readonly appInfo: () => Promise<AppInfo>;
  /** The file of the licence texts, beside the built app. */
  readonly licences: string;
  /** Shows a folder in the file manager, a text in its reader. @returns why it could not, or nothing. */
  readonly openPath: (path: string) => Promise<string>;
  readonly copy: (text: string) => void;
  /** The lines of a problem that a page was told of; null when there is no such one any more. */
  readonly problemDetails: (reference: string) => string | null;
}

/** What of other domains is copied. */
export interface CopiedStates {
  readonly gatewayProblem: () => Promise<Problem | null>;
  readonly diagnosed: () => Promise<Omit<Diagnosed, 'info'>>;
}

/** The app itself: what it is, its folders, and what goes to the clipboard of it, composed here and never by a page. */
export function appCalls(app: CalledApp, states: CopiedStates): CallHandlers<'app'> {
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
    'app.copyProblem': async (which) => {
      const text = which === 'gateway' ? (await states.gatewayProblem())?.details : app.problemDetails(which.reference);
      if (!text) throw new HostError('problem-unknown', 'That problem is not known any more');
      app.copy(text);
    },
    'app.copyReport': async () =>
      app.copy(diagnosticsReport({ ...(await states.diagnosed()), info: await app.appInfo() })),
  };
}
