import { readdirSync, readFileSync } from 'node:fs';

const PATIENCE_MS = 1_000;

/**
 * Ends a terminal's processes: SIGHUP to the shell's group, as a closed terminal sends it (shells pass it on to their
 * jobs), and a second later SIGKILL to whatever is left of the session, so that no shell goes on without a terminal.
 * @param pid the session's leader.
 */
export function hangUp(pid: number): void {
  if (pid <= 1) return;
  signal(-pid, 'SIGHUP');
  signal(-pid, 'SIGCONT');
  setTimeout(() => {
    for (const member of sessionMembers(pid)) signal(member, 'SIGKILL');
    signal(-pid, 'SIGKILL');
  }, PATIENCE_MS);
}

/** The processes of a session, as Linux lists them; elsewhere the group alone is known. */
export function sessionMembers(session: number): number[] {
  if (process.platform !== 'linux') return [];
  const members: number[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const status = readFileSync(`/proc/${name}/stat`, 'latin1');
      // After the command's name, which may hold anything: state, parent, group, session (proc(5)).
      const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
      if (Number(fields[3]) === session) members.push(Number(name));
    } catch {
      // It ended between the listing and the reading.
    }
  }
  return members;
}

function signal(target: number, name: NodeJS.Signals): void {
  try {
    process.kill(target, name);
  } catch {
    // ESRCH: it is gone already, which is what was wanted.
  }
}
