import type { JournalRecord } from '../../model/journal-record.ts';
import type { GatewayOptions } from '../../proxy/gateway-door.ts';
import { RequestCounts } from '../health/request-counts.ts';
import { OperatorEvents } from './events/operator-events.ts';
import type { GatewayHealth } from './gateway-health.ts';
import { logEvent } from './log/event-lines.ts';
import type { HeadlessLog } from './log/gateway-log.ts';
import type { Notifier } from './notify/notifier.ts';

/** Who hears of what a gateway does. They are there from its first record on, but for those that need the gateway itself. */
export class Onlookers {
  readonly counts = new RequestCounts();
  readonly events: OperatorEvents;
  /** From when a cluster is connected. */
  notifier: Notifier | null = null;
  /** From when clients are let in. */
  health: GatewayHealth | null = null;

  constructor(log: HeadlessLog) {
    this.events = new OperatorEvents((event) => {
      logEvent(log, event);
      this.notifier?.tell(event);
    }, log);
  }

  /** For `GatewayOptions.journalSinks`. */
  get sinks(): NonNullable<GatewayOptions['journalSinks']> {
    const counted = (record: JournalRecord): void => {
      this.counts.record(record);
      this.health?.recorded(record);
    };
    return [this.events.sink, counted];
  }
}
