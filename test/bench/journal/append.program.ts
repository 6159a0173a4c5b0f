import { hash } from 'node:crypto';
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { JournalEntry } from '../../../model/journal-record.ts';
import { openJournal } from '../../../proxy/journal/open-journal.ts';
import { quantile } from '../harness/statistics.ts';

/**
 * Appends records of about 700 bytes for a second and prints how many and at what cost. Arguments: how, a folder of its
 * own, and how many appends wait at the same time.
 */
const [how = '', folder = '', lanes = '1'] = process.argv.slice(2);
const SECONDS = 1;

const entry: JournalEntry = {
  type: 'decided',
  auditId: '0198f0a2-3b4c-7d5e-8f60-123456789abc',
  principal: { user: 'local:ada', groups: ['gatehouse:local'], session: { kind: 'inAppTerminal', id: 'terminal-1' } },
  effective: null,
  credential: 'kubernetes-admin',
  cluster: 'production',
  request: {
    method: 'GET',
    target: '/apis/apps/v1/namespaces/shop/deployments?limit=500',
    verb: 'list',
    policyVerb: 'list',
    apiGroup: 'apps',
    apiVersion: 'v1',
    resource: 'deployments',
    subresource: '',
    namespace: 'shop',
    name: '',
    userAgent: 'kubectl/v1.36.3 (linux/amd64) kubernetes/abcdef0',
    kubectlCommand: 'kubectl get',
    kubectlSession: '6f1c2f0e-1111-4222-8333-444455556666',
    upgrade: null,
  },
  decision: {
    outcome: 'allow',
    code: null,
    rule: 'everyday/read',
    matchedRules: ['everyday/read'],
    message: '',
    policyDigest: 'f'.repeat(64),
  },
  approval: null,
};

const append = await prepare();
const times: number[] = [];
let running = true;
const started = performance.now();
const cpu = process.cpuUsage();
setTimeout(() => {
  running = false;
}, SECONDS * 1000);
await Promise.all(Array.from({ length: Number(lanes) }, lane));
const { user, system } = process.cpuUsage(cpu);
const seconds = (performance.now() - started) / 1000;
const sorted = Float64Array.from(times).sort();
console.log(
  JSON.stringify({
    perSecond: times.length / seconds,
    p50Us: quantile(sorted, 0.5),
    p99Us: quantile(sorted, 0.99),
    cpuUs: (user + system) / times.length,
    peakRssMb: process.resourceUsage().maxRSS / 1024,
  }),
);
process.exit(0);

async function lane(): Promise<void> {
  let turns = 0;
  while (running) {
    const start = performance.now();
    const waits = append();
    if (waits !== null) await waits;
    times.push((performance.now() - start) * 1000);
    turns += 1;
    // What never waits must let the clock have its turn.
    if (waits === null && turns % 1000 === 0) await new Promise(setImmediate);
  }
}

/** Appends one record; a promise where it has to be waited for. */
async function prepare(): Promise<() => Promise<unknown> | null> {
  if (how === 'durable' || how === 'written') {
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const retention = { days: 1, bytes: 2e9 };
    const journal = await openJournal({ folder, signingKey: null, retention, log });
    return () => journal.append(entry, { durable: how === 'durable' });
  }
  let prev = '0'.repeat(64);
  let seq = 0;
  const seal = (): string => {
    seq += 1;
    const text = JSON.stringify({ v: 1, seq, time: new Date().toISOString(), prev, ...entry });
    prev = hash('sha256', prev + text);
    return text;
  };
  if (how === 'seal') {
    return () => {
      seal();
      return null;
    };
  }
  // The disk itself, one at a time.
  const file = openSync(join(folder, 'plain'), 'a', 0o600);
  process.once('exit', () => closeSync(file));
  return () => {
    writeSync(file, `${seal()}\n`);
    fdatasyncSync(file);
    return null;
  };
}
