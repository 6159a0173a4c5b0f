import { z } from 'zod';
import { byHand, call, event } from './call.ts';

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
  'app.openFolder': byHand<void>()(z.enum(['policy', 'data', 'recordings', 'kubeconfigs', 'logs'])),
  /** Shows the licence texts of everything that the app carries. */
  'app.openLicences': byHand<void>()(z.void()),
  /** Puts what a call or the gateway was answered with on the clipboard, in main's own words: the page names it alone. */
  'app.copyProblem': byHand<void>()(z.union([z.object({ reference: z.uuid() }), z.literal('gateway')]), [
    'gatehouse',
    'player',
    'policy',
    'sign-in',
    'approvals',
    'secret',
  ]),
  /** Puts versions and states on the clipboard, for a bug report. */
  'app.copyReport': byHand<void>()(z.void()),
} as const;

export const appEvents = {
  /** A notification was clicked, or the menu chose a screen: show it. */
  navigate: event<{ readonly screen: Screen; readonly item: string | null }>(),
  /** Another window of the system has the keyboard now. */
  'window.left': event<void>(['secret']),
} as const;
