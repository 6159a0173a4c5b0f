import type { ApprovalRecord, DecidedRecord, FinishedRecord, JournalRecord } from '../../model/journal-record.ts';
import { Buckets } from './buckets.ts';

/** Verbs that are counted by name: what a client can make up is `other`, so that nobody fills the memory of a scraper. */
const VERBS: ReadonlySet<string> = new Set([
  ...['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'],
  ...['post', 'put', 'head', 'options', 'reveal', 'exec', 'attach', 'portforward', 'proxy', 'log', 'connect'],
]);
/** More requests than these are not under way at one time; of one whose end was never written nothing more is known. */
const OPEN_AT_MOST = 20_000;

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** A person takes a while: clients wait for two minutes by themselves, and a grant may come later. */
const HELD_SECONDS = [1, 2.5, 5, 10, 30, 60, 120, 300, 900];

interface Open {
  readonly verb: string;
  readonly outcome: string;
  /** Its length says something of the gateway: it is no watch, log or stream. */
  readonly isShort: boolean;
  readonly held: number;
}

/** Numbers by a few words, joined by a space. */
export type Tally = ReadonlyMap<string, number>;

/**
 * What the records of a journal come to. Fed with each record once it is written, after the request has gone on: adding
 * to a plain number and one entry of a map is all that counting costs.
 */
export class RequestCounts {
  /** By verb, outcome of the decision, and class of the status. */
  readonly requests = new Map<string, number>();
  /** By the gateway's own code, where it answered itself. */
  readonly refusals = new Map<string, number>();
  readonly refusedConnections = new Map<string, number>();
  readonly approvals = new Map<string, number>();
  readonly records = new Map<string, number>();
  readonly duration = new Buckets(SECONDS);
  readonly overhead = new Buckets(SECONDS);
  readonly held = new Buckets(HELD_SECONDS);
  maskedValues = 0;
  redactedValues = 0;
  bytesToClients = 0;
  bytesFromClients = 0;
  readonly #open = new Map<string, Open>();

  record(record: JournalRecord): void {
    add(this.records, record.type);
    if (record.type === 'decided') this.#decided(record);
    else if (record.type === 'finished') this.#finished(record);
    else if (record.type === 'approval') this.#approval(record);
    else if (record.type === 'refused') {
      for (const [reason, count] of Object.entries(record.counts)) add(this.refusedConnections, reason, count);
    }
  }

  #decided({ auditId, request, decision, approval }: DecidedRecord): void {
    if (this.#open.size >= OPEN_AT_MOST) {
      const [oldest] = this.#open.keys();
      if (oldest !== undefined) this.#open.delete(oldest);
    }
    const held = approval?.waitedMs ?? 0;
    if (approval !== null) this.held.observe(held / 1_000);
    this.#open.set(auditId, {
      verb: VERBS.has(request.policyVerb) ? request.policyVerb : 'other',
      outcome: decision.outcome,
      isShort: request.verb !== 'watch' && request.upgrade === null && request.subresource !== 'log',
      held,
    });
  }

  #finished(record: FinishedRecord): void {
    const { auditId, status, code, durationMs, upstreamMs, maskedValues, stream } = record;
    const open = this.#open.get(auditId);
    this.#open.delete(auditId);
    add(this.requests, `${open?.verb ?? 'other'} ${open?.outcome ?? 'unknown'} ${classOf(status)}`);
    if (code !== null) add(this.refusals, code);
    this.maskedValues += maskedValues;
    this.redactedValues += stream?.redactedValues ?? 0;
    this.bytesToClients += record.bytesToClient;
    this.bytesFromClients += record.bytesFromClient;
    if (open?.isShort !== true) return;
    this.duration.observe(durationMs / 1_000);
    this.overhead.observe(Math.max(0, durationMs - (upstreamMs ?? 0) - open.held) / 1_000);
  }

  #approval({ state }: ApprovalRecord): void {
    add(this.approvals, state.toLowerCase());
  }
}

function add(tally: Map<string, number>, key: string, count = 1): void {
  tally.set(key, (tally.get(key) ?? 0) + count);
}

/** `2xx`; `gone` for a client that went away first. */
function classOf(status: number): string {
  return status === 0 ? 'gone' : `${Math.floor(status / 100)}xx`;
}
