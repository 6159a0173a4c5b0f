import { performance } from 'node:perf_hooks';
import type { Decision } from '../../../model/decision.ts';
import type { Sight } from '../../../proxy/evaluation/look/sight.ts';
import { LargeBodies } from '../../../proxy/large-bodies/large-bodies.ts';
import { policyQuestion } from '../../../proxy/policy/policy-question.ts';
import { readRequest } from '../../../proxy/request/read-request.ts';
import { type LargeObject, largeObjects, largeWrites } from '../../gateway/environment/large-objects.ts';
import type { Sample, Section } from '../harness/section.ts';

const METRICS = {
  'read ms': 0,
  'planned ms': 0,
  'evaluated ms': 0,
  'bound ms': 0,
  'shown ms': 0,
  'longest task ms': 1,
};
const AWAITS: Decision['awaits'] = ['identities'];
const EVERY = 2;

/**
 * The largest legal objects, written whole over what is there, by the steps that look through them: each runs in a thread,
 * and the last column is what is left of it for the one that serves.
 */
export const largeBodies: Section = async (bench) => {
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const bodies = new LargeBodies({ file: new URL('./large-body-worker.js', import.meta.url), log });
  const { deployment, definition, custom } = largeWrites('default');
  try {
    await bench.compare({
      title: 'a PUT of the largest legal objects, step by step',
      metrics: METRICS,
      contenders: [deployment, definition, custom, ...largeObjects('default')].map((one) => ({
        name: one.what,
        sample: () => written(bodies, one),
      })),
    });
  } finally {
    await bodies.close();
  }
};

async function written(bodies: LargeBodies, { collection, name, object }: LargeObject): Promise<Sample> {
  const rawHeaders = ['Host', 'bench', 'Content-Type', 'application/json'];
  const head = { method: 'PUT', target: `${collection}/${name}`, rawHeaders };
  const request = readRequest(head);
  const principal = { user: 'local:bench', groups: [], session: { kind: 'headless', id: 'bench' } } as const;
  const question = policyQuestion(principal, { name: 'bench', labels: {} }, request);
  const before = Buffer.from(JSON.stringify(object));
  const body = Buffer.from(JSON.stringify({ ...object, immutable: false }));
  const base = { uid: 'u', resourceVersion: '7' };
  const sight: Sight = {
    ...{ live: 'read', before: {}, after: {}, base },
    boundRole: async () => null,
    aggregators: async () => null,
    strengthOf: async () => ({ strength: 'yes', because: '' }),
    tokensIn: async () => new Map(),
  };
  const { longest, stop } = longestTask();
  const sample: Record<string, number> = {};
  const timed = async (metric: keyof typeof METRICS, step: () => Promise<unknown>): Promise<void> => {
    const began = performance.now();
    await step();
    sample[metric] = performance.now() - began;
  };
  await timed('read ms', () => bodies.check({ head, body }, question));
  const examination = bodies.examine({ request, head, body });
  await timed('planned ms', () => examination.plan(question, AWAITS));
  await timed('evaluated ms', () => examination.read(question, sight, { before, after: body }));
  await timed('bound ms', () => examination.pinned(base, 'state'));
  examination.close();
  await timed('shown ms', () => bodies.preview({ head, body }));
  stop();
  return { ...sample, 'longest task ms': longest() };
}

/** Of this thread, while others work. */
function longestTask() {
  let last = performance.eventLoopUtilization().active;
  let longest = 0;
  const timer = setInterval(() => {
    const { active } = performance.eventLoopUtilization();
    longest = Math.max(longest, active - last);
    last = active;
  }, EVERY);
  return { longest: () => longest, stop: () => clearInterval(timer) };
}
