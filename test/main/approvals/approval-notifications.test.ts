import { beforeEach, describe, expect, test } from 'vitest';
import { ApprovalNotifications } from '../../../main/approvals/approval-notifications.ts';
import { pending } from '../bridge/call-doubles.ts';

describe('a request that waits', () => {
  let away: boolean;
  let now: number;
  const shown: Array<{ title: string; body: string; clicked: () => void; closed: boolean }> = [];
  const opened: string[] = [];
  let notifications: ApprovalNotifications;
  beforeEach(() => {
    away = true;
    now = Date.parse(pending.createdAt);
    shown.splice(0);
    opened.splice(0);
    notifications = new ApprovalNotifications(
      () => away,
      (id) => opened.push(id),
      (words, clicked) => {
        const notification = { ...words, clicked, closed: false };
        shown.push(notification);
        return { close: () => Object.assign(notification, { closed: true }) };
      },
      () => now,
    );
  });

  test('is told once to who looks elsewhere, with its code, its words and whom it acts as', () => {
    notifications.changed(pending);
    notifications.changed(pending);
    expect(shown.map(({ title, body }) => [title, body])).toEqual([
      [`A request waits for you (${pending.code})`, 'list pods in shop as ci-deployer on demo'],
    ]);
    shown[0]?.clicked();
    expect(opened).toEqual([pending.id]);
  });

  test('is told anew when kubectl has given it up, with what approving does then', () => {
    notifications.changed({ ...pending, held: false });
    notifications.changed({ ...pending, held: true });
    now += 60_000;
    notifications.changed({ ...pending, held: true });
    expect(shown).toHaveLength(1);
    notifications.changed({ ...pending, held: false });
    expect(shown.map(({ closed }) => closed)).toEqual([true, false]);
    expect(shown[1]?.body).toContain('kubectl has gone; approving lets a second run through once');
  });

  test('is not told to who looks at the app', () => {
    away = false;
    notifications.changed(pending);
    expect(shown).toEqual([]);
  });

  test('is told no longer once it was decided, and another one is', () => {
    notifications.changed(pending);
    notifications.changed({ ...pending, id: 'a-2' });
    notifications.changed({ ...pending, state: 'DENIED' });
    expect(shown.map(({ closed }) => closed)).toEqual([true, false]);
  });
});
