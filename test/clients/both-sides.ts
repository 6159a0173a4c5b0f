import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { type CommandResult, kubectlPath, run } from '../gateway/environment/command.ts';
import { type RunningGateway, startGateway } from '../gateway/environment/running-gateway.ts';
import type { TestedCluster } from '../gateway/environment/tested-cluster.ts';
import { type Comparison, compare } from './compare.ts';
import { Place } from './place.ts';
import { fixture } from './steps/fixture.ts';
import type { Step } from './steps/step.ts';

/** Steps of the programs that are to fail. */
const FAILING: ReadonlySet<string> = new Set([
  'get what is absent',
  'create again',
  'replace with an old resourceVersion',
]);

/** A cluster with a gateway in front of it, and a person who answers what the gateway asks. */
export class BothSides {
  readonly #gateway: RunningGateway;
  readonly #folder: string;
  readonly #directKubeconfig: string;
  #approve = false;

  private constructor(gateway: RunningGateway, folder: string, directKubeconfig: string) {
    this.#gateway = gateway;
    this.#folder = folder;
    this.#directKubeconfig = directKubeconfig;
    gateway.gateway.on('approval', () => this.#decide());
  }

  static async start(cluster: TestedCluster): Promise<BothSides> {
    const gateway = await startGateway(cluster);
    const folder = await mkdtemp(join(tmpdir(), 'gatehouse-clients-'));
    // Beside the original, which may name its certificates by relative paths.
    const direct = join(dirname(cluster.kubeconfig), 'clients.kubeconfig');
    const config = parse(await readFile(cluster.kubeconfig, 'utf8')) as object;
    await writeFile(direct, JSON.stringify({ ...config, 'current-context': cluster.context }), { mode: 0o600 });
    return new BothSides(gateway, folder, direct);
  }

  /** Runs every step of a client on both sides, one after the other. */
  async run(id: string, program: string, steps: readonly Step[], onStep: (step: string) => void) {
    const direct = await this.#place('direct', `clients-${id}-a`, program);
    const gateway = await this.#place('gateway', `clients-${id}-b`, program);
    const results = new Map<string, Comparison>();
    for (const [index, step] of steps.entries()) {
      onStep(step.name);
      this.#approve = step.approved === true;
      // One side after the other: some steps look at nodes, which both share.
      const left = await step.run(direct);
      const right = await step.run(gateway);
      const name = results.has(step.name) ? `${step.name} (${index})` : step.name;
      results.set(name, compare(step, left, right));
      if (process.env.GATEHOUSE_CLIENTS_VERBOSE !== undefined) say(name, results.get(name), left, right);
    }
    for (const { namespace } of [direct, gateway]) {
      await this.#truth(['delete', 'namespace', namespace, '--wait=false']);
    }
    return results;
  }

  /**
   * Runs a program that does its steps by itself, and says of each what came of it.
   * @param command the program with its arguments; the namespace is added
   */
  async runProgram(id: string, command: readonly string[], onSide: (side: string) => void) {
    const [program = '', ...args] = command;
    this.#approve = true;
    const found: Array<Map<string, CommandResult>> = [];
    for (const side of ['direct', 'gateway'] as const) {
      onSide(side);
      const place = await this.#place(side, `clients-${id}-${side === 'direct' ? 'a' : 'b'}`, program);
      const { stdout, stderr, code } = await place.run([...args, place.namespace]);
      const steps = stepsIn(stdout);
      if (code !== 0) steps.set('ends well', { code, stdout: '', stderr });
      found.push(steps);
      await this.#truth(['delete', 'namespace', place.namespace, '--wait=false']);
    }
    const [left = new Map<string, CommandResult>(), right = new Map<string, CommandResult>()] = found;
    const results = new Map<string, Comparison>();
    const missing = { code: 1, stdout: '', stderr: 'did not come to it' };
    for (const name of new Set([...left.keys(), ...right.keys()])) {
      const both = [left.get(name) ?? missing, right.get(name) ?? missing] as const;
      const fails = FAILING.has(name);
      results.set(name, compare({ name, fails, run: () => Promise.resolve(missing) }, ...both));
      if (process.env.GATEHOUSE_CLIENTS_VERBOSE !== undefined) say(name, results.get(name), ...both);
    }
    return results;
  }

  async close(): Promise<void> {
    await this.#gateway.close();
    await this.#gateway.cluster.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #place(side: Place['side'], namespace: string, program: string): Promise<Place> {
    const folder = join(this.#folder, namespace);
    await mkdir(folder);
    await this.#truth(['create', 'namespace', namespace]);
    const made = await this.#truth(['apply', '-f', '-'], fixture(namespace));
    if (made.code !== 0) throw new Error(`the objects to work on could not be made: ${made.stderr}`);
    await this.#truth(['-n', namespace, 'rollout', 'status', 'deployment/web', '--timeout=60s']);
    await this.#truth(['-n', namespace, 'wait', '--for=condition=Ready', 'pod/box', '--timeout=60s']);
    const kubeconfig = side === 'direct' ? this.#directKubeconfig : this.#gateway.kubeconfig;
    return new Place({ side, kubeconfig, namespace, folder, program, truth: (args) => this.#truth(args) });
  }

  #truth(args: readonly string[], input?: string): Promise<CommandResult> {
    return run(kubectlPath, args, { kubeconfig: this.#directKubeconfig, ...(input === undefined ? {} : { input }) });
  }

  #decide(): void {
    const { gateway } = this.#gateway;
    for (const { id, state, held } of gateway.approvals()) {
      if (state !== 'PENDING' || !held) continue;
      const verdict = this.#approve ? 'approve' : 'deny';
      gateway.review({ id, verdict, by: 'local:tester', comment: null }).catch(() => undefined);
    }
  }
}

/** Each line is `{"step": …, "failed": …, "result": …}`. */
function stepsIn(output: string): Map<string, CommandResult> {
  const lines = output.split('\n').filter((line) => line.startsWith('{'));
  return new Map(
    lines.map((line) => {
      const { step, failed, result } = JSON.parse(line) as { step: string; failed: boolean; result: string };
      return [step, { code: failed ? 1 : 0, stdout: failed ? '' : result, stderr: failed ? result : '' }];
    }),
  );
}

function say(name: string, comparison: Comparison | undefined, left: CommandResult, right: CommandResult): void {
  if (comparison?.outcome === 'equal' || comparison?.outcome === 'masked') return;
  const both = [left, right].map(({ code, stdout, stderr }) => `${code}\n${stdout}\n${stderr}`);
  console.log(
    `---- ${name}: ${comparison?.outcome} ${comparison?.note}\n${both.join('\n---- through the gateway: ')}\n----`,
  );
}
