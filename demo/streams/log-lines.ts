import { createHash } from 'node:crypto';
import { type JsonObject, nameOf, objectsAt, textAt, uidOf } from '../store/json.ts';

/** A line that a container would have printed, and when. */
export interface LogLine {
  readonly time: Date;
  readonly text: string;
}

/** Lines that a log keeps; older ones have been rotated away. */
const kept = 400;

/** A number from 0 up to `below` that stays the same for one line of one pod. */
function dice(seed: string, below: number): number {
  return createHash('sha256').update(seed).digest().readUInt32BE(0) % below;
}

type Teller = (seed: string, time: Date) => string;

const paths = ['/healthz', '/v1/orders', '/v1/orders/8841', '/v1/stock', '/v1/session', '/metrics'];

const accessLog: Teller = (seed, time) => {
  const path = paths[dice(`${seed}p`, paths.length)];
  const status = dice(`${seed}s`, 40) === 0 ? 503 : 200;
  return JSON.stringify({
    time: time.toISOString(),
    level: status === 200 ? 'info' : 'warn',
    method: 'GET',
    path,
    status,
    ms: 2 + dice(`${seed}m`, 180),
  });
};

const phrased =
  (...phrases: string[]): Teller =>
  (seed) => {
    const phrase = phrases[dice(`${seed}t`, phrases.length)] ?? '';
    return phrase.replaceAll('#', () => String(1000 + dice(`${seed}n`, 9000)));
  };

/** How each container talks; others write an access log. */
const tellers: Readonly<Record<string, Teller>> = {
  'payments-api': phrased(
    'level=info msg="charge accepted" order=# provider=larkpay',
    'level=info msg="webhook verified" event=#',
    'level=info msg="ledger entry written" entry=#',
    'level=warn msg="provider slow, retrying" order=# attempt=2',
  ),
  'ledger-worker': phrased(
    'level=info msg="batch posted" entries=#',
    'level=info msg="balance checked" account=#',
    'level=info msg="queue empty, waiting"',
  ),
  postgres: phrased(
    'LOG:  checkpoint starting: time',
    'LOG:  checkpoint complete: wrote # buffers',
    'LOG:  automatic vacuum of table "ledger.public.entries"',
  ),
  ingest: phrased('consumed # records from orders', 'committed offset #', 'flushed segment # to the warehouse'),
  runner: phrased('job # received', 'job # succeeded', 'checking for jobs', 'uploading artifacts of job #'),
  coredns: phrased('[INFO] 10.244.0.31:# - "A IN ledger-db.payments.svc.cluster.local. udp" NOERROR'),
  'kube-proxy': phrased('I1122 syncProxyRules complete, elapsed="#us"'),
};

/** A pod's log: made up from its name, the same at each reading, and going on as time does. */
export class PodStory {
  readonly #teller: Teller;
  readonly #seed: string;
  readonly #interval: number;
  readonly #start: number;

  constructor(pod: JsonObject, container: string) {
    this.#seed = `${uidOf(pod)}/${container}`;
    this.#teller = tellers[container] ?? accessLog;
    this.#interval = 900 + dice(nameOf(pod), 1_600);
    const started = textAt(objectsAt(pod, 'status', 'containerStatuses')[0] ?? {}, 'state', 'running', 'startedAt');
    this.#start = Date.parse(started || textAt(pod, 'metadata', 'creationTimestamp')) || Date.now();
  }

  #line(index: number): LogLine {
    const time = new Date(this.#start + index * this.#interval);
    return { time, text: index === 0 ? 'starting up' : this.#teller(`${this.#seed}/${index}`, time) };
  }

  /** The lines so far that are still kept. */
  past(): LogLine[] {
    const count = Math.max(1, Math.floor((Date.now() - this.#start) / this.#interval) + 1);
    const first = Math.max(0, count - kept);
    return Array.from({ length: count - first }, (_, index) => this.#line(first + index));
  }

  /** The first line after a moment, for following. */
  next(after: Date): LogLine {
    return this.#line(Math.floor((after.getTime() - this.#start) / this.#interval) + 1);
  }
}
