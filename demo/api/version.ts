/** The Kubernetes release whose behaviour the demo cluster imitates; kubectl compares it with its own. */
export const demoVersion = 'v1.36.3';

/** `GET /version`. `platform` says what this is. */
export const serverVersion = {
  major: '1',
  minor: '36',
  emulationMajor: '1',
  emulationMinor: '36',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '35',
  gitVersion: `${demoVersion}+gatehouse-demo`,
  gitCommit: '',
  gitTreeState: '',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: 'none',
  compiler: 'none',
  platform: 'gatehouse-demo/memory',
} as const;
