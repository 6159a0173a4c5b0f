/**
 * Every `event` of the gateway's log, the app's and a headless one's. Programs look for these names: one that was released
 * keeps its meaning. `docs/operations.md` says of each what it means and what to do.
 */
export const LOG_EVENTS = [
  // A headless gateway from its start to its end.
  'started',
  'reloaded',
  'reload-failed',
  'service-manager-untold',
  'stopping',
  'stopped',
  'lines-dropped',
  'lines-lost',

  // What people are asked, and what they said.
  'approval-asked',
  'approval-decided',
  'approval-ended',
  'approval-unrecorded',
  'notified',
  'notify-failed',
  'notify-works',
  'notify-dropped',

  // Requests that did not go through, and streams.
  'request-denied',
  'request-refused',
  'connections-refused',
  'stream-began',
  'stream-ended',
  'recording-failed',
  'recording-left',
  'recordings-recovered',
  'recordings-unrecovered',
  'body-too-slow',
  'body-thread-failed',

  // Policy.
  'policy-loaded',
  'policy-changed',
  'policy-broken',
  'policy-mended',
  'policy-waits',
  'policy-withdrawn',
  'policy-matches-nothing',
  'policy-folder-noticed',
  'policy-behind',
  'policy-built-in-written',
  'policy-built-in-unwritten',
  'policy-upgrade-undone',
  'policy-not-compared',
  'policy-accepted-unwritten',
  'policy-history-unknown',
  'policy-unrecorded',

  // The journal and what is kept.
  'journal-unavailable',
  'journal-available',
  'journal-not-whole',
  'journal-not-closed',
  'journal-head-unwritten',
  'journal-witness-missing',
  'journal-witness-failed',
  'retention-removed',
  'retention-failed',

  // Clusters and credentials.
  'certificate-unchecked',
  'cluster-unreachable',
  'cluster-reachable',
  'cluster-resources-unknown',
  'kubeconfig-read-again',
  'credential-plugin-said',
  'sign-in-unkept',
  'certificate-unrenewed',

  // Defects of Gatehouse, and what fails beside requests.
  'internal-error',
  'exchange-failed',
  'control-failed',
  'listener-failed',
  'close-failed',
  'port-taken',
] as const;

export type LogEvent = (typeof LOG_EVENTS)[number];
