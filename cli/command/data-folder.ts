import { join, resolve } from 'node:path';
import type { CommandContext } from './command.ts';
import type { Flag } from './flags.ts';

/** The data folder of `--data`, else of GATEHOUSE_DATA, else `~/.gatehouse`; absolute. */
export function dataFolder(value: string | undefined, { environment, home }: CommandContext): string {
  const chosen = value || environment['GATEHOUSE_DATA'] || join(home, '.gatehouse');
  return resolve(chosen);
}

/** `--data` of every command. */
export const DATA_FLAG = {
  type: 'string',
  value: 'FOLDER',
  kind: 'folder',
  isSetting: true,
  says: 'the data folder of the gateway (default: $GATEHOUSE_DATA, else ~/.gatehouse)',
} as const satisfies Flag;
