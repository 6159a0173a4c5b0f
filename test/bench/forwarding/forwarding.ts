import type { Sample, Section, Target } from '../harness/section.ts';
import { peakOf, startField, warmUp } from '../peers/field.ts';

const ROUND = 1_500;
const OBJECT = '/api/v1/namespaces/default/services/2048';
const LIST = '/api/v1/namespaces/default/services?bytes=1048576';

const CPU = 'CPU s per 1000';
const metrics = { [CPU]: 3, 'p50 ms': 3, 'p99 ms': 2, 'p99 : p50': 1, 'requests/s': 0, 'peak RSS MB': 0 };

/** Requests through the whole gateway (mutual TLS, the built-in policy and 1000 rules more, journal) and its peers. */
export const forwarding: Section = async (bench) => {
  const field = await startField(['plain', 'masking']);
  try {
    await warmUp(field, OBJECT);
    const comparisons: ReadonlyArray<
      readonly [what: string, target: string, connections: number, targets: readonly Target[]]
    > = [
      ['2 KB GET', OBJECT, 1, [bound('p50 ms', 'kubectl proxy (HTTP)', 0.9)]],
      [
        '2 KB GET',
        OBJECT,
        16,
        [bound(CPU, 'kubectl proxy (HTTP)', 0.55), bound(CPU, 'Go ReverseProxy', 0.75), bound(CPU, 'nginx', 2.5)],
      ],
      ['2 KB GET', OBJECT, 64, [bound('p99 ms', 'kubectl proxy (HTTP)', 1)]],
      ['1 MB list', LIST, 1, []],
      ['1 MB list', LIST, 16, [bound(CPU, 'kubectl proxy (HTTP)', 1.2), bound(CPU, 'Go ReverseProxy', 1.5)]],
      [
        '1 MB list',
        LIST,
        64,
        [
          { metric: 'p99 : p50', contender: 'Gatehouse', peer: null, atMost: 3 },
          bound('peak RSS MB', 'kubectl proxy (HTTP)', 1.5),
        ],
      ],
    ];
    for (const [what, target, connections, targets] of comparisons) {
      await bench.compare({
        title: `${what}, ${connections} ${connections === 1 ? 'connection' : 'connections'}`,
        metrics,
        contenders: field.peers.map((peer) => ({
          name: peer.name,
          async sample(): Promise<Sample> {
            const order = { target, connections, ms: ROUND, what: 'requests' } as const;
            const { count, ms, p50, p99, cpu } = await field.load(peer, order);
            return {
              [CPU]: (cpu / count) * 1000,
              'p50 ms': p50,
              'p99 ms': p99,
              'p99 : p50': p99 / p50,
              'requests/s': (count / ms) * 1000,
              ...peakOf(peer),
            };
          },
        })),
        targets: targets.filter(({ peer }) => peer === null || field.peers.some(({ name }) => name === peer)),
      });
    }
    for (const missing of field.missing) bench.note(`Left out: ${missing}.`);
    bench.note(
      'The first row of Gatehouse is the built-in policy without the rule that looks for credentials in every answer, so that the bytes of these answers pass; the second is with it.',
    );
    bench.note(
      'Gatehouse and the Go proxy are called by TLS; kubectl proxy serves plain HTTP only, and has no policy, journal or client certificates. The API server and the client share the other CPU and bound the rates.',
    );
  } finally {
    await field.close();
  }
};

function bound(metric: string, peer: string, atMost: number): Target {
  return { metric, contender: 'Gatehouse', peer, atMost };
}
