import { Worker } from 'node:worker_threads';
import type { GatewayLog } from '../gateway-log.ts';
import { NotMaskable } from '../masking/scan/not-maskable.ts';
import { Refusal } from '../refusal.ts';
import type { Answer, Question, Results } from './protocol.ts';

export interface LaneOptions {
  /** The program of the worker: `worker.ts`, bundled. */
  readonly file: URL;
  /** Milliseconds that one question may take before the worker is ended. */
  readonly limit: number;
  readonly log: GatewayLog;
  /** Called once, when it takes no more questions. */
  readonly onEnd: (lane: Lane) => void;
}

interface Asked {
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
}

/** MiB of a worker's heap. What it masks lies outside of it; an object of 8 MiB needs a fraction. */
const HEAP = 512;

/**
 * One worker thread, and the questions that it was asked. It answers in order, so the clock runs for the first that waits.
 * When that takes too long, or the thread fails, nothing of what it held is given out: all that wait are refused.
 */
export class Lane {
  readonly #options: LaneOptions;
  readonly #worker: Worker;
  readonly #waiting: Asked[] = [];
  #bodies = 0;
  #clock: NodeJS.Timeout | undefined;
  #ended: Refusal | null = null;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#worker = new Worker(options.file, {
      // Nothing of the process's own arguments or surroundings is its business.
      argv: [],
      execArgv: [],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: HEAP },
    });
    this.#worker.on('message', (answer: Answer) => this.#answered(answer));
    this.#worker.once('error', (error) => this.#failed(error));
    this.#worker.once('exit', () => this.#end(stopped(), stopped()));
    this.#worker.unref();
  }

  /** Bodies that it was given and that are not over. */
  get bodies(): number {
    return this.#bodies;
  }

  /** Takes a body. @returns to be called when that is over; again does no harm. */
  take(): () => void {
    this.#bodies += 1;
    let isOver = false;
    return () => {
      if (!isOver) this.#bodies -= 1;
      isOver = true;
    };
  }

  /**
   * @param transfer what the worker gets instead of a copy.
   * @throws {NotMaskable} as the worker says.
   * @throws {Refusal} `body-too-slow`, `gateway-busy`, `gateway-stopping`, and as the worker says.
   */
  ask<Asking extends Question>(
    question: Asking,
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<Results[Asking['what']]> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== null) return reject(this.#ended);
      this.#waiting.push({ resolve, reject });
      if (this.#waiting.length === 1) this.#startClock();
      this.#worker.postMessage(question, transfer);
    });
  }

  /** Says something that has no answer. */
  tell(question: Question): void {
    if (this.#ended === null) this.#worker.postMessage(question);
  }

  async close(): Promise<void> {
    const stopping = new Refusal('gateway-stopping', 'Gatehouse is stopping');
    this.#end(stopping, stopping);
    await this.#worker.terminate();
  }

  #startClock(): void {
    clearTimeout(this.#clock);
    if (this.#waiting.length === 0) return;
    this.#clock = setTimeout(() => {
      this.#options.log.error(
        { event: 'body-too-slow', milliseconds: this.#options.limit },
        'A body took too long to be looked through',
      );
      this.#end(tooSlow(this.#options.limit), stopped());
    }, this.#options.limit);
    this.#clock.unref();
  }

  #answered(answer: Answer): void {
    const asked = this.#waiting.shift();
    this.#startClock();
    if (asked === undefined) return;
    if ('result' in answer) asked.resolve(answer.result as never);
    else if ('notMaskable' in answer) asked.reject(new NotMaskable(answer.notMaskable));
    else if ('refused' in answer) {
      const { code, message, details } = answer.refused;
      asked.reject(new Refusal(code, message, details));
    } else asked.reject(new Error(answer.failed));
  }

  #failed(error: Error): void {
    this.#options.log.error({ event: 'body-thread-failed', error }, 'A thread that looks through large bodies failed');
    this.#end(tooSlow(this.#options.limit), stopped());
  }

  #end(first: Refusal, others: Refusal): void {
    if (this.#ended !== null) return;
    this.#ended = others;
    clearTimeout(this.#clock);
    for (const [index, { reject }] of this.#waiting.splice(0).entries()) reject(index === 0 ? first : others);
    void this.#worker.terminate();
    this.#options.onEnd(this);
  }
}

function tooSlow(limit: number): Refusal {
  return new Refusal(
    'body-too-slow',
    `Gatehouse could not look through this in ${limit / 1000} s, so it was withheld; ask for other objects, or make it smaller`,
  );
}

/** For those who waited behind the one that was too slow: theirs may be read well. */
function stopped(): Refusal {
  return new Refusal('gateway-busy', 'Gatehouse is busy with another large body; run the same command again', {
    retryAfterSeconds: 1,
  });
}
