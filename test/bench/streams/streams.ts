import type { Sample, Section } from '../harness/section.ts';
import { peakOf, startField, warmUp } from '../peers/field.ts';
import { firstByte } from './first-byte.ts';

const MEGABYTES = 100;
const RATE = 'MB/s';
const CPU = 'CPU s per 100 MB';

/** An exec over WebSocket with 100 MB of output, inspected and recorded; and how soon a log begins. */
export const streams: Section = async (bench) => {
  const field = await startField(['plain', 'recorded']);
  try {
    await warmUp(field, '/api/v1/namespaces/default/services/2048');
    for (const [frame, least] of [
      [32_768, 0.8],
      [2_048, 0.7],
    ] as const) {
      await bench.compare({
        title: `exec with ${MEGABYTES} MB of output in frames of ${frame / 1024} KB`,
        metrics: { [RATE]: 0, [CPU]: 3, 'peak RSS MB': 0 },
        contenders: field.peers.map((peer) => ({
          name: peer.name,
          async sample(): Promise<Sample> {
            const target = `/api/v1/namespaces/default/pods/p/exec?command=cat&stdout=true&bytes=${MEGABYTES * 1e6}&frame=${frame}`;
            const { bytes, ms, cpu } = await field.load(peer, { target, connections: 1, ms: 0, what: 'exec' });
            if (bytes < MEGABYTES * 1e6) throw new Error(`${peer.name}: only ${bytes} bytes came`);
            return { [RATE]: bytes / 1e3 / ms, [CPU]: (cpu / bytes) * 1e8, ...peakOf(peer) };
          },
        })),
        targets: [
          { metric: RATE, contender: 'Gatehouse', peer: 'kubectl proxy (HTTP)', atLeast: least },
          { metric: RATE, contender: 'Gatehouse, recorded', peer: 'kubectl proxy (HTTP)', atLeast: 0.4 },
          { metric: CPU, contender: 'Gatehouse, recorded', peer: 'Gatehouse', atMost: 2 },
        ],
      });
    }
    await firstByte(bench, field);
    for (const missing of field.missing) bench.note(`Left out: ${missing}.`);
  } finally {
    await field.close();
  }
};
