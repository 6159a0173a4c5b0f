import type { StreamOutcome } from '../../../model/journal-record.ts';
import type { LiveStream } from '../../../model/live-stream.ts';
import type { Cluster } from '../../clusters/cluster.ts';
import type { UpstreamUpgrade } from '../../forward/upstream.ts';
import type { Exchange } from '../../listener/exchange.ts';
import { longestStream } from '../../policy/stream-limits.ts';
import type { RecordedStream } from '../../recording/asciicast.ts';
import { recordStream, type StreamRecorder } from '../../recording/stream-recorder.ts';
import { Refusal } from '../../refusal.ts';
import type { ApiRequest } from '../../request/api-request.ts';
import { acceptedUpgrade } from '../../streams/handshake.ts';
import type { OpenStream } from '../../streams/live-streams.ts';
import { type RelayOutcome, relay } from '../../streams/relay.ts';
import { NO_TAP } from '../../streams/stream-tap.ts';
import {
  commandOf,
  portRefusal,
  portsOf,
  queryFlag,
  queryText,
  refuseUnreadable,
  type UnderstoodStream,
  understandStream,
} from '../../streams/understand-stream.ts';
import type { PipelineParts } from '../pipeline-parts.ts';
import type { Prepared } from '../prepare.ts';

/** What a stream came to, for its `finished` record. */
export interface SessionResult {
  readonly status: number;
  readonly code: string | null;
  readonly maskedValues: number;
  readonly ended: string;
  readonly stream: StreamOutcome;
}

/** An exec, attach or port-forward: what policy limits in it, its recording, and its way through the gateway. */
export class StreamSession {
  readonly #parts: PipelineParts;
  readonly #exchange: Exchange;
  readonly #cluster: Cluster;
  readonly #prepared: Prepared;
  readonly #auditId: string;
  #recorder: StreamRecorder | null = null;
  #live: OpenStream | null = null;
  /** Why the recorder cannot go on. */
  #recorderProblem: Error | null = null;

  private constructor(parts: PipelineParts, exchange: Exchange, cluster: Cluster, prepared: Prepared, auditId: string) {
    this.#parts = parts;
    this.#exchange = exchange;
    this.#cluster = cluster;
    this.#prepared = prepared;
    this.#auditId = auditId;
  }

  /**
   * The session of a request; null where it asks for no upgrade, or policy denies it anyway.
   * @throws {Refusal} `stdin-denied`, `port-denied` or `stream-protocol-not-supported`: so nobody is asked for it either.
   */
  static of(
    parts: PipelineParts,
    exchange: Exchange,
    cluster: Cluster,
    prepared: Prepared,
    auditId: string,
  ): StreamSession | null {
    const { request, decision } = prepared;
    if (request.upgrade === null) return null;
    if (decision.outcome !== 'deny') {
      refuseUnreadable(request);
      refuseByLimits(prepared);
    }
    return new StreamSession(parts, exchange, cluster, prepared, auditId);
  }

  /**
   * Starts the recording, before anything is sent to the cluster.
   * @throws {Refusal} `recording-unavailable` where the policy requires one.
   */
  begin(): void {
    const { record } = this.#prepared.decision;
    if (record === null) return;
    const { request } = this.#prepared;
    const { principal } = this.#exchange;
    try {
      this.#recorder = recordStream({
        folder: this.#parts.sessionsFolder,
        id: this.#auditId,
        subject: {
          id: this.#auditId,
          principal: principal.user,
          cluster: this.#cluster.slug,
          clusterName: this.#cluster.contextName,
          namespace: request.info.namespace,
          session: principal.session.id,
          stream: recordedStream(request),
        },
        tty: queryFlag(request, 'tty') && request.info.subresource !== 'portforward',
        requirement: record,
        now: () => performance.timeOrigin + performance.now(),
        onProblem: (error) => this.#recorderFailed(error),
      });
    } catch (error) {
      this.#recorderFailed(error as Error);
      if (record.required) throw recordingUnavailable(error as Error);
    }
  }

  /** The cluster accepted the upgrade: relays until it is over. */
  async run(upgrade: UpstreamUpgrade): Promise<SessionResult> {
    const { request, decision } = this.#prepared;
    try {
      const headers = acceptedUpgrade(request, upgrade.headers);
      const understood = understandStream(request, headers, {
        seen: this.#parts.seen.of(this.#cluster),
        tap: this.#recorder?.tap ?? NO_TAP,
        limits: decision.stream,
      });
      const live = this.#open();
      const client = this.#exchange.acceptUpgrade(headers);
      const outcome = await relay(client, upgrade.socket, {
        clientHead: this.#exchange.head,
        upstreamHead: upgrade.head,
        codec: understood.codec,
        signal: live.signal,
        notUnderstood: ({ message }) => notUnderstood(message),
      });
      return this.#finish(understood, outcome, live);
    } catch (error) {
      upgrade.socket.destroy();
      throw error;
    }
  }

  /** Nothing came of it: no upgrade, or not a whole one. */
  abandon(): void {
    this.#live?.close();
    if (this.#recorder === null) return;
    try {
      this.#recorder.discard();
    } catch (error) {
      this.#parts.log.warn({ error, auditId: this.#auditId }, 'The recording of a stream that never began stays');
    }
    this.#recorder = null;
  }

  #open(): OpenStream {
    const { request, decision } = this.#prepared;
    const live = this.#parts.streams.open(
      liveStream(this.#exchange, this.#cluster, request, this.#auditId, this.#recorder !== null),
      { signal: this.#exchange.signal, maxDuration: longestStream(decision) },
    );
    this.#live = live;
    // The disk may have failed between the recording's first line and now.
    if (this.#recorderProblem !== null) this.#recorderFailed(this.#recorderProblem);
    return live;
  }

  #recorderFailed(error: Error): void {
    this.#recorderProblem = error;
    this.#parts.log.error({ error, auditId: this.#auditId }, 'A stream cannot be recorded');
    if (this.#prepared.decision.record?.required === true) this.#live?.end(recordingUnavailable(error));
  }

  #finish(understood: UnderstoodStream, { ended, problem }: RelayOutcome, live: OpenStream): SessionResult {
    const refusal = endOf(live, ended, problem?.message ?? null);
    live.close();
    const summary = understood.summary();
    const reason = refusal?.message ?? (ended === 'client-broke' || ended === 'upstream-broke' ? ended : null);
    const recording = this.#recorder?.file ?? null;
    this.#recorder?.close({
      exitCode: summary.exitCode ?? null,
      reason,
      ...(summary.stdin === undefined ? {} : { stdin: summary.stdin }),
    });
    this.#recorder = null;
    return {
      status: 101,
      code: refusal?.code ?? null,
      maskedValues: summary.redactedValues,
      ended: refusal === null ? ended : endedInWords(refusal),
      stream: { ...summary, recording, ...(refusal === null ? {} : { told: refusal.message }) },
    };
  }
}

