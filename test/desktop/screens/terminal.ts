import { expect, type Page } from '@playwright/test';
import { readRecordings } from '../launch/recordings-on-disk.ts';

/** What one command did, as the terminal's recording has it: without the escape sequences that colour and place it. */
export interface CommandResult {
  readonly exitCode: number;
  readonly output: string;
}

/** The terminal in front, as a person uses it: typed into, and read by what it tells a screen reader. */
export class Terminal {
  readonly #page: Page;
  readonly #recordings: string;
  #commands = 0;

  /** @param recordings the folder in which the app keeps its recordings. */
  constructor(page: Page, recordings: string) {
    this.#page = page;
    this.#recordings = recordings;
  }

  get frame() {
    return this.#page.locator('iframe[title^="Terminal on"]:not([hidden])').contentFrame();
  }

  /** The rows in view, as a screen reader gets them. */
  async rows(): Promise<string[]> {
    const rows = await this.frame.locator('.xterm-accessibility-tree').getByRole('listitem').allTextContents();
    return rows.map((row) => row.replaceAll('\u00a0', ' ').trimEnd());
  }

  /** Waits until the rows in view hold this. */
  async shows(expected: RegExp | string): Promise<void> {
    const found = async () => (await this.rows()).join('\n');
    if (typeof expected === 'string') await expect.poll(found, 'the terminal').toContain(expected);
    else await expect.poll(found, 'the terminal').toMatch(expected);
  }

  /** Waits for the shell's prompt on the last written row. */
  async ready(): Promise<void> {
    await expect.poll(async () => (await this.rows()).filter((row) => row !== '').at(-1), 'the prompt').toBe('$');
  }

  get #input() {
    return this.frame.getByRole('textbox', { name: 'Terminal input' });
  }

  /** Types a line, key by key, and presses Enter. */
  async type(line: string): Promise<void> {
    await this.#input.pressSequentially(line);
    await this.#input.press('Enter');
  }

  /** Pastes a line, which is faster than typing it, and presses Enter. */
  async paste(line: string): Promise<void> {
    await this.#input.evaluate((input, text) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', text);
      input.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }, line);
    await this.#input.press('Enter');
  }

  /** Pastes a command of which something is expected before it ends; `end` waits for that. */
  async start(command: string): Promise<{ end(): Promise<CommandResult> }> {
    this.#commands += 1;
    const mark = `ended ${this.#commands}`;
    const before = readRecordings(this.#recordings).output.length;
    // The shell joins the two halves, so that the echo of the line itself is not taken for the end.
    await this.paste(`${command}; echo "ended"" ${this.#commands}: $?"`);
    return {
      end: async () => {
        const ended = new RegExp(`${mark}: (\\d+)`);
        await expect
          .poll(() => readRecordings(this.#recordings).output.slice(before), `the end of: ${command}`)
          .toMatch(ended);
        const output = readRecordings(this.#recordings).output.slice(before);
        const match = ended.exec(output);
        return { exitCode: Number(match?.[1]), output: output.slice(0, match?.index) };
      },
    };
  }

  /** Runs a command to its end. */
  async run(command: string): Promise<CommandResult> {
    return (await this.start(command)).end();
  }
}
