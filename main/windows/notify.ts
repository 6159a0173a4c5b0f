import { Notification } from 'electron';
import type { ApprovalRequest } from '../../model/approval.ts';
import { requestLine } from '../../model/request-words.ts';

/** Tells the person, who is looking elsewhere, that a request waits for them. */
export class ApprovalNotifications {
  readonly #shown = new Map<string, Notification>();
  readonly #away: () => boolean;
  readonly #open: (id: string) => void;

  constructor(away: () => boolean, open: (id: string) => void) {
    this.#away = away;
    this.#open = open;
  }

  changed(approval: ApprovalRequest): void {
    const { id, state, code, intent } = approval;
    const shown = this.#shown.get(id);
    if (state !== 'PENDING') {
      shown?.close();
      this.#shown.delete(id);
      return;
    }
    if (shown || !this.#away() || !Notification.isSupported()) return;
    const as = intent.effective ? ` as ${intent.effective.user}` : '';
    const notification = new Notification({
      title: `A request waits for you (${code})`,
      body: `${requestLine(intent.request)}${as} on ${intent.cluster}`,
    });
    notification.on('click', () => this.#open(id));
    this.#shown.set(id, notification);
    notification.show();
  }
}
