import type { ApprovalRequest } from '../../model/approval.ts';
import { requestLine } from '../../model/request-words.ts';

/** Shows a notification; null where the system has none. */
type Notify = (
  words: { readonly title: string; readonly body: string },
  clicked: () => void,
) => { close(): void } | null;

/** Tells the person, who is looking elsewhere, that a request waits for them. */
export class ApprovalNotifications {
  readonly #shown = new Map<string, { close(): void }>();
  readonly #away: () => boolean;
  readonly #open: (id: string) => void;
  readonly #notify: Notify;

  constructor(away: () => boolean, open: (id: string) => void, notify: Notify) {
    this.#away = away;
    this.#open = open;
    this.#notify = notify;
  }

  changed(approval: ApprovalRequest): void {
    const { id, state, code, intent } = approval;
    const shown = this.#shown.get(id);
    if (state !== 'PENDING') {
      shown?.close();
      this.#shown.delete(id);
      return;
    }
    if (shown || !this.#away()) return;
    const as = intent.effective ? ` as ${intent.effective.user}` : '';
    const words = {
      title: `A request waits for you (${code})`,
      body: `${requestLine(intent.request)}${as} on ${intent.cluster}`,
    };
    const notification = this.#notify(words, () => this.#open(id));
    if (notification) this.#shown.set(id, notification);
  }
}
