import { spawn } from 'node:child_process';
import type { GatewayLog } from '../gateway-log.ts';
import { inheritNothing } from '../inherit-nothing.ts';
import { Refusal } from '../refusal.ts';
import { findProgram, firstLine } from './context-problem.ts';
import { type ExecCredential, ExecCredentialError, readExecCredential } from './exec-credential.ts';
import type { KubeconfigCluster } from './kubeconfig-file.ts';
import type { ExecPlugin } from './kubeconfig-schema.ts';
import { pluginProblem } from './plugin-problem.ts';
import type { PluginTerminal } from './plugin-terminal.ts';

export interface ExecPluginRun {
  readonly plugin: ExecPlugin;
  readonly user: string;
  readonly cluster: KubeconfigCluster;
  /** PEM, in base64; for `provideClusterInfo`. */
  readonly authorityData: string | null;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where the plugin may ask a person; null where there is nobody to ask. */
  readonly terminal: PluginTerminal | null;
  readonly log: GatewayLog;
  /** Milliseconds. */
  readonly timeLimit?: number;
}

/** Under the 32 s after which kubectl's discovery gives up, so that its reader sees why. */
const TIME_LIMIT = 25_000;
/** For a person who looks for a code. Who gave up waiting finds the credential at the next try. */
const PATIENCE = 300_000;
/** Milliseconds for which output is read after the plugin ended: a browser that it opened may keep it open for hours. */
const LAST_OUTPUT = 500;
/** Bytes of output that are read; a credential is a few kilobytes. */
const OUTPUT_LIMIT = 1024 * 1024;
const CLUSTER_CONFIG_EXTENSION = 'client.authentication.k8s.io/exec';

/**
 * Runs a credential plugin in a process of its own: with the gateway's terminal where it may ask a person and there is
 * one, else without. Its output is read, and neither logged nor quoted; of its complaints the first line is, with
 * anything that looks like a credential taken out.
 * @throws {Refusal} `upstream-credential-unavailable`.
 */
export async function runExecPlugin(run: ExecPluginRun): Promise<ExecCredential> {
  const { plugin, environment } = run;
  const terminal = (await run.terminal?.isInFront()) ? run.terminal : null;
  const problem = pluginProblem(plugin);
  if (problem !== null) throw unavailable(run, problem);
  if (plugin.interactiveMode === 'Always' && terminal === null) {
    throw unavailable(run, `wants to ask a person (interactiveMode: Always), and there is no terminal here; ${ADVICE}`);
  }
  const program = await findProgram(plugin.command ?? '', environment['PATH'] ?? '');
  if (program === null) throw unavailable(run, `was not found${hintOf(plugin)}`);
  const asks = terminal !== null && plugin.interactiveMode !== 'Never';
  const { code, signal, output, complaint, trouble } = asks
    ? await terminal.use(() => runToEnd(program, run, true))
    : await runToEnd(program, run, false);
  if (trouble !== null) throw unavailable(run, `${trouble}${hintOf(plugin)}`);
  if (code !== 0) {
    const ended = code === null ? `was ended by ${signal}` : `failed with exit code ${code}`;
    const advice = plugin.interactiveMode === 'IfAvailable' && !asks ? `. If it wants to ask a person: ${ADVICE}` : '';
    throw unavailable(run, `${complaint === '' ? ended : `${ended}: ${complaint}`}${advice}`);
  }
  if (complaint !== '') {
    run.log.warn({ plugin: plugin.command, user: run.user, said: complaint }, 'A credential plugin said something');
  }
  try {
    return readExecCredential(output, plugin.apiVersion ?? '');
  } catch (error) {
    throw error instanceof ExecCredentialError ? unavailable(run, error.message) : error;
  }
}

const ADVICE =
  'run kubectl with the same context in a terminal once, or start "gatehouse gateway" in one, and let it ask there';

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  readonly complaint: string;
  readonly trouble: string | null;
}

