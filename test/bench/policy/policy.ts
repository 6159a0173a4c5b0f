import { runProgram } from '../harness/processes.ts';
import type { Sample, Section } from '../harness/section.ts';

interface Decided {
  readonly p50: number;
  readonly p99: number;
  readonly cpu: number;
  readonly compileMs: number;
  readonly peakRssMb: number;
}

const contender = (name: string, how: string, rules: number) => ({
  name,
  async sample(): Promise<Sample> {
    const result = await runProgram<Decided>('decide', [how, String(rules)], { place: 'measured' });
    return {
      'p50 µs': result.p50,
      'p99 µs': result.p99,
      'CPU µs': result.cpu,
      'compile ms': result.compileMs,
      'peak RSS MB': result.peakRssMb,
    };
  },
});

const metrics = { 'p50 µs': 2, 'p99 µs': 2, 'CPU µs': 2, 'compile ms': 1, 'peak RSS MB': 0 };

/** Decisions over random rules: groups, verbs, resources, namespaces; a fifth of them about acting as somebody. */
export const policy: Section = async (bench) => {
  for (const rules of [10, 100, 1000]) {
    const last = rules === 1000;
    await bench.compare({
      title: `${rules} rules, 512 random requests`,
      metrics,
      contenders: [
        contender('Gatehouse', 'decide', rules),
        contender('Gatehouse, every rule explained', 'explained', rules),
        contender('index by hand', 'hand', rules),
        contender('the clock alone', 'clock', rules),
      ],
      targets: last
        ? [
            { metric: 'p50 µs', contender: 'Gatehouse', peer: 'index by hand', atMost: 2 },
            { metric: 'p99 µs', contender: 'Gatehouse', peer: null, atMost: 5 },
          ]
        : [],
    });
  }
  bench.note(
    'A decision carries the rule that decided, all rules that matched and the message. "Every rule explained" also says of each other rule which of its conditions did not match, as the journal and the app show it on demand.',
  );
};
