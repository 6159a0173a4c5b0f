import { BytePipe, type ByteSink, type ByteSource } from './byte-pipe.ts';
import { isIncomplete, type Shell } from './shell.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: ESC starts the sequences that arrow keys send.
const escapeSequences = /\u001b(?:\[[0-9;]*[A-Za-z~]|O.)/g;

/** Ctrl-C and Ctrl-D: as keys, and standing for themselves among the lines. */
const interruptMark = '\u0003';
const endMark = '\u0004';

/**
 * What a terminal driver does between the keys and the programs: echoes, edits the line, turns Ctrl-C into an
 * interruption and Ctrl-D into the end of input (`termios(3)`, canonical mode).
 */
export class Terminal {
  /** Lines for whatever reads the terminal. */
  readonly input = new BytePipe();
  readonly #output: ByteSink;
  #line = '';
  #interrupt = new AbortController();

  constructor(output: ByteSink) {
    this.#output = output;
  }

  /** Aborted by the next Ctrl-C. */
  get signal(): AbortSignal {
    if (this.#interrupt.signal.aborted) this.#interrupt = new AbortController();
    return this.#interrupt.signal;
  }

  /** Programs' output: line feeds become CR LF. */
  get display(): ByteSink {
    return {
      write: (bytes) => this.#output.write(Buffer.from(bytes.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1')),
    };
  }

  #echo(text: string): void {
    void this.#output.write(Buffer.from(text));
  }

  /** Keys from the client. */
  type(bytes: Buffer): void {
    // Escape sequences (arrow keys) have no meaning here and would show as rubbish.
    const text = bytes.toString('utf8').replace(escapeSequences, '');
    for (const key of text) this.#key(key);
  }

  #key(key: string): void {
    if (key === '\r' || key === '\n') {
      this.#echo('\r\n');
      void this.input.write(Buffer.from(`${this.#line}\n`));
      this.#line = '';
    } else if (key === interruptMark) {
      this.#echo('^C\r\n');
      this.#line = '';
      this.#interrupt.abort();
      void this.input.write(Buffer.from(`${interruptMark}\n`));
    } else if (key === endMark) {
      if (this.#line === '') void this.input.write(Buffer.from(`${endMark}\n`));
    } else if (key === '\u007f' || key === '\b') {
      if (this.#line === '') return;
      this.#line = [...this.#line].slice(0, -1).join('');
      this.#echo('\b \b');
    } else if (key === '\u0015') {
      this.#echo('\b \b'.repeat([...this.#line].length));
      this.#line = '';
    } else if (key >= ' ') {
      this.#line += key;
      this.#echo(key);
    }
  }
}

/** The terminal as one command's input: Ctrl-D ends it, and what the command leaves unread stays for the next one. */
export class ForegroundInput implements ByteSource {
  readonly #lines: BytePipe;
  #ended = false;
  /** Whether the command met Ctrl-C while it was reading. */
  interrupted = false;

  constructor(lines: BytePipe) {
    this.#lines = lines;
  }

  async readLine(): Promise<string | null> {
    if (this.#ended) return null;
    const line = await this.#lines.readLine();
    this.interrupted ||= line === interruptMark;
    this.#ended = line === null || line === endMark || line === interruptMark;
    return this.#ended ? null : line;
  }

  async read(): Promise<Buffer | null> {
    const line = await this.readLine();
    return line === null ? null : Buffer.from(`${line}\n`);
  }

  break(): void {
    this.#ended = true;
  }
}

/** Reads and runs commands at a prompt until `exit`, Ctrl-D, or the end of the connection. */
export async function runInteractive(shell: Shell, terminal: Terminal, closed: AbortSignal): Promise<number> {
  const { display, input } = terminal;
  let script = '';
  let code = 0;
  while (!closed.aborted) {
    await display.write(Buffer.from(script === '' ? `${shell.folder} # ` : '> '));
    const line = await input.readLine();
    if (line === null || (line === endMark && script === '')) break;
    script = line === interruptMark || line === endMark ? '' : `${script}${line}\n`;
    if (script.trim() === '') {
      script = '';
      continue;
    }
    if (isIncomplete(script)) continue;
    const result = await runForeground(shell, terminal, script, closed);
    code = result.code;
    if (result.exited) return code;
    script = '';
  }
  return code;
}

/** Runs one command with the terminal as its input; Ctrl-C stops it and forgets what was typed ahead. */
async function runForeground(shell: Shell, terminal: Terminal, script: string, closed: AbortSignal) {
  const interrupt = terminal.signal;
  const stdin = new ForegroundInput(terminal.input);
  const { display } = terminal;
  const signal = AbortSignal.any([interrupt, closed]);
  const result = await shell.run(script, { stdin, stdout: display, stderr: display, signal });
  if (interrupt.aborted && !stdin.interrupted) {
    for (let line = await terminal.input.readLine(); line !== null && line !== interruptMark; ) {
      line = await terminal.input.readLine();
    }
  }
  return result;
}