/** @param asks gives it the gateway's own standard input and error, as kubectl does */
function runToEnd(program: string, run: ExecPluginRun, asks: boolean): Promise<Ended> {
  const { plugin, timeLimit = asks ? PATIENCE : TIME_LIMIT } = run;
  return new Promise((resolve) => {
    const ownGroup = !asks && process.platform !== 'win32';
    const environment = { ...run.environment, ...environmentOf(run, asks) };
    const start = inheritNothing(program, plugin.args, environment);
    const child = spawn(start.file, start.args, {
      env: environment,
      stdio: asks ? ['inherit', 'pipe', 'inherit'] : ['ignore', 'pipe', 'pipe'],
      // Its own process group, so that what it started ends with it; but only the group in front may read a terminal.
      detached: ownGroup,
      windowsHide: true,
    });
    const output: Buffer[] = [];
    let outputBytes = 0;
    let complaint = '';
    let trouble: string | null = null;
    let lastOutput: NodeJS.Timeout | undefined;
    const readNoMore = (): void => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    };
    const stop = (reason: string): void => {
      trouble ??= reason;
      kill(child.pid, ownGroup);
      readNoMore();
    };
    const timer = setTimeout(() => stop(`did not answer within ${timeLimit / 1000} s`), timeLimit);
    child.stdout?.on('data', (chunk: Buffer) => {
      outputBytes += chunk.length;
      if (outputBytes > OUTPUT_LIMIT) stop('printed more than a credential');
      else output.push(chunk);
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      if (complaint.length < 4096) complaint += chunk.toString('utf8');
    });
    child.once('error', (error: NodeJS.ErrnoException) => {
      trouble ??= `could not be started (${error.code ?? 'unknown error'})`;
    });
    child.once('exit', () => {
      clearTimeout(timer);
      lastOutput = setTimeout(readNoMore, LAST_OUTPUT);
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      clearTimeout(lastOutput);
      const text = Buffer.concat(output).toString('utf8');
      resolve({ code, signal, output: text, complaint: withoutCredentials(firstLine(complaint)), trouble });
    });
  });
}

function kill(pid: number | undefined, ownGroup: boolean): void {
  if (pid === undefined) return;
  try {
    process.kill(ownGroup ? -pid : pid, 'SIGKILL');
  } catch {
    // It ended by itself in the meantime.
  }
}

function environmentOf({ plugin, cluster, authorityData }: ExecPluginRun, asks: boolean): Record<string, string> {
  const own = Object.fromEntries(plugin.env.map(({ name, value }) => [name, value]));
  const config = cluster.extensions.find(({ name }) => name === CLUSTER_CONFIG_EXTENSION)?.extension;
  const described = {
    server: cluster.server,
    ...(cluster['tls-server-name'] === null ? {} : { 'tls-server-name': cluster['tls-server-name'] }),
    ...(cluster['insecure-skip-tls-verify'] ? { 'insecure-skip-tls-verify': true } : {}),
    ...(authorityData === null ? {} : { 'certificate-authority-data': authorityData }),
    ...(cluster['proxy-url'] === null ? {} : { 'proxy-url': cluster['proxy-url'] }),
    ...(cluster['disable-compression'] ? { 'disable-compression': true } : {}),
    ...(config === undefined ? {} : { config }),
  };
  const spec = { interactive: asks, ...(plugin.provideClusterInfo ? { cluster: described } : {}) };
  const info = { kind: 'ExecCredential', apiVersion: plugin.apiVersion, spec };
  return { ...own, KUBERNETES_EXEC_INFO: JSON.stringify(info) };
}

function unavailable({ plugin, user }: ExecPluginRun, what: string): Refusal {
  return new Refusal(
    'upstream-credential-unavailable',
    `Exec plugin "${plugin.command}" of kubeconfig user "${user}" ${what}`,
  );
}

function hintOf({ installHint }: ExecPlugin): string {
  return installHint === null ? '' : `: ${firstLine(installHint)}`;
}

/** JSON Web Tokens and other long runs without a space or a slash, as plugins print them when they trace. */
function withoutCredentials(line: string): string {
  return line.replace(/[A-Za-z0-9_+=.~-]{32,}/g, '[left out]');
}
