import type { Screen } from './contract.ts';

export interface ScreenName {
  readonly title: string;
  /** With Cmd or Alt the key that opens it from the menu; the settings' is the system's own, Cmd or Ctrl. */
  readonly key: string;
}

/** What each screen is called, wherever it is named, in the order of the menu. */
export const SCREEN_NAMES: Readonly<Record<Screen, ScreenName>> = {
  terminal: { title: 'Terminal', key: '1' },
  clusters: { title: 'Clusters', key: '2' },
  secrets: { title: 'Secrets', key: '3' },
  approvals: { title: 'Approvals', key: '4' },
  activity: { title: 'Activity', key: '5' },
  recordings: { title: 'Recordings', key: '6' },
  settings: { title: 'Settings', key: ',' },
};
