import { spawn } from 'node:child_process';
import type { GatewayLog } from '../gateway-log.ts';
import { inheritNothing } from '../inherit-nothing.ts';
import { Refusal } from '../refusal.ts';
import { firstLine } from './context-problem.ts';
import { type ExecCredential, ExecCredentialError, readExecCredential } from './exec-credential.ts';
import { findProgram } from './find-program.ts';
import type { KubeconfigCluster } from './kubeconfig-file.ts';
import type { ExecPlugin } from './kubeconfig-schema.ts';
import { pluginProblem } from './plugin-problem.ts';
import type { LentTerminal, PluginTerminal } from './plugin-terminal.ts';

export interface ExecPluginRun {
  readonly plugin: ExecPlugin;
  readonly user: string;
  /** Context of the kubeconfig. */
  readonly context: string;
  readonly cluster: KubeconfigCluster;
  /** PEM, in base64; for `provideClusterInfo`. */
  readonly authorityData: string | null;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where the plugin may ask a person; null where there is nobody to ask. */
  readonly terminal: PluginTerminal | null;
  readonly log: GatewayLog;
  /** Milliseconds for one that asks nobody. */
  readonly timeLimit?: number;
  /** Milliseconds for a person's answer. */
  readonly patience?: number;
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

/** Its question was before a person, who closed it or left it: the plugin is not run again until somebody signs in. */
export class DeclinedSignIn extends Refusal {}

/**
 * Runs a credential plugin in a process of its own: with a terminal where it may ask a person and there is one, else
 * without. Its output is read, and neither logged nor quoted; of its complaints the first line is, with
 * anything that looks like a credential taken out.
 * @throws {Refusal} `upstream-credential-unavailable`; a {@link DeclinedSignIn} where a person was asked in vain.
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
  const asking = { command: plugin.command ?? '', context: run.context };
  const { code, signal, output, complaint, trouble, declined } = asks
    ? await terminal.use(asking, (lent) => runToEnd(program, run, lent ?? OWN))
    : await runToEnd(program, run, null);
  if (declined !== null)
    throw unavailable(run, `${declined}; sign in again in Gatehouse to be asked once more`, DeclinedSignIn);
  if (trouble !== null) throw unavailable(run, `${trouble}${hintOf(plugin)}`);
  if (code !== 0) {
    const ended = code === null ? `was ended by ${signal}` : `failed with exit code ${code}`;
    const advice = plugin.interactiveMode === 'IfAvailable' && !asks ? `. If it wants to ask a person: ${ADVICE}` : '';
    throw unavailable(run, `${complaint === '' ? ended : `${ended}: ${complaint}`}${advice}`);
  }
  if (complaint !== '') {
    run.log.warn(
      { event: 'credential-plugin-said', plugin: plugin.command, user: run.user, said: complaint },
      'A credential plugin said something',
    );
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
  /** What the person did who was asked. */
  readonly declined: string | null;
}

/** The terminal of the gateway's own process. */
const OWN = 'own';

/** Opened by the leader of a fresh session, the terminal becomes the one that `/dev/tty` is. */
const OPEN_TERMINAL = 'exec <>"$0" || exit 126';

/**
 * @param terminal {@link OWN}: the plugin gets the gateway's standard input and error, as kubectl gives its own. One that
 * is lent becomes its standard input; its complaints stay apart from what is typed and shown there.
 */
function runToEnd(program: string, run: ExecPluginRun, terminal: LentTerminal | typeof OWN | null): Promise<Ended> {
  const { plugin, timeLimit = TIME_LIMIT, patience = PATIENCE } = run;
  const lent = terminal === OWN ? null : terminal;
  return new Promise((resolve) => {
    // Only the group in front may read a terminal.
    const ownGroup = terminal !== OWN && process.platform !== 'win32';
    const environment = {
      ...run.environment,
      ...(lent === null ? {} : { TERM: 'dumb' }),
      ...environmentOf(run, terminal !== null),
    };
    const opening = lent === null ? {} : { first: OPEN_TERMINAL, name: lent.device };
    const start = inheritNothing(program, plugin.args, environment, opening);
    const child = spawn(start.file, start.args, {
      env: environment,
      stdio: terminal === OWN ? ['inherit', 'pipe', 'inherit'] : ['ignore', 'pipe', 'pipe'],
      // Its own process group, so that what it started ends with it.
      detached: ownGroup,
      windowsHide: true,
    });
    const output: Buffer[] = [];
    let outputBytes = 0;
    let complaint = '';
    const typed: string[] = [];
    let trouble: string | null = null;
    let declined: string | null = null;
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
    const decline = (how: string): void => {
      declined ??= how;
      stop(how);
    };
    const limit = (milliseconds: number, over: () => void): NodeJS.Timeout => setTimeout(over, milliseconds);
    let timer =
      terminal === OWN
        ? limit(patience, () => stop(`did not answer within ${patience / 1000} s`))
        : limit(timeLimit, () => stop(`did not answer within ${timeLimit / 1000} s`));
    lent?.follow({
      waits: () => clearTimeout(timer),
      shown: () => {
        clearTimeout(timer);
        timer = limit(patience, () => decline(`asked a person, who did not answer within ${patience / 1000} s`));
      },
      answered: (text) => {
        typed.push(text);
        // What went before was the question.
        complaint = '';
      },
      declined: () => decline('asked a person, who did not answer'),
    });
    child.stdout?.on('data', (chunk: Buffer) => {
      outputBytes += chunk.length;
      if (outputBytes > OUTPUT_LIMIT) stop('printed more than a credential');
      else output.push(chunk);
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      if (complaint.length < 4096) complaint += chunk.toString('utf8');
      lent?.said(chunk);
    });
    child.once('error', (error: NodeJS.ErrnoException) => {
      trouble ??= `could not be started (${error.code ?? 'unknown error'})`;
    });
    child.once('exit', () => {
      clearTimeout(timer);
      lastOutput = setTimeout(readNoMore, LAST_OUTPUT);
    });
    // It must not outlive who waits for it: in a group of its own it would not hear of their end.
    const endWithUs = (): void => kill(child.pid, ownGroup);
    process.once('exit', endWithUs);
    child.once('close', (code, signal) => {
      process.off('exit', endWithUs);
      clearTimeout(timer);
      clearTimeout(lastOutput);
      const text = Buffer.concat(output).toString('utf8');
      const said = repeats(complaint, typed) ? '' : withoutCredentials(firstLine(complaint.trimStart()));
      resolve({ code, signal, output: text, complaint: said, trouble, declined });
    });
  });
}

/** What a person typed is quoted nowhere, in whichever case it comes back. */
function repeats(complaint: string, typed: readonly string[]): boolean {
  const said = complaint.toLowerCase();
  return typed.some((text) => text.trim() !== '' && said.includes(text.trim().toLowerCase()));
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

function unavailable({ plugin, user }: ExecPluginRun, what: string, Kind: typeof Refusal = Refusal): Refusal {
  return new Kind(
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
