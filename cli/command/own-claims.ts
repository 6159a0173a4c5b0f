import { readFile } from 'node:fs/promises';
import type { CallerClaims } from '../../model/caller.ts';
import type { CommandContext } from './command.ts';

/** No login: of daemons, and in containers (`audit.h`, AUDIT_UID_UNSET). */
const UNSET = 0xffff_ffff;

/** What this process says of itself to a gateway. */
export async function ownClaims(environment: CommandContext['environment']): Promise<CallerClaims> {
  const sudoUser = environment['SUDO_USER']?.slice(0, 256);
  const sudoUid = userId(environment['SUDO_UID']);
  // Linux alone has it.
  const loginUid = userId(await readFile('/proc/self/loginuid', 'latin1').catch(() => undefined));
  return {
    pid: process.pid,
    ...(sudoUser ? { sudoUser } : {}),
    ...(sudoUid === null ? {} : { sudoUid }),
    ...(loginUid === null || loginUid === UNSET ? {} : { loginUid }),
  };
}

function userId(text: string | undefined): number | null {
  const digits = /^\s*(\d{1,10})\s*$/.exec(text ?? '')?.[1];
  const uid = Number(digits);
  return digits !== undefined && uid <= UNSET ? uid : null;
}
