import { onlyTightens, type RuleChange } from '../../../model/policy-change.ts';
import type { GatewayLog } from '../../gateway-log.ts';
import { comparePolicies } from '../change/compare-policies.ts';
import { DEFAULT_POLICY } from '../default-policy/default-policy.ts';
import { NEVER_MATCHES } from '../never-matches/never-matches.ts';
import type { PolicyOpening } from '../policy-source.ts';
import type { AcceptedFiles, AcceptedPolicy } from './accepted-policy.ts';
import { type FolderContent, type PolicyFile, understandFiles } from './read-policy-folder.ts';

/** What a change is told against. */
type Ground =
  /** What a person accepted last, which is in force while something else waits. */
  | { readonly kind: 'accepted'; readonly content: FolderContent }
  /** Nothing that anybody can vouch for: nothing is in force until a person says so. */
  | { readonly kind: 'none'; readonly why: string }
  /** There is no keystore, so that no record outlives a launch. The policy of this version stands for it, and is not in force. */
  | { readonly kind: 'built-in'; readonly why: string };

/** What is to become of contents of the folder that are good in themselves. */
export type Verdict =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'tightens' }
  | {
      readonly kind: 'waits';
      readonly why: string;
      readonly against: 'accepted' | 'built-in';
      readonly rules: readonly RuleChange[];
    };

export interface AcceptanceOptions {
  readonly store: AcceptedPolicy;
  /** Each change of the folder is taken at once: something else says who may write there (`--trust-policy-folder`). */
  readonly trustsFolder: boolean;
  /** Nothing is written into the folder, also at the first start: it is somebody else's, or cannot be written to. */
  readonly isFixed?: boolean;
  /** A first start that cannot write down what it has to does not go through, and the next one is the first again. */
  readonly mustWrite?: boolean;
}

/** What of the policy folder a person has said yes to, and so what may be in force of it. */
export class Acceptance {
  readonly #store: AcceptedPolicy;
  readonly #trustsFolder: boolean;
  readonly #log: GatewayLog;
  #ground: Ground;
  #keeping: string | null = null;
  /** Nothing was ever accepted for this data folder. */
  readonly isFirstStart: boolean;

  private constructor(options: AcceptanceOptions, log: GatewayLog, ground: Ground, isFirstStart: boolean) {
    this.#store = options.store;
    this.#trustsFolder = options.trustsFolder;
    this.#log = log;
    this.#ground = ground;
    this.isFirstStart = isFirstStart;
  }

  static async open(folder: string, options: AcceptanceOptions, opening: Pick<PolicyOpening, 'log' | 'wasAccepted'>) {
    const found = await options.store.read();
    const made = (ground: Ground, first = false) => new Acceptance(options, opening.log, ground, first);
    if (found.kind === 'accepted') {
      const content = understandFiles(folder, { files: filesOf(found.files), problems: [] });
      // An earlier version took rules that can match nothing. They were in force as what they are, which nobody has to guess.
      const isUnderstood = content.problems.every(({ code }) => code === NEVER_MATCHES);
      if (isUnderstood) return made({ kind: 'accepted', content });
      return made({ kind: 'none', why: 'this version cannot read the policy that was accepted last' });
    }
    if (found.kind === 'unsure') return made({ kind: found.keyIsLost ? 'built-in' : 'none', why: found.why });
    const why = 'the record of the policy that was accepted last is gone';
    if (found.wasHere || (await opening.wasAccepted())) return made({ kind: 'none', why });
    return made({ kind: 'none', why: 'no policy was accepted yet' }, true);
  }

  /** What is in force while a change of the folder waits, or its files have mistakes; null: nothing, so that all is denied. */
  get accepted(): FolderContent | null {
    return this.#ground.kind === 'accepted' ? this.#ground.content : null;
  }

  /** Why what was accepted will not be known at the next start; null where it will. */
  get keeping(): string | null {
    return this.#keeping;
  }

  /** What a change opens that is taken without being asked about; a trusted folder's is not looked into. */
  get opensInWords(): string {
    return this.#trustsFolder ? 'not compared: the policy folder is trusted' : 'no rule opens';
  }

  /** @param content of the folder, without problems. */
  judge(content: FolderContent): Verdict {
    const ground = this.#ground;
    if (ground.kind === 'accepted' && ground.content.digest === content.digest) return { kind: 'accepted' };
    if (this.#trustsFolder) return { kind: 'tightens' };
    const against = ground.kind === 'accepted' ? ground.content : builtIn();
    const rules = comparePolicies(against.resolved(), content.resolved());
    if (ground.kind !== 'none' && onlyTightens(rules)) return { kind: 'tightens' };
    if (ground.kind === 'accepted') {
      return {
        kind: 'waits',
        against: 'accepted',
        rules,
        why: 'The policy folder was changed, and the change opens something',
      };
    }
    const why = `It is not known which policy was accepted (${ground.why}), so everything is denied until you accept what the folder says`;
    return { kind: 'waits', against: 'built-in', rules, why };
  }

  /**
   * From now on this is what was accepted, also where that cannot be written down.
   * @throws where it cannot, and has to be: at a first start.
   */
  async take(content: FolderContent, { mustWrite = false }: { readonly mustWrite?: boolean } = {}): Promise<void> {
    this.#ground = { kind: 'accepted', content };
    try {
      await this.#store.write(content.files.map(({ name, bytes }) => ({ name, text: bytes.toString('utf8') })));
      this.#keeping = null;
    } catch (error) {
      if (mustWrite) throw error;
      const reason = (error as NodeJS.ErrnoException).code ?? String(error);
      this.#keeping = `What was accepted of the policy could not be written down (${reason}), so the next start asks about it`;
      this.#log.error({ event: 'policy-accepted-unwritten', error }, 'the accepted policy could not be written down');
    }
  }
}

function builtIn(): FolderContent {
  const files = DEFAULT_POLICY.map(({ file, text }) => ({ name: file, bytes: Buffer.from(text, 'utf8') }));
  return understandFiles('built-in', { files, problems: [] });
}

function filesOf(files: AcceptedFiles): PolicyFile[] {
  return files.map(({ name, text }) => ({ name, bytes: Buffer.from(text, 'utf8') }));
}
