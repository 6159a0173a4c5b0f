import { resolve } from 'node:path';
import { visible } from '../../model/visible-text.ts';
import { readKubeconfigs } from '../../proxy/clusters/kubeconfig-files.ts';
import { controlSocketPath } from '../../proxy/control/control-socket.ts';
import type { CommandContext } from '../command/command.ts';
import { dataFolder, policyFolder } from '../command/data-folder.ts';
import { readFlags, required, usageError } from '../command/flags.ts';
import { type ListenAddress, listenAddress } from '../command/listen-address.ts';
import { namedWitness } from '../journal/journal-witness.ts';
import { readersGroup } from '../journal/readers-group.ts';
import { GATEWAY_FLAGS } from './gateway-flags.ts';
import type { LogFormat, LogLevel } from './log/gateway-log.ts';
import type { Channel } from './notify/channel.ts';
import { notifyChannels } from './notify/notify-settings.ts';

const NAME = 'gateway';

/** What a headless gateway was told, checked. */
export interface GatewaySettings {
  readonly kubeconfigFiles: readonly string[];
  readonly context: string;
  readonly writeKubeconfig: string;
  readonly dataFolder: string;
  readonly policyFolder: string;
  readonly trustsPolicyFolder: boolean;
  readonly listen: ListenAddress;
  /** Seconds in which it has to be ready; null: it serves at once. */
  readonly wait: number | null;
  readonly output: 'text' | 'json';
  /** Where `/healthz`, `/readyz` and `/metrics` are; null: nowhere. */
  readonly metrics: ListenAddress | null;
  readonly retention: { readonly days: number; readonly bytes: number };
  /** The number of the group that may read the journal; null: its owner alone. */
  readonly journalReaders: number | null;
  readonly logLevel: LogLevel;
  /** Null: as fits who reads it. */
  readonly logFormat: LogFormat | null;
  /** How somebody is told of what waits; empty: nobody is. */
  readonly notify: readonly Channel[];
  /** Null: the usual place. */
  readonly journalWitness: string | null;
}

/**
 * Reads and checks everything that can be checked before anything is made.
 * @throws {CommandError} wrong usage.
 */
export async function readSettings(words: readonly string[], context: CommandContext): Promise<GatewaySettings> {
  const { values } = readFlags(NAME, words, GATEWAY_FLAGS);
  required(NAME, 'kubeconfig', values.kubeconfig?.[0], 'the file with which kubectl reaches the cluster');
  const kubeconfigFiles = (values.kubeconfig ?? []).map((file) => resolve(file));
  const written = required(NAME, 'write-kubeconfig', values['write-kubeconfig'], 'the file to write for clients');
  const writeKubeconfig = resolve(written);
  if (kubeconfigFiles.includes(writeKubeconfig)) {
    throw usageError(NAME, `--write-kubeconfig would overwrite your own ${writeKubeconfig}: name another file`);
  }
  const data = dataFolder(values.data, context);
  try {
    controlSocketPath(data);
  } catch (error) {
    throw usageError(NAME, `--data: ${error instanceof Error ? error.message : error}`);
  }
  const witness = values['journal-witness'];
  return {
    kubeconfigFiles,
    context: await chooseContext(kubeconfigFiles, values.context),
    writeKubeconfig,
    dataFolder: data,
    policyFolder: policyFolder(values.policy, data),
    trustsPolicyFolder: values['trust-policy-folder'] === true,
    listen: parseListen(values.listen),
    journalReaders: await readersGroup(NAME, values['journal-group'], context),
    wait: values.wait ?? null,
    output: values.output,
    metrics: values.metrics === undefined ? null : parseListen(values.metrics, 'metrics'),
    logLevel: values['log-level'],
    logFormat: values['log-format'] ?? null,
    notify: await notifyChannels(NAME, values, context),
    journalWitness: witness === undefined ? null : namedWitness(NAME, witness, data),
    retention: {
      days: values['journal-days'],
      bytes: values['journal-megabytes'] * 1024 * 1024,
    },
  };
}

async function chooseContext(files: readonly string[], wanted: string | undefined): Promise<string> {
  const { contexts, currentContext, problems, flaws } = await readKubeconfigs(files);
  if (problems[0] !== undefined) throw usageError(NAME, `--kubeconfig: ${problems[0].message}`);
  const chosen = wanted ?? currentContext;
  if (contexts.size === 0 && flaws.length === 0) {
    const all = files.map(visible).join(', ');
    throw usageError(NAME, `--kubeconfig: ${all} names no context: it is empty, or of another kind than kubectl's`);
  }
  const known = [...contexts.keys()].join(', ') || 'none';
  if (chosen === null || chosen === '') {
    throw usageError(NAME, `--context is missing, and the kubeconfig has no current context; it has: ${known}`);
  }
  if (contexts.has(chosen)) return chosen;
  const flaw = flaws.find(({ kind, name }) => kind === 'context' && name === chosen);
  if (flaw !== undefined) throw usageError(NAME, `--context: ${flaw.message}`);
  throw usageError(NAME, `--context: the kubeconfig has no context "${chosen}"; it has: ${known}`);
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '::1']);

/** `127.0.0.1:0`, `[::1]:8443`, `localhost:0`: the gateway's certificate is good for loopback alone. */
export function parseListen(text: string, flag: 'listen' | 'metrics' = 'listen'): ListenAddress {
  const address = listenAddress(text);
  if (address !== null && LOOPBACK.has(address.host)) return address;
  throw usageError(
    NAME,
    `--${flag} takes a loopback address and a port, such as 127.0.0.1:0 or [::1]:8443, not "${text}"`,
  );
}
