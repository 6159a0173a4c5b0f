import type { WebContents } from 'electron';
import { HostError } from '../hosts/protocol.ts';
import { type HandCall, type HandQuestion, handQuestion } from './hand-question.ts';

/** As long as Chromium's own transient activation (HTML, "user activation"). */
const DEED_LASTS_MS = 5_000;

/** A key or a button that goes down, or a finger; a pointer that only moves over a page does nothing. */
const DEEDS: ReadonlySet<string> = new Set(['mouseDown', 'keyDown', 'rawKeyDown', 'touchStart', 'gestureTap']);

/** Of a window's contents, what is watched. */
export type Watched = Pick<WebContents, 'on'>;

interface Deed {
  at: number;
  /** What it stood behind already: each call once, so that one click does not open a hundred terminals. */
  readonly done: Set<HandCall>;
}

/**
 * What a person's hand did in each window, as Electron's main process saw it on its way to the page: a script in the page
 * can make up a click for the page, but none that is seen here.
 *
 * A screen reader presses a button without a key or a click that could be seen, and so would a script; for these the
 * person is asked in a dialog of the system's, which no page can answer.
 */
export class Hands {
  readonly #deeds = new WeakMap<Watched, Deed>();
  readonly #ask: (question: HandQuestion) => Promise<boolean>;
  readonly #now: () => number;
  #asking = false;

  /** @param ask puts a call to the person. */
  constructor(ask: (question: HandQuestion) => Promise<boolean>, now: () => number = () => performance.now()) {
    this.#ask = ask;
    this.#now = now;
  }

  watch(contents: Watched): void {
    contents.on('input-event', (_event, { type }) => {
      if (DEEDS.has(type)) this.deed(contents);
    });
    // Keys in a frame of another process are seen here alone. Of these only what no shell gets is meant for the window.
    contents.on('before-input-event', (_event, { type, control, shift, meta }) => {
      if (type === 'keyDown' && ((control && shift) || meta)) this.deed(contents);
    });
  }

  /** Something was done for this window, by a hand or by the app itself at a person's word. */
  deed(contents: Watched): void {
    this.#deeds.set(contents, { at: this.#now(), done: new Set() });
  }

  /**
   * Runs what a hand is behind. What the page then asks for, when the answer took its time (a sign-in, and the terminal
   * after it), still follows from the same deed.
   * @throws {HostError} `gesture-required` when there was no hand, and the person says no.
   */
  async behind<Answer>(contents: Watched, call: HandCall, run: () => Answer | Promise<Answer>): Promise<Answer> {
    if (!this.#isFresh(contents, call)) {
      await this.#askFor(call);
      this.deed(contents);
    }
    const deed = this.#deeds.get(contents);
    deed?.done.add(call);
    const answer = await run();
    if (deed) deed.at = this.#now();
    return answer;
  }

  #isFresh(contents: Watched, call: HandCall): boolean {
    const deed = this.#deeds.get(contents);
    return deed !== undefined && this.#now() - deed.at <= DEED_LASTS_MS && !deed.done.has(call);
  }

  async #askFor(call: HandCall): Promise<void> {
    // One question at a time: a page that asks without end gets no further than one dialog.
    if (!this.#asking) {
      this.#asking = true;
      try {
        if (await this.#ask(handQuestion(call))) return;
      } finally {
        this.#asking = false;
      }
    }
    throw new HostError('gesture-required', 'Only a click or a key press in this window can do this');
  }
}
