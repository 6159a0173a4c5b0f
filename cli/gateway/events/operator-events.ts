import type { ApprovalRequest } from '../../../model/approval.ts';
import type { DecidedRecord, FinishedRecord, JournalRecord } from '../../../model/journal-record.ts';
import type { LiveStream } from '../../../model/live-stream.ts';
import type { PolicyState } from '../../../model/policy-state.ts';
import { requestLine } from '../../../model/request-words.ts';
import type { Gateway, GatewayLog } from '../../../proxy/gateway-door.ts';
import type { AskedRequest, OperatorEvent } from './operator-event.ts';

/** Requests under way that are remembered; what is forgotten is answered without a word here, and is in the journal. */
const REMEMBERED_AT_MOST = 20_000;
/** Milliseconds within which the journal has the end of a stream. */
const RECORD_COMES_WITHIN = 5_000;

/** What of a gateway is listened to. */
export type WatchedGateway = Pick<Gateway, 'on' | 'streams' | 'policy' | 'waitingPolicy'>;

/** Makes events for people of what a gateway tells and journals. None of it holds a request up. */
export class OperatorEvents {
  readonly #listener: (event: OperatorEvent) => void;
  readonly #log: GatewayLog;
  readonly #pending = new Set<string>();
  readonly #asked = new Map<string, AskedRequest>();
  readonly #streams = new Map<string, LiveStream>();
  /** Of streams that are over and not in the journal yet. */
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #waitingDigest: string | null = null;

  /** @param log is told where the listener fails, which is no matter of the request that it heard of. */
  constructor(listener: (event: OperatorEvent) => void, log: GatewayLog) {
    this.#listener = listener;
    this.#log = log;
  }

  /** For `GatewayOptions.journalSinks`: there from the first record on. */
  readonly sink = (record: JournalRecord): void => {
    if (record.type === 'decided') this.#decided(record);
    else if (record.type === 'finished') this.#finished(record);
    else if (record.type === 'refused') this.#tell({ kind: 'connections-refused', refused: record });
    else if (record.type === 'gateway') {
      const { event, detail } = record;
      if (event === 'journal-trimmed') this.#tell({ kind: 'retention-removed', of: 'journal', detail });
      if (event === 'recordings-trimmed') this.#tell({ kind: 'retention-removed', of: 'recordings', detail });
    }
  };

  /** @returns no longer. */
  follow(gateway: WatchedGateway): () => void {
    const changed = (state: PolicyState): void => this.#policyIs(gateway, state);
    const ends = [
      gateway.on('approval', (approval) => this.#approvalIs(approval)),
      gateway.on('streams', () => this.#streamsAre(gateway.streams())),
      gateway.on('policy', changed),
    ];
    changed(gateway.policy());
    return () => {
      for (const end of ends) end();
      for (const timer of this.#timers.values()) clearTimeout(timer);
      this.#timers.clear();
    };
  }

  #approvalIs(approval: ApprovalRequest): void {
    const { id, state, createdAt, review } = approval;
    if (state === 'PENDING') {
      if (this.#pending.has(id)) return;
      this.#pending.add(id);
      this.#tell({ kind: 'approval-asked', approval });
    } else if (this.#pending.delete(id)) {
      const kind = state === 'APPROVED' || state === 'DENIED' ? 'approval-decided' : 'approval-ended';
      const at = review === null ? Date.now() : Date.parse(review.at);
      this.#tell({ kind, approval, afterMs: Math.max(0, at - Date.parse(createdAt)) });
    }
  }

  #policyIs(gateway: WatchedGateway, { waiting }: PolicyState): void {
    const before = this.#waitingDigest;
    this.#waitingDigest = waiting?.digest ?? null;
    const change = gateway.waitingPolicy();
    if (change !== null && change.digest !== before) this.#tell({ kind: 'policy-waits', change });
  }

  #streamsAre(now: readonly LiveStream[]): void {
    const open = new Set(now.map(({ auditId }) => auditId));
    for (const stream of now) {
      if (this.#streams.has(stream.auditId)) continue;
      this.#streams.set(stream.auditId, stream);
      this.#tell({ kind: 'stream-began', stream });
    }
    for (const auditId of this.#streams.keys()) {
      if (open.has(auditId) || this.#timers.has(auditId)) continue;
      this.#timers.set(auditId, setTimeout(() => this.#streamEnded(auditId, null), RECORD_COMES_WITHIN).unref());
    }
  }

  #decided(record: DecidedRecord): void {
    const { auditId, principal, effective, cluster, request } = record;
    const { outcome, rule, message } = record.decision;
    // What could not be read has no verb: its method and path, then.
    const isRead = request.policyVerb !== '';
    const words = requestLine(isRead ? request : { ...request, policyVerb: request.method });
    this.#asked.set(auditId, { auditId, principal, effective, cluster, decision: { outcome, rule, message }, words });
    const [oldest] = this.#asked.size > REMEMBERED_AT_MOST ? this.#asked.keys() : [];
    if (oldest !== undefined) this.#asked.delete(oldest);
  }

  #finished(finished: FinishedRecord): void {
    const { auditId, code, status } = finished;
    const asked = this.#asked.get(auditId);
    this.#asked.delete(auditId);
    if (this.#streams.has(auditId)) this.#streamEnded(auditId, finished);
    else if (asked !== undefined && code !== null && status >= 400) {
      this.#tell({ kind: 'request-answered', asked, finished });
    }
  }

  #streamEnded(auditId: string, finished: FinishedRecord | null): void {
    clearTimeout(this.#timers.get(auditId));
    this.#timers.delete(auditId);
    const stream = this.#streams.get(auditId);
    if (stream !== undefined && this.#streams.delete(auditId)) this.#tell({ kind: 'stream-ended', stream, finished });
  }

  #tell(event: OperatorEvent): void {
    try {
      this.#listener(event);
    } catch (error) {
      this.#log.error({ event: 'listener-failed', error, of: event.kind }, 'an event of the gateway could not be told');
    }
  }
}
