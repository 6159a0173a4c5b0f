import { CONFIRM } from './confirm.ts';
import { EVERYDAY } from './everyday.ts';
import { NEVER } from './never.ts';

/**
 * The built-in policy for one engineer guarding against accidents, scripts and agents: written into the policy folder
 * when there is none, as ordinary documents that a person can edit.
 */
export const DEFAULT_POLICY: ReadonlyArray<{ readonly file: string; readonly text: string }> = [
  { file: 'everyday.yaml', text: EVERYDAY },
  { file: 'confirm.yaml', text: CONFIRM },
  { file: 'never.yaml', text: NEVER },
];
