import type { FinishedRecord, OwnReadRecord, StreamOutcome, UnreadSecret } from '../../../model/journal-record.ts';
import type { LiveStream } from '../../../model/live-stream.ts';
import { byteSize } from '../../ui/time-words.ts';

const KINDS: Readonly<Record<LiveStream['kind'], string>> = {
  exec: 'exec into pod',
  attach: 'attach to pod',
  portforward: 'port-forward to pod',
  log: 'read log of pod',
  watch: 'watch',
};

/** `exec into pod payments/api-0`: an open stream in the words of its row in the journal. */
export function streamLine({ kind, namespace, target }: LiveStream): string {
  const name = target.split('/').slice(1).join('/') || target;
  return `${KINDS[kind]} ${namespace === '' ? name : `${namespace}/${name}`}`;
}

/** What is lost when a stream is ended now. */
export function lossWords({ kind }: LiveStream): string {
  if (kind === 'portforward') return 'Every connection through it closes at once.';
  return 'It closes at once, and what was not saved in it is lost. The command itself may go on in the container.';
}

/** How a stream or a watch came to its end; what is not known stays as the journal has it. Null: it did not say. */
export function endedWords({ ended, stream }: FinishedRecord): string | null {
  if (ended === null) return null;
  // Which side hung up first says nothing once the command is through.
  const through = typeof stream?.exitCode === 'number' && (ended === 'client' || ended === 'upstream');
  return through ? 'the command was through' : (ENDED[ended] ?? ended);
}

const ENDED: Readonly<Record<string, string>> = {
  client: 'by the client',
  upstream: 'by the cluster',
  'client-gone': 'the client went away',
  'client-broke': 'the connection to the client broke',
  'upstream-broke': 'the connection to the cluster broke',
  'ended-by-person': 'by a person',
  revoked: 'its session was closed',
  'time-limit': 'time limit of the policy',
  'not-understood': 'it could not be read',
  'recorder-failed': 'it could not be recorded any more',
  'gateway-stopping': 'the gateway stopped',
  gateway: 'by the gateway',
};

/** A stream that ran and that the gateway ended, in a word; null where nothing of the kind happened. */
export function cutWord({ code, ended }: FinishedRecord): string | null {
  if (code === null || ended === null) return null;
  if (ended === 'ended-by-person') return 'Ended early';
  return ended === 'time-limit' ? 'Time limit' : 'Cut off';
}

/** The exit code of a command, where there is one; the status of the answer otherwise. */
export function statusWord({ status, stream }: FinishedRecord): string {
  return typeof stream?.exitCode === 'number' ? `exit ${stream.exitCode}` : String(status);
}

/** `8080: 2 connections, 1.2 KiB in, 34 KiB out`, a line for each port. */
export function portLines({ ports = [] }: StreamOutcome): string[] {
  return ports.map(({ port, connections, bytesIn, bytesOut }) => {
    const count = connections === 1 ? '1 connection' : `${connections} connections`;
    return `${port}: ${count}, ${byteSize(bytesIn)} in, ${byteSize(bytesOut)} out`;
  });
}

/** The Secrets that the gateway read for a request, each once: `db, api-key`. */
export function secretsRead(ownReads: readonly OwnReadRecord[]): string {
  return [...new Set(ownReads.flatMap(({ reads }) => reads.map(({ name }) => name)))].join(', ');
}

const UNREAD: Readonly<Record<UnreadSecret['why'], string>> = {
  forbidden: 'the cluster does not let Gatehouse read it',
  'not-found': 'it was not there',
  'too-many': 'the pod has more Secrets than are read',
  'too-large': 'the pod has more in its Secrets than is looked for',
};

/** `Secret db: it was not there`, a line for each Secret whose values were not looked for. */
export function unreadLines({ unread = [] }: FinishedRecord): string[] {
  return unread.map(({ resource, name, why }) => `${resource === 'pods' ? 'Pod' : 'Secret'} ${name}: ${UNREAD[why]}`);
}

/** What the client was told, without the name that stands before it there. */
export function toldWords({ told }: StreamOutcome): string | null {
  return told === undefined ? null : told.replace(/^Gatehouse: /, '');
}
