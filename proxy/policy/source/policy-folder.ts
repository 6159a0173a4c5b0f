import type { Decision } from '../../../model/decision.ts';
import type { RuleChange, WaitingChange } from '../../../model/policy-change.ts';
import type { PolicyState } from '../../../model/policy-state.ts';
import { visible } from '../../../model/visible-text.ts';
import type { GatewayLog } from '../../gateway-log.ts';
import { PolicyEngine } from '../policy-engine.ts';
import type { PolicyQuestion } from '../policy-question.ts';
import { PolicyChangeError, type PolicyEvent, type PolicyOpening, type PolicySource } from '../policy-source.ts';
import { NO_LIMITS } from '../stream-limits.ts';
import { Acceptance, type AcceptanceOptions } from './acceptance.ts';
import { type FolderPlace, linksOutside, placeOf, replacedInWords } from './folder-place.ts';
import { FolderWatch } from './folder-watch.ts';
import { type FolderContent, isEmptied, readPolicyFolder, writeDefaultPolicy } from './read-policy-folder.ts';

/**
 * Opens a folder of policy documents and follows its changes. What only tightens is in force at once; what loosens waits
 * until somebody accepts it. A file with a mistake keeps the last accepted policy in force as a whole; an emptied folder
 * denies everything, but at the first start, which writes the built-in policy into it.
 */
export async function openPolicyFolder(
  folder: string,
  options: AcceptanceOptions,
  opening: PolicyOpening,
): Promise<PolicySource> {
  const { log } = opening;
  const acceptance = await Acceptance.open(folder, options, opening);
  const { isFixed = false, mustWrite = false } = options;
  if (acceptance.isFirstStart && !isFixed) {
    try {
      if (await writeDefaultPolicy(folder)) {
        log.info({ folder }, 'wrote the built-in policy into an empty policy folder');
      }
    } catch (error) {
      if (mustWrite) throw error;
      // Reading it fails the same way, and says so in the state.
      log.error({ folder, error }, 'could not write the built-in policy');
    }
  }
  const source = new PolicyFolder(folder, acceptance, opening);
  try {
    await source.start({ mustWrite });
  } catch (error) {
    await source.close();
    throw error;
  }
  return source;
}

/** The policy of a folder, as `createGateway` takes it. */
export function policyIn(
  folder: string,
  options: AcceptanceOptions,
): (opening: PolicyOpening) => Promise<PolicySource> {
  return (opening) => openPolicyFolder(folder, options, opening);
}

/** Somebody else writes the folder, and has not yet: what comes later would wait to be accepted. */
export class NoPolicyError extends Error {
  override readonly name = 'NoPolicyError';
  readonly code = 'policy-folder-empty';

  constructor(folder: string) {
    super(
      `${visible(folder)} holds no policy, and the built-in one cannot be written into a folder of somebody else's or of a read-only file system: put the policy there first`,
    );
  }
}

