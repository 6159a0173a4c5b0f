import { performance } from 'node:perf_hooks';
import { MaskingStream } from '../../../proxy/masking/masking-stream.ts';
import { compileMaskRules } from '../../../proxy/masking/plan/mask-rules.ts';
import { newMaskReport } from '../../../proxy/masking/plan/response-mask.ts';
import { Random } from '../../proxy/masking/random.ts';
import { KEY, secretsSubject } from '../../proxy/masking/requests.ts';
import { maskSecret } from './maskers.ts';
import { secretJson } from './secrets.ts';

/** Masks one Secret over and over; prints how long the first and how long a usual one takes. Argument: how. */
const [how = ''] = process.argv.slice(2);
const text = secretJson(new Random(1), 1).replace('{', '{"kind":"Secret","apiVersion":"v1",');
const bytes = Buffer.from(text);
const subject = secretsSubject({ verb: 'get', name: 'secret-1' });
const mask = prepare();
let checksum = 0;

const start = performance.now();
checksum += mask();
const firstUs = (performance.now() - start) * 1000;
for (let round = 0; round < 20_000; round += 1) checksum += mask();
const times = 30_000;
const cpu = process.cpuUsage();
for (let round = 0; round < times; round += 1) checksum += mask();
const { user, system } = process.cpuUsage(cpu);
console.log(JSON.stringify({ bytes: bytes.length, firstUs, cpuUs: (user + system) / times, checksum }));

function prepare(): () => number {
  if (how === 'copy') return () => Buffer.from(bytes).length;
  if (how === 'json') return () => Buffer.from(JSON.stringify(maskSecret(JSON.parse(bytes.toString('utf8'))))).length;
  const scanner = how === 'js' ? 'js' : 'wasm';
  return () => {
    const rules = compileMaskRules(subject);
    if (rules === null) throw new Error('nothing is masked');
    const stream = new MaskingStream({ key: KEY, rules, events: false, report: newMaskReport(), scanner });
    return stream.push(bytes).length + stream.end().length;
  };
}
