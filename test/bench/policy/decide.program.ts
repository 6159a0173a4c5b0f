import { performance } from 'node:perf_hooks';
import { compilePolicies } from '../../../proxy/policy/compile-policy.ts';
import { parsePolicyFile } from '../../../proxy/policy/document/parse-policy.ts';
import { explainDecision } from '../../../proxy/policy/explain.ts';
import { PolicyEngine } from '../../../proxy/policy/policy-engine.ts';
import type { PolicyQuestion } from '../../../proxy/policy/policy-question.ts';
import { quantile } from '../harness/statistics.ts';
import { HandIndex } from './hand-index.ts';
import { policyFiles, randomQuestions, randomRules } from './random-policy.ts';

/** Decides 512 questions over and over and prints how long one takes. Arguments: how, and how many rules. */
const [how = '', ruleCount = ''] = process.argv.slice(2);
const rules = randomRules(Number(ruleCount));
const questions = randomQuestions(512);
const rounds = how === 'explained' ? 20 : 200;

const before = performance.now();
const decide = prepare();
const compileMs = performance.now() - before;

let checksum = 0;
for (let round = 0; round < rounds / 4; round += 1) {
  for (const question of questions) checksum += decide(question).length;
}
const times = new Float64Array(rounds * questions.length);
let at = 0;
const cpu = process.cpuUsage();
for (let round = 0; round < rounds; round += 1) {
  for (const question of questions) {
    const start = performance.now();
    checksum += decide(question).length;
    times[at] = (performance.now() - start) * 1000;
    at += 1;
  }
}
const { user, system } = process.cpuUsage(cpu);
times.sort();
console.log(
  JSON.stringify({
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    cpu: (user + system) / times.length,
    compileMs,
    peakRssMb: process.resourceUsage().maxRSS / 1024,
    checksum,
  }),
);

/** What is timed: it gives back a text, so that nothing of the work can be left out. */
function prepare(): (question: PolicyQuestion) => string {
  if (how === 'hand') {
    const index = new HandIndex(rules);
    return (question) => index.decide(question);
  }
  if (how === 'clock') return ({ verb }) => verb;
  const parsed = Object.entries(policyFiles(rules)).flatMap(([file, text]) => parsePolicyFile(file, text).policies);
  const compiled = compilePolicies(parsed);
  if (compiled.problems.length > 0) throw new Error(JSON.stringify(compiled.problems[0]));
  const engine = new PolicyEngine(compiled.rules, 'digest');
  if (how === 'explained') return (question) => explainDecision(engine.decide(question)).join('\n');
  return (question) => {
    const decision = engine.decide(question);
    return decision.decidingRule + decision.message;
  };
}
