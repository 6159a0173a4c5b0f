/** Above this many characters that the screen has not acknowledged, the shell waits; below the other, it goes on. */
export const PAUSE_ABOVE = 100_000;
export const RESUME_BELOW = 5_000;

/** Keeps a fast program from filling the memory of a screen that cannot keep up. */
export class FlowControl {
  readonly #pause: () => void;
  readonly #resume: () => void;
  #unacknowledged = 0;
  #paused = false;

  constructor(shell: { pause(): void; resume(): void }) {
    this.#pause = () => shell.pause();
    this.#resume = () => shell.resume();
  }

  sent(characters: number): void {
    this.#unacknowledged += characters;
    if (this.#paused || this.#unacknowledged <= PAUSE_ABOVE) return;
    this.#paused = true;
    this.#pause();
  }

  acknowledged(characters: number): void {
    this.#unacknowledged = Math.max(0, this.#unacknowledged - characters);
    if (this.#paused && this.#unacknowledged < RESUME_BELOW) this.#go();
  }

  /** Nobody reads any more, or somebody else starts to: what was sent to the last reader no longer counts. */
  reset(): void {
    this.#unacknowledged = 0;
    if (this.#paused) this.#go();
  }

  #go(): void {
    this.#paused = false;
    this.#resume();
  }
}
