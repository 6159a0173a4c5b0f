import { join, resolve } from 'node:path';
import type { CommandContext } from './command.ts';
import { CommandError, exitCodes } from './exit-codes.ts';
import type { Flag } from './flags.ts';

/** The data folder of `--data`, else of GATEHOUSE_DATA, else `~/.gatehouse`; absolute. */
export function dataFolder(value: string | undefined, { environment, home }: CommandContext): string {
  const chosen = value || environment['GATEHOUSE_DATA'];
  if (chosen) return resolve(chosen);
  if (home !== '') return usualDataFolder(home);
  throw new CommandError(
    exitCodes.usage,
    'there is no home folder for the data folder (HOME is not set, and the user has no entry in /etc/passwd): name one with --data or GATEHOUSE_DATA',
  );
}

/** The policy folder of `--policy`, else `policy` in the data folder; absolute. */
export function policyFolder(value: string | undefined, data: string): string {
  return value === undefined ? join(data, 'policy') : resolve(value);
}

/** Where nobody names one. */
export function usualDataFolder(home: string): string {
  return resolve(join(home, '.gatehouse'));
}

/** `--data` of every command. */
export const DATA_FLAG = {
  type: 'string',
  value: 'FOLDER',
  kind: 'folder',
  isSetting: true,
  says: 'the data folder of the gateway (default: $GATEHOUSE_DATA, else ~/.gatehouse)',
} as const satisfies Flag;
