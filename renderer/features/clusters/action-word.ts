import type { ClusterEntry } from '../../../preload/contract.ts';

const WORDS: Readonly<Partial<Record<ClusterEntry['state'], string>>> = {
  connected: 'Open terminal',
  failed: 'Try again',
  'signed-out': 'Sign in',
};

/** What the first button of a cluster does; what else there is to do is in its details. */
export function actionWord({ state }: ClusterEntry): string {
  return WORDS[state] ?? 'Connect';
}
