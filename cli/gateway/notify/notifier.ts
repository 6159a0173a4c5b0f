import type { OperatorEvent } from '../events/operator-event.ts';
import type { HeadlessLog } from '../log/gateway-log.ts';
import type { Channel } from './channel.ts';
import { Delivery } from './delivery.ts';
import { type NotifyingGateway, notificationOf } from './notification.ts';

/** Milliseconds that notifications get once the gateway has stopped, as long as requests under way get. */
const LAST_MOMENT = 2_000;

/** Tells somebody, over every channel, what waits and what became of it. */
export class Notifier {
  readonly #deliveries: readonly Delivery[];
  readonly #from: NotifyingGateway;

  constructor(channels: readonly Channel[], from: NotifyingGateway, log: HeadlessLog) {
    this.#deliveries = channels.map((channel) => new Delivery(channel, log));
    this.#from = from;
  }

  tell(event: OperatorEvent): void {
    if (this.#deliveries.length === 0) return;
    const notification = notificationOf(event, this.#from);
    if (notification === null) return;
    for (const delivery of this.#deliveries) delivery.offer(notification);
  }

  async close(): Promise<void> {
    await Promise.all(this.#deliveries.map((delivery) => delivery.close(LAST_MOMENT)));
  }
}
