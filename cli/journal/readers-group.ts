import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { visible } from '../../model/visible-text.ts';
import type { CommandContext } from '../command/command.ts';
import { CommandError, exitCodes } from '../command/exit-codes.ts';
import { usageError } from '../command/flags.ts';

/**
 * The number of the group that a flag names, of which this user must be: chown(2) gives a file to no other group.
 * @returns null where no flag names one.
 * @throws {CommandError}
 */
export async function readersGroup(
  command: string,
  value: string | undefined,
  { osUser }: Pick<CommandContext, 'osUser'>,
): Promise<number | null> {
  if (value === undefined) return null;
  const group = value === '' ? null : await groupNumber(value);
  if (group === null) {
    throw usageError(
      command,
      `--journal-group: there is no group "${visible(value)}" here: make it (groupadd), or give the name or number of another`,
    );
  }
  if (isMember(group)) return group;
  const user = visible(osUser);
  throw new CommandError(
    exitCodes.failed,
    `--journal-group: ${user} is not in the group ${visible(value)}: add it (usermod --append --groups ${visible(value)} ${user}), and start the gateway in a new session; a restart of its unit is one`,
  );
}

/** Root may give a file to any group, where nothing took that from it. */
function isMember(group: number): boolean {
  if (process.getuid?.() === 0) return true;
  return process.getegid?.() === group || (process.getgroups?.() ?? []).includes(group);
}

async function groupNumber(name: string): Promise<number | null> {
  if (/^\d{1,10}$/.test(name)) return Number(name) < 0xffff_ffff ? Number(name) : null;
  return (
    numberIn(await readFile('/etc/group', 'utf8').catch(() => ''), name) ?? numberIn(await fromDirectory(name), name)
  );
}

/** Groups of a directory service (nsswitch.conf(5)) are in no file; on a system without `getent` there are none. */
async function fromDirectory(name: string): Promise<string> {
  if (name.startsWith('-')) return '';
  return await promisify(execFile)('getent', ['group', name]).then(
    ({ stdout }) => stdout,
    () => '',
  );
}

/** Of a line of group(5): `name:password:number:members`. */
function numberIn(lines: string, name: string): number | null {
  const line = lines.split('\n').find((one) => one.startsWith(`${name}:`));
  const number = line?.split(':')[2] ?? '';
  return /^\d+$/.test(number) ? Number(number) : null;
}
