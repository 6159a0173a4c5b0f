import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { visible } from '../../model/visible-text.ts';
import type { SignInQuestion } from '../../preload/contract.ts';
import type { AskingListener, AskingPlugin, LentTerminal } from '../../proxy/clusters/plugin-terminal.ts';
import type { TerminalPair } from '../terminal-pair.ts';
import { printedText } from './printed-text.ts';

/** Milliseconds after which a line that was left open is a question: most of what is printed goes on at once. */
const OPEN_LINE = 300;
/** Milliseconds after which a plugin that printed whole lines is taken to wait for a person. */
const WHOLE_LINES = 3_000;
/** Milliseconds between two looks at the terminal's echo while a person is asked: nothing tells when it changes. */
const ECHO_AGAIN = 400;
/** UTF-16 units of what was printed that are kept. */
const KEPT = 16_384;

/** One run of a credential plugin on a pseudo-terminal of its own, and what of it a person sees. */
export class SignIn implements LentTerminal {
  readonly id = randomUUID();
  readonly device: string;
  readonly #plugin: AskingPlugin;
  readonly #pair: TerminalPair;
  readonly #asks: () => void;
  readonly #changed: () => void;
  readonly #decoders = [new StringDecoder('utf8'), new StringDecoder('utf8')] as const;
  #listener: AskingListener | null = null;
  #printed = '';
  #firstPrinted: number | null = null;
  #masked = true;
  #isAsking = false;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  /**
   * @param asks it waits for a person, it seems; told once.
   * @param changed what the person sees is another.
   */
  constructor(plugin: AskingPlugin, pair: TerminalPair, asks: () => void, changed: () => void) {
    this.#plugin = plugin;
    this.#pair = pair;
    this.device = pair.name;
    this.#asks = asks;
    this.#changed = changed;
    pair.master.on('data', (bytes: Buffer) => this.#print(this.#decoders[0].write(bytes)));
    pair.master.on('error', () => undefined);
  }

  follow(listener: AskingListener): void {
    this.#listener = listener;
  }

  said(bytes: Buffer): void {
    this.#print(this.#decoders[1].write(bytes));
  }

  /** Its question is before the person from now on. */
  shown(): void {
    this.#listener?.shown();
    this.#followEcho();
  }

  question(others: number): SignInQuestion {
    return {
      id: this.id,
      context: visible(this.#plugin.context),
      command: visible(this.#plugin.command),
      text: printedText(this.#printed),
      masked: this.#masked,
      others,
    };
  }

  answer(text: string): void {
    this.#listener?.answered(text);
    this.#pair.master.write(`${text}\r`);
  }

  decline(): void {
    this.#listener?.declined();
  }

  /** The plugin has ended. */
  close(): void {
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#pair.master.destroy();
    closeSync(this.#pair.slave);
  }

  #print(text: string): void {
    if (this.#closed || text === '') return;
    this.#printed = (this.#printed + text).slice(-KEPT);
    if (this.#isAsking) {
      this.#changed();
      return;
    }
    this.#firstPrinted ??= performance.now();
    if (this.#timer) clearTimeout(this.#timer);
    const left = this.#firstPrinted + WHOLE_LINES - performance.now();
    this.#timer = setTimeout(() => this.#ask(), text.endsWith('\n') ? Math.max(0, left) : OPEN_LINE);
  }

  #ask(): void {
    this.#isAsking = true;
    this.#listener?.waits();
    this.#asks();
  }

  #followEcho(): void {
    echoes(this.#pair.slave, (on) => {
      if (this.#closed) return;
      if (this.#masked === on) {
        this.#masked = !on;
        this.#changed();
      }
      this.#timer = setTimeout(() => this.#followEcho(), ECHO_AGAIN);
    });
  }
}

/** Whether a terminal shows what is typed; where that cannot be told, it is taken not to. */
function echoes(slave: number, tell: (on: boolean) => void): void {
  const stty = spawn('stty', ['-a'], { stdio: [slave, 'pipe', 'ignore'] });
  let told = '';
  stty.stdout?.setEncoding('utf8').on('data', (text: string) => {
    told += text;
  });
  stty.once('error', () => tell(false));
  stty.once('close', (code) => {
    if (code !== null && code >= 0) tell(code === 0 && /(?<![-\w])echo(?!\w)/.test(told));
  });
}
