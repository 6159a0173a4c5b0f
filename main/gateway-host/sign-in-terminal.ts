import type { SignInQuestion } from '../../preload/contract.ts';
import type { AskingPlugin, LentTerminal, PluginTerminal } from '../../proxy/clusters/plugin-terminal.ts';
import { Refusal } from '../../proxy/refusal.ts';
import { HostError } from '../hosts/protocol.ts';
import type { TerminalPair } from '../terminal-pair.ts';
import { SignIn } from './sign-in.ts';

export interface SignInTerminalOptions {
  /** @throws {Error} when the system gives no pseudo-terminal. */
  readonly open: () => Promise<TerminalPair>;
  /** What a person is asked now; null: nothing. */
  readonly tell: (question: SignInQuestion | null) => void;
}

/** Milliseconds for which changes are gathered: a plugin may print faster than anybody reads. */
const GATHER = 30;

/**
 * Lends each run of a credential plugin a pseudo-terminal of its own. Most ask nothing, and nobody hears of these; those
 * that do are put before the person one at a time, in the order in which they asked.
 */
export class SignInTerminal implements PluginTerminal {
  readonly #options: SignInTerminalOptions;
  #line: readonly SignIn[] = [];
  #front: SignIn | null = null;
  #gathering: NodeJS.Timeout | null = null;

  constructor(options: SignInTerminalOptions) {
    this.#options = options;
  }

  isInFront(): Promise<boolean> {
    return Promise.resolve(true);
  }

  async use<T>(plugin: AskingPlugin, run: (lent: LentTerminal) => Promise<T>): Promise<T> {
    const pair = await this.#options.open().catch(() => {
      throw new Refusal(
        'upstream-credential-unavailable',
        `Exec plugin "${plugin.command}" may want to ask a person, and the system gives no pseudo-terminal for it`,
      );
    });
    const signIn: SignIn = new SignIn(
      plugin,
      pair,
      () => this.#become([...this.#line, signIn]),
      () => this.#tellSoon(),
    );
    try {
      return await run(signIn);
    } finally {
      signIn.close();
      this.#become(this.#line.filter((other) => other !== signIn));
    }
  }

  /** @throws {HostError} `sign-in-over` where another is asked by now, or none. */
  answer(id: string, text: string): void {
    this.#asked(id).answer(text);
  }

  /** @throws {HostError} `sign-in-over` */
  decline(id: string): void {
    this.#asked(id).decline();
  }

  #asked(id: string): SignIn {
    if (this.#front?.id === id) return this.#front;
    throw new HostError('sign-in-over', 'The plugin that asked this has ended');
  }

  #become(line: readonly SignIn[]): void {
    const before = this.#line;
    this.#line = line;
    const [front = null] = line;
    if (front === this.#front) {
      if (line.length !== before.length) this.#tellSoon();
      return;
    }
    this.#front = front;
    front?.shown();
    this.#tell();
  }

  #tellSoon(): void {
    this.#gathering ??= setTimeout(() => this.#tell(), GATHER);
  }

  #tell(): void {
    if (this.#gathering) clearTimeout(this.#gathering);
    this.#gathering = null;
    this.#options.tell(this.#front?.question(this.#line.length - 1) ?? null);
  }
}
