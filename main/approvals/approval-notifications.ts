import type { ApprovalRequest } from '../../model/approval.ts';
import { clientHasGone, goneWords } from '../../model/approval-words.ts';
import { requestLine } from '../../model/request-words.ts';

/** Shows a notification; null where the system has none. */
type Notify = (
  words: { readonly title: string; readonly body: string },
  clicked: () => void,
) => { close(): void } | null;

/** Tells the person, who is looking elsewhere, that a request waits for them; anew when its client has gone. */
export class ApprovalNotifications {
  readonly #shown = new Map<string, { readonly gone: boolean; close(): void }>();
  readonly #away: () => boolean;
  readonly #open: (id: string) => void;
  readonly #notify: Notify;
  readonly #now: () => number;

  constructor(away: () => boolean, open: (id: string) => void, notify: Notify, now: () => number = Date.now) {
    this.#away = away;
    this.#open = open;
    this.#notify = notify;
    this.#now = now;
  }

  changed(approval: ApprovalRequest): void {
    const { id, state, code, intent } = approval;
    const shown = this.#shown.get(id);
    if (state !== 'PENDING') {
      shown?.close();
      this.#shown.delete(id);
      return;
    }
    const gone = clientHasGone(approval, this.#now());
    if (shown?.gone === gone || !this.#away()) return;
    shown?.close();
    const as = intent.effective ? ` as ${intent.effective.user}` : '';
    const line = `${requestLine(intent.request)}${as} on ${intent.cluster}`;
    const words = {
      title: `A request waits for you (${code})`,
      body: gone ? `${line}\n${goneWords(approval)}` : line,
    };
    const notification = this.#notify(words, () => this.#open(id));
    if (notification) this.#shown.set(id, { gone, close: () => notification.close() });
  }
}
