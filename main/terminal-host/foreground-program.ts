import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** What is said where the system does not tell the name. */
const UNNAMED = 'a program';

/**
 * The program that has a shell's terminal, by the system's own record of the terminal's foreground process group; null
 * while that is the shell's. What runs in the background is not counted: the shell goes on without asking either.
 * @param shell the process id of the shell, which leads its session and its group.
 */
export async function foregroundProgram(shell: number): Promise<string | null> {
  if (shell <= 1) return null;
  const group = process.platform === 'linux' ? await groupByProc(shell) : await groupByPs(shell);
  if (group === null || group <= 0 || group === shell) return null;
  return process.platform === 'linux' ? nameByProc(group) : nameByPs(group);
}

async function groupByProc(shell: number): Promise<number | null> {
  const status = await readFile(`/proc/${shell}/stat`, 'latin1').catch(() => null);
  return status === null ? null : terminalGroup(status);
}

/**
 * `tpgid` of a line of /proc/PID/stat. The command's name may hold spaces and brackets, so what follows the last one is
 * read: state, parent, group, session, terminal, the terminal's foreground group (proc_pid_stat(5)).
 */
export function terminalGroup(status: string): number | null {
  const group = Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[5]);
  return Number.isInteger(group) ? group : null;
}

/** The leader may have ended before the rest of a pipeline. */
async function nameByProc(group: number): Promise<string> {
  const name = await readFile(`/proc/${group}/comm`, 'utf8').catch(() => '');
  return printable(name) || UNNAMED;
}

async function groupByPs(shell: number): Promise<number | null> {
  const found = Number(await ps('tpgid=', shell));
  return Number.isInteger(found) ? found : null;
}

async function nameByPs(group: number): Promise<string> {
  const path = await ps('comm=', group);
  return printable(path.slice(path.lastIndexOf('/') + 1)) || UNNAMED;
}

async function ps(column: string, pid: number): Promise<string> {
  const { stdout } = await promisify(execFile)('/bin/ps', ['-o', column, '-p', String(pid)], { timeout: 2_000 }).catch(
    () => ({ stdout: '' }),
  );
  return stdout.trim();
}

/** A program names itself as it likes (PR_SET_NAME), and the name goes into a question. */
function printable(name: string): string {
  return name.replaceAll(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '').trim();
}
