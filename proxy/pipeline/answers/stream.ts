import type { LiveStream } from '../../../model/live-stream.ts';
import type { UpstreamUpgrade } from '../../forward/upstream.ts';
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
import type { Judged } from '../evaluate.ts';
import type { Outcome, Passage } from '../passage.ts';
import type { SentRequest, WantedAnswer } from '../send.ts';
import type { Answer } from './answer.ts';

/** An exec, attach or port-forward: what policy limits in it, its recording, and its way through the gateway. */
export class StreamAnswer implements Answer {
  readonly #passage: Passage;
  readonly #judged: Judged;
  /** For a cluster that refuses the upgrade: it says why in a document. */
  readonly #refused: Answer;
  #recorder: StreamRecorder | null = null;
  #live: OpenStream | null = null;
  /** Why the recorder cannot go on. */
  #recorderProblem: Error | null = null;

  /**
   * @throws {Refusal} `stdin-denied`, `port-denied` or `stream-protocol-not-supported`, unless policy denies it anyway.
   */
  constructor(passage: Passage, judged: Judged, refused: Answer) {
    if (judged.decision.outcome !== 'deny') {
      refuseUnreadable(judged.request);
      refuseByLimits(judged);
    }
    this.#passage = passage;
    this.#judged = judged;
    this.#refused = refused;
  }

  get wanted(): WantedAnswer {
    return this.#refused.wanted;
  }

  /**
   * Starts the recording, before anything is sent to the cluster.
   * @throws {Refusal} `recording-unavailable` where the policy requires one.
   */
  begin(): void {
    const { request, decision } = this.#judged;
    const { record } = decision;
    if (record === null) return;
    const { parts, exchange, cluster, auditId } = this.#passage;
    const { principal } = exchange;
    try {
      this.#recorder = recordStream({
        folder: parts.sessionsFolder,
        id: auditId,
        subject: {
          id: auditId,
          principal: principal.user,
          cluster: cluster.slug,
          clusterName: cluster.contextName,
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

  give(sent: SentRequest, warnings: readonly string[] | null): Promise<Outcome> {
    return 'socket' in sent.answered ? this.#relay(sent.answered) : this.#refused.give(sent, warnings);
  }

  /** The cluster accepted the upgrade: relays until it is over. */
  async #relay(upgrade: UpstreamUpgrade): Promise<Outcome> {
    const { request, decision } = this.#judged;
    const { parts, exchange, cluster } = this.#passage;
    try {
      const headers = acceptedUpgrade(request, upgrade.headers);
      const understood = understandStream(request, headers, {
        seen: parts.seen.of(cluster),
        tap: this.#recorder?.tap ?? NO_TAP,
        limits: decision.stream,
      });
      const live = this.#open();
      const client = exchange.acceptUpgrade(headers);
      const outcome = await relay(client, upgrade.socket, {
        clientHead: exchange.head,
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

  /** Where nothing came of it, no upgrade or not a whole one, its recording goes. */
  end(): void {
    this.#live?.close();
    if (this.#recorder === null) return;
    try {
      this.#recorder.discard();
    } catch (error) {
      this.#passage.parts.log.warn(
        { event: 'recording-left', error, auditId: this.#passage.auditId },
        'The recording of a stream that never began stays',
      );
    }
    this.#recorder = null;
  }

  #open(): OpenStream {
    const { request, decision } = this.#judged;
    const { parts, exchange } = this.#passage;
    const live = parts.streams.open(liveStream(this.#passage, request, this.#recorder !== null), {
      signal: exchange.signal,
      maxDuration: longestStream(decision),
    });
    this.#live = live;
    // The disk may have failed between the recording's first line and now.
    if (this.#recorderProblem !== null) this.#endUnrecorded(this.#recorderProblem);
    return live;
  }

  #recorderFailed(error: Error): void {
    this.#recorderProblem = error;
    this.#passage.parts.log.error(
      { event: 'recording-failed', error, auditId: this.#passage.auditId },
      'A stream cannot be recorded',
    );
    this.#endUnrecorded(error);
  }

  #endUnrecorded(error: Error): void {
    if (this.#judged.decision.record?.required === true) this.#live?.end(recordingUnavailable(error));
  }

  #finish(understood: UnderstoodStream, { ended, problem }: RelayOutcome, live: OpenStream): Outcome {
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
function refuseByLimits({ request, decision }: Judged): void {
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
  { exchange, cluster, auditId }: Passage,
  request: ApiRequest,
  recorded: boolean,
): LiveStream {
  const { principal } = exchange;
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
