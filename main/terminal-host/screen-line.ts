import { StringDecoder } from 'node:string_decoder';
import { z } from 'zod';
import type { TerminalInput, TerminalOutput } from '../../preload/contract.ts';
import { FlowControl } from './flow-control.ts';

/** Electron's `MessagePortMain`, as far as it is used. */
export interface ScreenPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  start(): void;
  close(): void;
}

const terminalInput: z.ZodType<TerminalInput> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('input'), data: z.string().max(4_000_000) }),
  z.object({
    type: z.literal('resize'),
    columns: z.number().int().min(2).max(1000),
    rows: z.number().int().min(1).max(1000),
  }),
  z.object({ type: z.literal('acknowledge'), characters: z.number().int().min(0) }),
]);

const GATHER_MS = 5;
/** What a screen that attaches later is shown first. */
const BACKLOG_CHARACTERS = 256 * 1024;

/** The line from one terminal to the screen that shows it. Output waits here while there is no screen. */
export class ScreenLine {
  readonly #decoder = new StringDecoder('utf8');
  readonly #flow: FlowControl;
  readonly #onInput: (input: Exclude<TerminalInput, { type: 'acknowledge' }>) => void;
  #port: ScreenPort | null = null;
  #gathered = '';
  #timer: NodeJS.Timeout | null = null;
  #backlog = '';
  #exit: number | null = null;

  constructor(
    shell: { pause(): void; resume(): void },
    onInput: (input: Exclude<TerminalInput, { type: 'acknowledge' }>) => void,
  ) {
    this.#flow = new FlowControl(shell);
    this.#onInput = onInput;
  }

  attach(port: ScreenPort): void {
    this.#flush();
    this.#port?.close();
    this.#flow.reset();
    this.#port = port;
    port.on('message', ({ data }) => {
      const input = terminalInput.safeParse(data);
      if (!input.success || this.#port !== port) return;
      if (input.data.type === 'acknowledge') this.#flow.acknowledged(input.data.characters);
      else this.#onInput(input.data);
    });
    port.on('close', () => {
      if (this.#port !== port) return;
      this.#port = null;
      this.#flow.reset();
    });
    port.start();
    if (this.#backlog) this.#send(this.#backlog);
    if (this.#exit !== null) this.#post({ type: 'exit', code: this.#exit });
  }

  output(bytes: Buffer): void {
    this.#gathered += this.#decoder.write(bytes);
    this.#timer ??= setTimeout(() => this.#flush(), GATHER_MS);
  }

  /** The shell ended; the last output goes first. */
  exit(code: number): void {
    this.#gathered += this.#decoder.end();
    this.#flush();
    this.#exit = code;
    this.#post({ type: 'exit', code });
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#port?.close();
    this.#port = null;
  }

  #flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const text = this.#gathered;
    if (!text) return;
    this.#gathered = '';
    this.#backlog = (this.#backlog + text).slice(-BACKLOG_CHARACTERS);
    if (this.#port) this.#send(text);
  }

  #send(text: string): void {
    this.#post({ type: 'output', data: text });
    this.#flow.sent(text.length);
  }

  #post(message: TerminalOutput): void {
    this.#port?.postMessage(message);
  }
}
