import { setTimeout as sleep } from 'node:timers/promises';
import type { LogEvent } from '../../../proxy/log-events.ts';
import type { HeadlessLog } from '../log/gateway-log.ts';
import type { Channel, Sent } from './channel.ts';
import type { OutgoingNotification } from './notification.ts';

/** Notifications that wait: more than approvals can. Beyond, the oldest goes, whose client has mostly given up. */
const WAITING_AT_MOST = 500;

/** Sends notifications over one channel, in the order of their subjects, and never holds up who offers them. */
export class Delivery {
  readonly #channel: Channel;
  readonly #log: HeadlessLog;
  readonly #waiting: OutgoingNotification[] = [];
  readonly #underWay = new Map<string, Promise<void>>();
  /** Aborted when no try is waited for any more. */
  readonly #closing = new AbortController();
  /** Aborted when tries under way are broken off. */
  readonly #broken = new AbortController();
  /** Since when nothing goes through, and how many notifications were given up since. */
  #trouble: { readonly since: number; lost: number } | null = null;

  constructor(channel: Channel, log: HeadlessLog) {
    this.#channel = channel;
    this.#log = log;
  }

  offer(notification: OutgoingNotification): void {
    if (this.#broken.signal.aborted) return;
    this.#waiting.push(notification);
    if (this.#waiting.length > WAITING_AT_MOST) {
      this.#waiting.shift();
      this.#isInTrouble(
        `${WAITING_AT_MOST} notifications wait already: the oldest is dropped`,
        'notify-dropped',
      ).lost += 1;
    }
    this.#next();
  }

  /** Lets what waits go for so long, without further tries, and drops the rest. */
  async close(milliseconds: number): Promise<void> {
    this.#closing.abort();
    const timer = setTimeout(() => this.#broken.abort(), milliseconds);
    while (this.#underWay.size > 0) await Promise.all(this.#underWay.values());
    clearTimeout(timer);
    this.#broken.abort();
    const left = this.#waiting.splice(0).length;
    if (left === 0) return;
    const fields = { event: 'notify-dropped', channel: this.#channel.name, notifications: left } as const;
    this.#log.warn(fields, 'the gateway stops before all notifications were sent');
  }

  #next(): void {
    while (this.#underWay.size < this.#channel.atOnce && !this.#broken.signal.aborted) {
      const index = this.#waiting.findIndex(({ subject }) => !this.#underWay.has(subject));
      const [notification] = index === -1 ? [] : this.#waiting.splice(index, 1);
      if (notification === undefined) return;
      const { subject, staleAt } = notification;
      if (staleAt <= Date.now()) continue;
      const done = this.#deliver(notification).finally(() => {
        this.#underWay.delete(subject);
        this.#next();
      });
      this.#underWay.set(subject, done);
    }
  }

  async #deliver(notification: OutgoingNotification): Promise<void> {
    const { type, id } = notification;
    for (const pause of [...this.#channel.pauses, null]) {
      const sent = await this.#try(notification);
      if (sent.isSent) {
        this.#works();
        this.#log.debug(
          { event: 'notified', channel: this.#channel.name, type, id, says: sent.says },
          'somebody was told',
        );
        return;
      }
      const trouble = this.#isInTrouble(sent.why, 'notify-failed', type);
      const wait = pause === null || !sent.mayRetry ? null : (sent.retryAfter ?? jittered(pause));
      const isOver = wait === null || !(await this.#pause(wait)) || notification.staleAt <= Date.now();
      if (isOver) {
        trouble.lost += 1;
        return;
      }
    }
  }

  async #try(notification: OutgoingNotification): Promise<Sent> {
    try {
      return await this.#channel.send(notification, this.#broken.signal);
    } catch (error) {
      return { isSent: false, why: String(error), mayRetry: false, retryAfter: null };
    }
  }

  /** @returns false where the gateway stops. */
  #pause(milliseconds: number): Promise<boolean> {
    return sleep(milliseconds, true, { signal: this.#closing.signal, ref: false }).catch(() => false);
  }

  /** Said once, until something goes through again. */
  #isInTrouble(why: string, event: LogEvent, type?: string): { lost: number } {
    if (this.#trouble === null) {
      this.#trouble = { since: Date.now(), lost: 0 };
      this.#log.warn({ event, channel: this.#channel.name, type, why }, 'a notification did not go through');
    }
    return this.#trouble;
  }

  #works(): void {
    if (this.#trouble === null) return;
    const { since, lost } = this.#trouble;
    this.#trouble = null;
    const fields = { channel: this.#channel.name, lost, seconds: Math.round((Date.now() - since) / 1_000) };
    this.#log.info({ event: 'notify-works', ...fields }, 'notifications go through again');
  }
}

/** So that many gateways do not come back at the same moment. */
function jittered(milliseconds: number): number {
  return milliseconds * (0.8 + Math.random() * 0.4);
}
