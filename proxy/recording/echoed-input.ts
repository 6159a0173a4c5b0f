const ECHO_MS = 250;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences with which shells colour what they echo
const BEFORE_ECHO = /^(?:\x1b\[[0-9;?]*[ -/]*[@-~]|\x08|\r)+/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: what separates typed text: Enter, Tab, Ctrl and arrow keys
const CONTROL = /[\x00-\x1f\x7f]/;

/**
 * Keeps passwords out of recorded input. Whether a terminal echoes cannot be asked from here, so what counts is what
 * happens: typed text is recorded when the terminal's next output starts with it within 250 ms; otherwise only how
 * many characters it had. In doubt it is hidden.
 */
export class EchoedInput {
  readonly #record: (text: string) => void;
  #waiting = '';
  #timer: NodeJS.Timeout | null = null;

  constructor(record: (text: string) => void) {
    this.#record = record;
  }

  typed(text: string): void {
    this.#waiting += text;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.end(), ECHO_MS);
  }

  printed(text: string): void {
    if (!this.#waiting) return;
    let output = text.replace(BEFORE_ECHO, '');
    while (this.#waiting) {
      const control = this.#waiting.search(CONTROL);
      const word = control === -1 ? this.#waiting : this.#waiting.slice(0, control);
      const echoed = commonStart(word, output);
      if (word && echoed === 0) break;
      if (echoed > 0) this.#record(this.#waiting.slice(0, echoed));
      this.#waiting = this.#waiting.slice(echoed);
      output = output.slice(echoed);
      // The rest may be echoed by the next output; what is no text needs no echo.
      if (echoed < word.length || control === -1) return;
      this.#record(this.#waiting.slice(0, 1));
      this.#waiting = this.#waiting.slice(1);
      output = output.replace(/^[\r\n]+/, '');
    }
    this.end();
  }

  /** What was not echoed will not be. */
  end(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const waiting = this.#waiting;
    this.#waiting = '';
    for (const part of waiting.split(/([\p{Cc}]+)/u)) {
      if (part) this.#record(CONTROL.test(part) ? part : `‹hidden ${part.length}›`);
    }
  }
}

function commonStart(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}
