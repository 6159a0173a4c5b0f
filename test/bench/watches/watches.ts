import type { Sample, Section } from '../harness/section.ts';
import { type Field, type Peer, peakOf, startField, warmUp } from '../peers/field.ts';

const PLAIN = '/api/v1/namespaces/default/services';
const MASKED = '/api/v1/namespaces/default/secrets';
const CPU = 'CPU µs per event';
const ADDED = 'added p50 ms';

/** Watches through the gateway: what an event costs, and how much later it comes. */
export const watches: Section = async (bench) => {
  const field = await startField(['plain', 'masking']);
  try {
    await warmUp(field, `${PLAIN}/2048`);
    const gateway = field.peers.find(({ name }) => name === 'Gatehouse');
    const masked = gateway === undefined ? [] : [{ peer: gateway, name: 'Gatehouse, masking Secrets', path: MASKED }];
    const ways = [...field.peers.map((peer) => ({ peer, name: peer.name, path: PLAIN })), ...masked];
    await bench.compare({
      title: '500 events of 1 KB in each watch, each flushed by itself, 16 connections',
      metrics: { [CPU]: 1, 'events/s': 0, 'peak RSS MB': 0 },
      contenders: ways.map(({ peer, name, path }) => ({ name, sample: () => burst(field, peer, path) })),
      targets: [
        { metric: CPU, contender: 'Gatehouse', peer: 'Go ReverseProxy', atMost: 1.8 },
        { metric: CPU, contender: 'Gatehouse', peer: 'kubectl proxy (HTTP)', atMost: 1.8 },
      ],
    });
    let direct = Number.NaN;
    await bench.compare({
      title: '50 watches with 100 events a second each: how late an event is',
      metrics: { 'p50 ms': 2, [ADDED]: 2, 'p99 ms': 2, 'events/s': 0 },
      contenders: ways.map(({ peer, name, path }) => ({
        name,
        async sample(): Promise<Sample> {
          const order = { target: `${path}?watch=1&every=10`, connections: 50, ms: 1_500, what: 'latency' } as const;
          const { count, ms, p50, p99 } = await field.load(peer, order);
          if (peer.process === null) direct = p50;
          return { 'p50 ms': p50, [ADDED]: p50 - direct, 'p99 ms': p99, 'events/s': (count / ms) * 1000 };
        },
      })),
      targets: [{ metric: ADDED, contender: 'Gatehouse', peer: null, atMost: 0.12 }],
    });
    for (const missing of field.missing) bench.note(`Left out: ${missing}.`);
  } finally {
    await field.close();
  }
};

async function burst(field: Field, peer: Peer, path: string): Promise<Sample> {
  const order = { target: `${path}?watch=1&count=500`, connections: 16, ms: 1_500, what: 'events' } as const;
  const { bytes, ms, cpu } = await field.load(peer, order);
  // By bytes: lines of data and of chunks are told apart by nobody here. An event is 1 KB and its framing.
  const events = bytes / 1_050;
  return { [CPU]: (cpu / events) * 1e6, 'events/s': (events / ms) * 1000, ...peakOf(peer) };
}
