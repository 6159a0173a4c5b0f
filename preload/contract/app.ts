import { z } from 'zod';
import { call, event } from './call.ts';

export interface AppInfo {
  readonly version: string;
  readonly electron: string;
  readonly chromium: string;
  readonly node: string;
  readonly platform: string;
  readonly principal: string;
  readonly folders: {
    readonly policy: string;
    readonly data: string;
    readonly recordings: string;
    readonly kubeconfigs: string;
    readonly logs: string;
  };
  readonly kubectl: { readonly path: string; readonly version: string } | null;
  readonly osSandbox: boolean;
}

/** What they are called, and in which order, is in `preload/screens.ts`. */
export type Screen = 'terminal' | 'clusters' | 'secrets' | 'approvals' | 'activity' | 'recordings' | 'settings';

export const appCalls = {
  'app.info': call<AppInfo>()(z.void()),
  /** Opens one of our own folders in the file manager. */
  'app.openFolder': call<void>()(z.enum(['policy', 'data', 'recordings', 'kubeconfigs', 'logs'])),
  /** Shows the licence texts of everything that the app carries. */
  'app.openLicences': call<void>()(z.void()),
  'app.copy': call<void>()(z.string().max(100_000)),
} as const;

export const appEvents = {
  /** A notification was clicked, or the menu chose a screen: show it. */
  navigate: event<{ readonly screen: Screen; readonly item: string | null }>(),
  /** Another window of the system has the keyboard now. */
  'window.left': event<void>(['secret']),
} as const;