/** Words for the journal's `ended`. */
const ENDED: Readonly<Record<string, string>> = {
  'stream-revoked': 'revoked',
  'stream-ended': 'ended-by-person',
  'stream-time-limit': 'time-limit',
  'stream-not-understood': 'not-understood',
  'recording-unavailable': 'recorder-failed',
  'gateway-stopping': 'gateway-stopping',
};

/** What the journal says of a stream that the gateway ended. */
export function endedInWords({ code }: Refusal): string {
  return ENDED[code] ?? 'gateway';
}

function endOf(live: OpenStream, ended: RelayOutcome['ended'], problem: string | null): Refusal | null {
  if (problem !== null) return notUnderstood(problem);
  return ended === 'gateway' ? (live.signal.reason as Refusal) : null;
}

function notUnderstood(message: string): Refusal {
  return new Refusal('stream-not-understood', `Gatehouse ended this stream, because it cannot be read: ${message}`);
}

function recordingUnavailable(error: Error): Refusal {
  const code = (error as NodeJS.ErrnoException).code ?? error.name;
  return new Refusal(
    'recording-unavailable',
    `Gatehouse: this must be recorded, and the recording cannot be written (${code}); make room on the disk of the data folder, then run the command again`,
    { cause: error },
  );
}

/** What policy limits and the request asks for all the same. */
function refuseByLimits({ request, decision }: Prepared): void {
  const limits = decision.stream;
  const { info } = request;
  const about = { resource: 'pods', name: info.name };
  if (info.subresource === 'portforward') {
    const refused = portsOf(request)
      .map((port) => portRefusal(port, limits))
      .find((text) => text !== null);
    if (refused != null) throw new Refusal('port-denied', refused, about);
  } else if (!limits.stdin && queryFlag(request, 'stdin')) {
    throw new Refusal(
      'stdin-denied',
      `pods "${info.name}" is forbidden: the policy allows ${info.subresource} without standard input; leave out -i`,
      about,
    );
  }
}

function recordedStream(request: ApiRequest): RecordedStream {
  const { info } = request;
  return {
    kind: info.subresource as RecordedStream['kind'],
    pod: info.name,
    container: queryText(request, 'container'),
    command: commandOf(request),
    transport: request.upgrade ?? '',
    kubectlSession: request.kubectlSession,
    userAgent: (request.headers.first('User-Agent') ?? '').slice(0, 200),
  };
}

/** What screens and the command line show of an exchange that goes on for a while. */
export function liveStream(
  { principal }: Exchange,
  cluster: Cluster,
  request: ApiRequest,
  auditId: string,
  recorded: boolean,
): LiveStream {
  const { info } = request;
  const kind = info.verb === 'watch' ? 'watch' : (info.subresource as LiveStream['kind']);
  return {
    auditId,
    kind,
    principal: principal.user,
    session: principal.session.id,
    cluster: cluster.slug,
    namespace: info.namespace,
    target: info.name === '' ? info.resource : `${info.resource}/${info.name}`,
    container: queryText(request, 'container') || null,
    command: commandOf(request),
    startedAt: new Date().toISOString(),
    recorded,
  };
}
