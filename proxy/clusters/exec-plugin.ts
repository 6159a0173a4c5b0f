import { spawn } from 'node:child_process';
import { z } from 'zod';
import { inheritNothing } from '../inherit-nothing.ts';
import { Refusal } from '../refusal.ts';
import { findProgram, firstLine } from './context-problem.ts';
import type { ExecPlugin, KubeconfigCluster } from './kubeconfig-file.ts';

/** What a credential plugin gave (client-go credential plugins, `client.authentication.k8s.io`). */
export interface ExecCredential {
  readonly token: string | null;
  readonly certificate: string | null;
  readonly key: string | null;
  /** Milliseconds since the epoch; null keeps it until the API server rejects it. */
  readonly expires: number | null;
}

export interface ExecPluginRun {
  readonly plugin: ExecPlugin;
  readonly user: string;
  readonly cluster: KubeconfigCluster;
  /** PEM, in base64; for `provideClusterInfo`. */
  readonly authorityData: string | null;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Milliseconds. */
  readonly timeLimit?: number;
}

const API_VERSIONS = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];
/** Under the 32 s after which kubectl's discovery gives up, so that its reader sees why. */
const TIME_LIMIT = 25_000;
/** Milliseconds for which output is read after the plugin ended: a browser that it opened may keep it open for hours. */
const LAST_OUTPUT = 500;
/** Bytes of output that are read; a credential is a few kilobytes. */
const OUTPUT_LIMIT = 1024 * 1024;
const CLUSTER_CONFIG_EXTENSION = 'client.authentication.k8s.io/exec';

const outputSchema = z.object({
  kind: z.literal('ExecCredential'),
  apiVersion: z.string(),
  status: z.object({
    token: z.string().min(1).optional(),
    clientCertificateData: z.string().min(1).optional(),
    clientKeyData: z.string().min(1).optional(),
    expirationTimestamp: z.iso.datetime({ offset: true }).nullish(),
  }),
});

/**
 * Runs a credential plugin in a process of its own, without a terminal. Its output is read, and neither logged nor
 * quoted; of its complaints the first line is, with anything that looks like a credential taken out.
 * @throws {Refusal} `upstream-credential-unavailable`.
 */
export async function runExecPlugin(run: ExecPluginRun): Promise<ExecCredential> {
  const { plugin, environment } = run;
  const apiVersion = plugin.apiVersion ?? '';
  if (!API_VERSIONS.includes(apiVersion)) {
    throw unavailable(
      run,
      `speaks "${apiVersion}", which kubectl no longer takes; set apiVersion to ${API_VERSIONS[0]}`,
    );
  }
  if (plugin.interactiveMode === 'Always') {
    throw unavailable(run, 'needs a terminal (interactiveMode: Always), which Gatehouse cannot give it');
  }
  const program = await findProgram(plugin.command ?? '', environment['PATH'] ?? '');
  if (program === null) throw unavailable(run, `was not found${hintOf(plugin)}`);
  const { code, signal, output, complaint, trouble } = await runToEnd(program, run);
  if (trouble !== null) throw unavailable(run, `${trouble}${hintOf(plugin)}`);
  if (code !== 0) {
    const ended = code === null ? `was ended by ${signal}` : `failed with exit code ${code}`;
    throw unavailable(run, complaint === '' ? ended : `${ended}: ${complaint}`);
  }
  return readOutput(output, run, apiVersion);
}

function readOutput(output: string, run: ExecPluginRun, apiVersion: string): ExecCredential {
  let json: unknown;
  try {
    json = JSON.parse(output);
  } catch {
    // The parser's own message would quote the output.
    throw unavailable(run, 'did not print JSON');
  }
  const read = outputSchema.safeParse(json);
  if (!read.success) {
    throw unavailable(run, `printed an ExecCredential without a valid "${read.error.issues[0]?.path.join('.')}"`);
  }
  if (read.data.apiVersion !== apiVersion) {
    throw unavailable(run, `answered in another apiVersion than the kubeconfig asks for (${apiVersion})`);
  }
  const { token, clientCertificateData, clientKeyData, expirationTimestamp } = read.data.status;
  if ((clientCertificateData === undefined) !== (clientKeyData === undefined)) {
    throw unavailable(run, 'printed a client certificate or a key without the other');
  }
  if (token === undefined && clientCertificateData === undefined) {
    throw unavailable(run, 'printed neither a token nor a client certificate');
  }
  return {
    token: token ?? null,
    certificate: clientCertificateData ?? null,
    key: clientKeyData ?? null,
    expires: expirationTimestamp ? Date.parse(expirationTimestamp) : null,
  };
}

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  readonly complaint: string;
  readonly trouble: string | null;
}

function runToEnd(program: string, run: ExecPluginRun): Promise<Ended> {
  const { plugin, timeLimit = TIME_LIMIT } = run;
  return new Promise((resolve) => {
    const environment = { ...run.environment, ...environmentOf(run) };
    const start = inheritNothing(program, plugin.args, environment);
    const child = spawn(start.file, start.args, {
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      // Its own process group, so that what it started ends with it.
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    const output: Buffer[] = [];
    let outputBytes = 0;
    let complaint = '';
    let trouble: string | null = null;
    let lastOutput: NodeJS.Timeout | undefined;
    const readNoMore = (): void => {
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const stop = (reason: string): void => {
      trouble ??= reason;
      killGroup(child.pid);
      readNoMore();
    };
    const timer = setTimeout(() => stop(`did not answer within ${timeLimit / 1000} s`), timeLimit);
    child.stdout.on('data', (chunk: Buffer) => {
      outputBytes += chunk.length;
      if (outputBytes > OUTPUT_LIMIT) stop('printed more than a credential');
      else output.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
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

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // It ended by itself in the meantime.
  }
}

function environmentOf({ plugin, cluster, authorityData }: ExecPluginRun): Record<string, string> {
  const own = Object.fromEntries(plugin.env.map(({ name, value }) => [name, value]));
  const config = cluster.extensions.find(({ name }) => name === CLUSTER_CONFIG_EXTENSION)?.extension;
  const described = {
    server: cluster.server,
    ...(cluster['tls-server-name'] === null ? {} : { 'tls-server-name': cluster['tls-server-name'] }),
    ...(cluster['insecure-skip-tls-verify'] ? { 'insecure-skip-tls-verify': true } : {}),
    ...(authorityData === null ? {} : { 'certificate-authority-data': authorityData }),
    ...(config === undefined ? {} : { config }),
  };
  const spec = { interactive: false, ...(plugin.provideClusterInfo ? { cluster: described } : {}) };
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