class PolicyFolder implements PolicySource {
  readonly #folder: string;
  readonly #acceptance: Acceptance;
  readonly #opening: PolicyOpening;
  readonly #log: GatewayLog;
  readonly #listeners = new Set<(state: PolicyState) => void>();
  #engine: PolicyEngine | null = null;
  #state: PolicyState;
  #waiting: { readonly change: WaitingChange; readonly content: FolderContent } | null = null;
  /** The folder as it was at the start, or when its contents were accepted. */
  #place: FolderPlace | null = null;
  readonly #watch: FolderWatch;
  #reading: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(folder: string, acceptance: Acceptance, opening: PolicyOpening) {
    this.#folder = folder;
    this.#acceptance = acceptance;
    this.#opening = opening;
    this.#log = opening.log;
    const nothing = { digest: '', loadedAt: '', policies: [], problems: [], waiting: null, notices: [] };
    this.#state = { status: 'none', folder, ...nothing };
    // Before the first reading, or a change between the two would go unseen.
    this.#watch = new FolderWatch(folder, () => void this.#inTurn(() => this.#read()));
  }

  decide(question: PolicyQuestion): Decision {
    return this.#engine?.decide(question) ?? notLoaded(this.#state);
  }

  state(): PolicyState {
    return this.#state;
  }

  waiting(): WaitingChange | null {
    return this.#waiting?.change ?? null;
  }

  /** What is put into force is what was judged, from memory: the folder may say something else by now. */
  accept(digest: string, by: string): Promise<void> {
    return this.#inTurn(async () => {
      await this.#read();
      if (this.#waiting?.content.digest !== digest) {
        throw new PolicyChangeError(
          'policy-change-not-waiting',
          'no such change of the policy waits: the policy folder was changed since it was shown, look again',
        );
      }
      const { content, change } = this.#waiting;
      await this.#recordAccepted(`${digest} by ${by}: ${idsOf(change.rules)}`);
      await this.#acceptance.take(content);
      this.#place = await placeOf(this.#folder);
      await this.#settle(content, []);
    });
  }

  onChange(listener: (state: PolicyState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#watch.close();
    await this.#reading;
  }

  /** At the first start what is there is taken as accepted: a person put it there before changes waited. */
  start({ mustWrite }: { readonly mustWrite: boolean }): Promise<void> {
    return this.#inTurn(async () => {
      this.#place = await placeOf(this.#folder);
      const content = await readPolicyFolder(this.#folder);
      if (this.#acceptance.isFirstStart && mustWrite && isEmptied(content)) throw new NoPolicyError(this.#folder);
      if (this.#acceptance.isFirstStart && content.problems.length === 0) {
        await this.#acceptance.take(content, { mustWrite });
        this.#note('policy-accepted', `${content.digest} as it was found at the first start`);
      } else if (this.#acceptance.accepted !== null) {
        // At each start, so that the journal knows of it for as long as it is kept.
        this.#note('policy-accepted', `${this.#acceptance.accepted.digest} before this start`);
      }
      await this.#settle(content, await this.#noticed(content));
    });
  }

  /** What opens something is on record before it is in force, as an approval is. */
  async #recordAccepted(detail: string): Promise<void> {
    try {
      await this.#opening.record('policy-accepted', detail);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new PolicyChangeError('journal-unavailable', `not accepted: ${reason}`, { cause });
    }
  }

  /** For what happens whether or not it can be written. */
  #note(event: PolicyEvent, detail: string): void {
    this.#opening.record(event, detail).catch((error: unknown) => {
      this.#log.error({ error, event, detail }, 'what became of the policy is not in the journal');
    });
  }

  /** One reading after the other, so that an older one never overtakes a newer. */
  #inTurn(turn: () => Promise<void>): Promise<void> {
    const done = this.#reading.then(turn);
    this.#reading = done.catch(() => undefined);
    return done;
  }

  async #read(): Promise<void> {
    if (this.#closed) return;
    const content = await readPolicyFolder(this.#folder);
    const notices = await this.#noticed(content);
    if (!this.#closed) await this.#settle(content, notices);
  }

  async #noticed({ files }: FolderContent): Promise<string[]> {
    const replaced = replacedInWords(this.#folder, this.#place, await placeOf(this.#folder));
    return [
      ...replaced,
      ...(await linksOutside(
        this.#folder,
        files.map(({ name }) => name),
      )),
    ];
  }

  /** Puts into force what the contents of the folder come to. */
  async #settle(content: FolderContent, noticed: readonly string[]): Promise<void> {
    const { problems } = content;
    if (problems.length === 0) {
      const verdict = this.#acceptance.judge(content);
      if (verdict.kind === 'tightens') await this.#acceptance.take(content);
      this.#enforce(this.#acceptance.accepted);
      this.#waiting = verdict.kind === 'waits' ? { content, change: this.#changeOf(content, verdict) } : null;
    } else {
      this.#waiting = null;
      this.#enforce(isEmptied(content) ? null : this.#acceptance.accepted);
    }
    const inForce = this.#engine === null ? null : this.#acceptance.accepted;
    const { keeping } = this.#acceptance;
    const change = this.#waiting?.change ?? null;
    this.#tell({
      status: inForce === null ? 'none' : problems.length > 0 ? 'stale' : 'loaded',
      folder: this.#folder,
      digest: inForce?.digest ?? '',
      loadedAt: inForce?.digest === this.#state.digest ? this.#state.loadedAt : inForce === null ? '' : now(),
      policies: inForce?.policies ?? [],
      problems: isEmptied(content) ? problems.map((problem) => ({ ...problem, message: EMPTIED })) : problems,
      waiting:
        change === null
          ? null
          : {
              digest: change.digest,
              since: change.since,
              why: change.why,
              opens: change.rules.filter(({ opens }) => opens.length > 0).length,
            },
      notices: [...noticed, ...(keeping === null ? [] : [keeping])],
    });
  }

  #changeOf(
    { digest }: FolderContent,
    { why, against, rules }: Pick<WaitingChange, 'why' | 'against' | 'rules'>,
  ): WaitingChange {
    const known = this.#waiting?.change;
    return { digest, since: known?.digest === digest ? known.since : now(), why, against, rules };
  }

  #enforce(content: FolderContent | null): void {
    if (content === null) this.#engine = null;
    else if (this.#engine === null || this.#state.digest !== content.digest) {
      this.#engine = new PolicyEngine(content.rules, content.digest);
    }
  }

  #tell(state: PolicyState): void {
    const before = this.#state;
    if (JSON.stringify({ ...before, loadedAt: '' }) === JSON.stringify({ ...state, loadedAt: '' })) return;
    this.#state = state;
    const { digest, policies, problems, waiting, notices } = state;
    if (digest !== '' && digest !== before.digest)
      this.#log.info({ digest, policies: policies.length }, 'policy loaded');
    if (problems.length > 0 && JSON.stringify(problems) !== JSON.stringify(before.problems)) {
      this.#log.warn(
        { problems },
        this.#engine === null ? 'no policy in force: all is denied' : 'policy broken: the last good one goes on',
      );
    }
    if (waiting !== null && waiting.digest !== before.waiting?.digest) {
      const rules = this.#waiting?.change.rules ?? [];
      this.#log.warn(
        { ...waiting, rules: idsOf(rules) },
        'a change of the policy waits: "gatehouse policy accept" shows it',
      );
      this.#note('policy-waits', `${waiting.digest}: ${idsOf(rules)}`);
    }
    for (const notice of notices.filter((one) => !before.notices.includes(one))) {
      this.#log.warn({ folder: this.#folder }, notice);
      this.#note('policy-folder-noticed', notice);
    }
    for (const listener of this.#listeners) listener(state);
  }
}

const EMPTIED =
  'the policy folder holds no policy any more, which is not a first start: everything is denied until its files are back';

/** For records: the rules of a change that open something, as many as fit on a line. */
function idsOf(rules: readonly RuleChange[]): string {
  const open = rules.filter(({ opens }) => opens.length > 0).map(({ id }) => id);
  const more = open.length > 20 ? ` and ${open.length - 20} more` : '';
  return open.length === 0 ? 'no rule opens' : `${open.slice(0, 20).join(', ')}${more}`;
}

/** The answer to everything while there is no policy: no, with the reason. */
function notLoaded({ folder, problems, waiting }: PolicyState): Decision {
  const [problem] = problems;
  const where = problem === undefined || problem.line === 0 ? '' : `, line ${problem.line}`;
  const what = problem === undefined ? (waiting?.why ?? folder) : `${problem.file}${where}: ${problem.message}`;
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
