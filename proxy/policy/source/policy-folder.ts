import { type FSWatcher, watch } from 'node:fs';
import type { Decision } from '../../../model/decision.ts';
import type { PolicyState } from '../../../model/policy-state.ts';
import type { GatewayLog } from '../../gateway-log.ts';
import { PolicyEngine } from '../policy-engine.ts';
import type { PolicyQuestion } from '../policy-question.ts';
import type { PolicySource } from '../policy-source.ts';
import { NO_LIMITS } from '../stream-limits.ts';
import { readPolicyFolder, writeDefaultPolicy } from './read-policy-folder.ts';

/** An editor saves in several steps; the folder is read when it has been quiet for this long. */
const QUIET_MS = 100;
/** But no later than this after the first change: constant writing must not keep an old policy in force. */
const LATEST_MS = 2000;
/** How often a folder that cannot be watched (removed, say) is looked for again. */
const RETRY_MS = 2000;

/**
 * Opens a folder of policy documents and follows its changes. The built-in policy is written first where there is none.
 * A file with a mistake keeps the last good policy in force as a whole; without one, everything is denied.
 */
export async function openPolicyFolder(folder: string, { log }: { readonly log: GatewayLog }): Promise<PolicySource> {
  try {
    if (await writeDefaultPolicy(folder)) log.info({ folder }, 'wrote the built-in policy into an empty policy folder');
  } catch (error) {
    // Reading it fails the same way, and says so in the state.
    log.error({ folder, error }, 'could not write the built-in policy');
  }
  const source = new PolicyFolder(folder, log);
  source.watch();
  await source.reload();
  return source;
}

/** The policy of a folder, as `createGateway` takes it. */
export function policyIn(folder: string): (opening: { readonly log: GatewayLog }) => Promise<PolicySource> {
  return (opening) => openPolicyFolder(folder, opening);
}

class PolicyFolder implements PolicySource {
  readonly #folder: string;
  readonly #log: GatewayLog;
  readonly #listeners = new Set<(state: PolicyState) => void>();
  #engine: PolicyEngine | null = null;
  #state: PolicyState;
  #watcher: FSWatcher | null = null;
  #timer: NodeJS.Timeout | null = null;
  #latest: number | null = null;
  #reading: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(folder: string, log: GatewayLog) {
    this.#folder = folder;
    this.#log = log;
    this.#state = { status: 'none', folder, digest: '', loadedAt: '', policies: [], problems: [] };
  }

  decide(question: PolicyQuestion): Decision {
    return this.#engine?.decide(question) ?? notLoaded(this.#state);
  }

  state(): PolicyState {
    return this.#state;
  }

  onChange(listener: (state: PolicyState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#watcher?.close();
    if (this.#timer) clearTimeout(this.#timer);
    await this.#reading;
  }

  /** One reading after the other, so that an older one never overtakes a newer. */
  reload(): Promise<void> {
    this.#reading = this.#reading.then(() => this.#read());
    return this.#reading;
  }

  watch(): void {
    this.#watcher?.close();
    this.#watcher = null;
    try {
      const watcher = watch(this.#folder, { persistent: false }, () => this.#readSoon(QUIET_MS));
      watcher.on('error', () => this.#lost());
      this.#watcher = watcher;
    } catch {
      this.#lost();
    }
  }

  #lost(): void {
    this.#watcher?.close();
    this.#watcher = null;
    this.#readSoon(RETRY_MS);
  }

  #readSoon(delay: number): void {
    if (this.#closed) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#latest ??= performance.now() + LATEST_MS;
    const wait = Math.max(0, Math.min(delay, this.#latest - performance.now()));
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#latest = null;
      // The folder may have been replaced by another of the same name, which the watch on the old one does not see.
      this.watch();
      void this.reload();
    }, wait).unref();
  }

  async #read(): Promise<void> {
    if (this.#closed) return;
    const content = await readPolicyFolder(this.#folder);
    if (this.#closed) return;
    const before = this.#state;
    const good = content.problems.length === 0;
    if (good && before.status === 'loaded' && before.digest === content.digest) return;
    if (good) {
      this.#engine = new PolicyEngine(content.rules, content.digest);
      const { digest, policies } = content;
      this.#state = { status: 'loaded', folder: this.#folder, digest, loadedAt: now(), policies, problems: [] };
      this.#log.info({ digest, policies: policies.length }, 'policy loaded');
    } else {
      const problems = content.problems;
      if (JSON.stringify(problems) === JSON.stringify(before.problems)) return;
      this.#state = { ...before, status: this.#engine === null ? 'none' : 'stale', problems };
      this.#log.warn(
        { problems },
        this.#engine === null ? 'no policy in force: all is denied' : 'policy broken: the last good one goes on',
      );
    }
    for (const listener of this.#listeners) listener(this.#state);
  }
}

/** The answer to everything while there is no policy: no, with the reason. */
function notLoaded({ folder, problems }: PolicyState): Decision {
  const [problem] = problems;
  const where = problem === undefined || problem.line === 0 ? '' : `, line ${problem.line}`;
  const what = problem === undefined ? folder : `${problem.file}${where}: ${problem.message}`;
  return {
    outcome: 'deny',
    decidingRule: 'policy-not-loaded',
    message: `Gatehouse has no policy in force, so it denies everything (${what})`,
    policyDigest: '',
    matchedRules: [],
    trace: [],
    masks: [],
    warnings: true,
    approval: null,
    unresolved: false,
    awaits: [],
    record: null,
    stream: NO_LIMITS,
  };
}

function now(): string {
  return new Date().toISOString();
}
