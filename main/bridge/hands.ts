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
  /** Deeds whose calls were answered after the last one began: somebody who signs in in a browser clicks here meanwhile. */
  readonly #answered = new WeakMap<Watched, Deed>();
  readonly #ask: (question: HandQuestion) => Promise<boolean>;
  readonly #now: () => number;
  #asking = false;
  /** The person said no, and has done nothing here since. */
  #refused = false;

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
    this.#refused = false;
    this.#deeds.set(contents, { at: this.#now(), done: new Set() });
  }

  /**
   * Puts what a page asks for to the person. One question at a time, and after a no none until somebody does something in
   * a window: a page that asks without end gets no further than one dialog.
   * @returns false also where it was not asked.
   */
  async confirm(question: HandQuestion): Promise<boolean> {
    if (this.#asking || this.#refused) return false;
    this.#asking = true;
    try {
      const yes = await this.#ask(question);
      this.#refused = !yes;
      return yes;
    } finally {
      this.#asking = false;
    }
  }

  /**
   * Runs what a hand is behind. What the page then asks for, when the answer took its time (a sign-in, and the terminal
   * after it), still follows from the same deed.
   * @throws {HostError} `gesture-required` when there was no hand, and the person says no.
   */
  async behind<Answer>(contents: Watched, call: HandCall, run: () => Answer | Promise<Answer>): Promise<Answer> {
    if (this.#freshDeed(contents, call) === undefined) {
      if (!(await this.confirm(handQuestion(call)))) {
        throw new HostError('gesture-required', 'Only a click or a key press in this window can do this');
      }
      this.deed(contents);
    }
    const deed = this.#freshDeed(contents, call);
    deed?.done.add(call);
    const answer = await run();
    if (deed) {
      deed.at = this.#now();
      this.#answered.set(contents, deed);
    }
    return answer;
  }

  #freshDeed(contents: Watched, call: HandCall): Deed | undefined {
    return [this.#deeds.get(contents), this.#answered.get(contents)].find(
      (deed) => deed !== undefined && this.#now() - deed.at <= DEED_LASTS_MS && !deed.done.has(call),
    );
  }
}
