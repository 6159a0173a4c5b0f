import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { basename } from 'node:path';
import { inheritNothing } from '../../proxy/inherit-nothing.ts';

export type Environment = Readonly<Record<string, string>>;

const PATIENCE_MS = 8_000;
/** Shells that take `-ilc` and run a POSIX command line. */
const KNOWN_SHELLS: ReadonlySet<string> = new Set(['bash', 'zsh', 'fish', 'sh', 'dash', 'ksh']);

/** The person's login shell. */
export function loginShell(own: NodeJS.ProcessEnv = process.env): string {
  return own['SHELL'] || userInfo().shell || '/bin/sh';
}

/**
 * The environment that a terminal of this person would have: an app started from a desktop has neither the PATH nor the
 * proxy variables that exec plugins and shells need. Falls back to our own environment when the shell does not answer.
 */
export async function loginShellEnvironment(own: NodeJS.ProcessEnv = environmentAtStart()): Promise<Environment> {
  const fallback = definedOnly(own);
  if (process.platform === 'win32') return fallback;
  const shell = loginShell(own);
  if (!KNOWN_SHELLS.has(basename(shell))) return fallback;
  const mark = randomUUID().replaceAll('-', '');
  const output = await run(shell, ['-ilc', `printf '%s' ${mark}; env -0; printf '%s' ${mark}`], fallback);
  return environmentBetween(output, mark) ?? fallback;
}

/** What `env -0` wrote between two marks (rc files print around it); null when it is not there. */
export function environmentBetween(output: string, mark: string): Environment | null {
  const [, listing, after] = output.split(mark);
  if (listing === undefined || after === undefined) return null;
  const found = readListing(listing);
  return Object.keys(found).length > 0 ? found : null;
}

function readListing(listing: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const line of listing.split('\0')) {
    const equals = line.indexOf('=');
    if (equals > 0) found[line.slice(0, equals)] = line.slice(equals + 1);
  }
  return found;
}

/**
 * What this process was given, and not what Chromium made of it since: on Linux it sets GDK_BACKEND, NO_AT_BRIDGE and
 * DBUS_SESSION_BUS_ADDRESS for itself, with which a person's own programs would start without a screen reader, on
 * another display server, or find no keyring.
 */
function environmentAtStart(): NodeJS.ProcessEnv {
  if (process.platform !== 'linux') return process.env;
  try {
    const given = readListing(readFileSync('/proc/self/environ', 'utf8'));
    return Object.keys(given).length > 0 ? given : process.env;
  } catch {
    return process.env;
  }
}

function run(shell: string, args: readonly string[], environment: Environment): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    // What its start-up files leave running (agents, multiplexers) would keep our files open for as long as it lives.
    const given = { ...environment, TERM: 'dumb', GATEHOUSE_READING_ENVIRONMENT: '1' };
    const start = inheritNothing(shell, args, given);
    const child = spawn(start.file, start.args, {
      // An interactive shell asks for a terminal's process group; a session of its own keeps it off ours.
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: given,
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', () => resolve(''));
    child.on('close', () => {
      clearTimeout(timer);
      resolve(Buffer.concat(chunks).toString('utf8'));
    });
  });
}

function definedOnly(own: NodeJS.ProcessEnv): Environment {
  return Object.fromEntries(Object.entries(own).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
