import type { Author } from '../../../model/caller.ts';
import type { Decision } from '../../../model/decision.ts';
import type { WaitingChange } from '../../../model/policy-change.ts';
import type { PolicyState, PolicyWarning } from '../../../model/policy-state.ts';
import { visible } from '../../../model/visible-text.ts';
import type { GatewayLog } from '../../gateway-log.ts';
import { groupsToLookAt } from '../never-matches/here.ts';
import type { Surroundings } from '../never-matches/surroundings.ts';
import { policyWarnings } from '../never-matches/warnings.ts';
import { PolicyEngine } from '../policy-engine.ts';
import type { PolicyQuestion } from '../policy-question.ts';
import { PolicyChangeError, type PolicyEvent, type PolicyOpening, type PolicySource } from '../policy-source.ts';
import { Acceptance, type AcceptanceOptions } from './acceptance.ts';
import { type FolderPlace, linksOutside, placeOf, replacedInWords } from './folder-place.ts';
import { FolderWatch } from './folder-watch.ts';
import { notLoaded } from './not-loaded.ts';
import { idsOf, logChange } from './policy-lines.ts';
import { type FolderContent, isEmptied, readPolicyFolder, writeDefaultPolicy } from './read-policy-folder.ts';
import { WarningLog } from './warning-log.ts';

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
        log.info({ event: 'policy-built-in-written', folder }, 'wrote the built-in policy into an empty policy folder');
      }
    } catch (error) {
      if (mustWrite) throw error;
      // Reading it fails the same way, and says so in the state.
      log.error({ event: 'policy-built-in-unwritten', folder, error }, 'could not write the built-in policy');
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
  #surroundings: Surroundings | null = null;
  readonly #warnings: WarningLog;
  readonly #watch: FolderWatch;
  #reading: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(folder: string, acceptance: Acceptance, opening: PolicyOpening) {
    this.#folder = folder;
    this.#acceptance = acceptance;
    this.#opening = opening;
    this.#log = opening.log;
    this.#warnings = new WarningLog(opening.log);
    const nothing = { digest: '', loadedAt: '', policies: [], problems: [], warnings: [], waiting: null, notices: [] };
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

  readAnew(): Promise<void> {
    return this.#inTurn(() => this.#read());
  }

  /** What is put into force is what was judged, from memory: the folder may say something else by now. */
  accept(digest: string, author: Author): Promise<void> {
    return this.#inTurn(async () => {
      await this.#read();
      if (this.#waiting?.content.digest !== digest) {
        throw new PolicyChangeError(
          'policy-change-not-waiting',
          'no such change of the policy waits: the policy folder was changed since it was shown, look again',
        );
      }
      const { content, change } = this.#waiting;
      await this.#recordAccepted(`${digest} by ${author.by}: ${idsOf(change.rules)}`, author);
      await this.#acceptance.take(content);
      this.#place = await placeOf(this.#folder);
      await this.#settle(content, [], { by: author.by, opens: idsOf(change.rules) });
    });
  }

  onChange(listener: (state: PolicyState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  surroundedBy(surroundings: Surroundings): void {
    this.#surroundings = surroundings;
    this.#tell({ ...this.#state, warnings: this.#warningsOf(this.#inForce) }, { by: 'where it runs', opens: '' });
  }

  groupsToLookAt(): readonly string[] {
    return groupsToLookAt(this.#inForce?.documents ?? []);
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
  async #recordAccepted(detail: string, author: Author): Promise<void> {
    try {
      await this.#opening.record('policy-accepted', detail, author);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new PolicyChangeError('journal-unavailable', `not accepted: ${reason}`, { cause });
    }
  }

  /** For what happens whether or not it can be written. */
  #note(record: PolicyEvent, detail: string): void {
    this.#opening.record(record, detail).catch((error: unknown) => {
      this.#log.error(
        { event: 'policy-unrecorded', error, record, detail },
        'what became of the policy is not in the journal',
      );
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
  async #settle(
    content: FolderContent,
    noticed: readonly string[],
    accepted: { readonly by: string; readonly opens: string } | null = null,
  ): Promise<void> {
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
    const inForce = this.#inForce;
    const { keeping } = this.#acceptance;
    const change = this.#waiting?.change ?? null;
    const state: PolicyState = {
      status: inForce === null ? 'none' : problems.length > 0 ? 'stale' : 'loaded',
      folder: this.#folder,
      digest: inForce?.digest ?? '',
      loadedAt: inForce?.digest === this.#state.digest ? this.#state.loadedAt : inForce === null ? '' : now(),
      policies: inForce?.policies ?? [],
      problems: isEmptied(content) ? problems.map((problem) => ({ ...problem, message: EMPTIED })) : problems,
      warnings: this.#warningsOf(inForce),
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
    };
    this.#tell(state, accepted ?? { by: 'the policy folder', opens: this.#acceptance.opensInWords });
  }

  get #inForce(): FolderContent | null {
    return this.#engine === null ? null : this.#acceptance.accepted;
  }

  #warningsOf(content: FolderContent | null): readonly PolicyWarning[] {
    return content === null ? [] : policyWarnings(content.documents, this.#surroundings);
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

  #tell(state: PolicyState, { by, opens }: { readonly by: string; readonly opens: string }): void {
    const before = this.#state;
    if (JSON.stringify({ ...before, loadedAt: '' }) === JSON.stringify({ ...state, loadedAt: '' })) return;
    this.#state = state;
    const { waiting, notices } = state;
    logChange(this.#log, { before, state, by, opens });
    this.#warnings.log(state);
    if (waiting !== null && waiting.digest !== before.waiting?.digest) {
      const rules = this.#waiting?.change.rules ?? [];
      this.#log.warn(
        { event: 'policy-waits', ...waiting, rules: idsOf(rules) },
        'a change of the policy waits: "gatehouse policy accept" shows it',
      );
      this.#note('policy-waits', `${waiting.digest}: ${idsOf(rules)}`);
    }
    for (const notice of notices.filter((one) => !before.notices.includes(one))) {
      this.#log.warn({ event: 'policy-folder-noticed', folder: this.#folder }, notice);
      this.#note('policy-folder-noticed', notice);
    }
    for (const listener of this.#listeners) listener(state);
  }
}

const EMPTIED =
  'the policy folder holds no policy any more, which is not a first start: everything is denied until its files are back';

function now(): string {
  return new Date().toISOString();
}
