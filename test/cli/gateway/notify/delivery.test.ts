import { describe, expect, it, vi } from 'vitest';
import type { Channel, Sent } from '../../../../cli/gateway/notify/channel.ts';
import { notSent } from '../../../../cli/gateway/notify/channel.ts';
import { Delivery } from '../../../../cli/gateway/notify/delivery.ts';
import type { OutgoingNotification } from '../../../../cli/gateway/notify/notification.ts';

const well: Sent = { isSent: true, says: 'ok' };

function notification(id: string, about: Partial<OutgoingNotification> = {}): OutgoingNotification {
  return { id, type: 'approval.waits', subject: id, staleAt: Number.POSITIVE_INFINITY, body: '{}', ...about };
}

/** A channel that a test answers for. */
function answering(send: Channel['send'], about: Partial<Channel> = {}) {
  const lines: Array<{ event: string; [field: string]: unknown }> = [];
  const note = (fields: { event: string }) => void lines.push(fields);
  const log = { debug: () => undefined, info: note, warn: note, error: note, close: () => undefined };
  const delivery = new Delivery({ name: 'webhook https://there', atOnce: 1, pauses: [], send, ...about }, log);
  return { delivery, lines };
}

/** A channel whose notifications stay under way until they are let go. */
function slow(about: Partial<Channel> = {}) {
  const underWay: Array<{ id: string; end: (sent: Sent) => void }> = [];
  const sent: string[] = [];
  const parts = answering(({ id }, signal) => {
    sent.push(id);
    return new Promise((resolve) => {
      underWay.push({ id, end: resolve });
      signal.addEventListener('abort', () => resolve(notSent('the gateway stops', true)), { once: true });
    });
  }, about);
  const next = async () => {
    await vi.waitFor(() => expect(underWay).not.toEqual([]));
    underWay.shift()?.end(well);
  };
  return { ...parts, sent, underWay, next };
}

it('sends one after the other, and takes each at once', async () => {
  const { delivery, sent, next } = slow();
  for (const id of ['a', 'b', 'c']) delivery.offer(notification(id));
  expect(sent).toEqual(['a']);
  for (let i = 0; i < 3; i += 1) await next();
  expect(sent).toEqual(['a', 'b', 'c']);
});

it('sends several at once where the channel can, those of one subject in their order', async () => {
  const { delivery, sent, underWay } = slow({ atOnce: 2 });
  for (const [id, subject] of [
    ['a1', 'a'],
    ['a2', 'a'],
    ['b1', 'b'],
    ['c1', 'c'],
  ] as const) {
    delivery.offer(notification(id, { subject }));
  }
  expect(sent).toEqual(['a1', 'b1']);
  underWay.find(({ id }) => id === 'a1')?.end(well);
  await vi.waitFor(() => expect(sent).toEqual(['a1', 'b1', 'a2']));
});

describe('what does not go through', () => {
  it('is tried again after pauses, and said in one line, its end in another', async () => {
    const answers = [notSent('503', true), notSent('503', true), well];
    const { delivery, lines } = answering(async () => answers.shift() ?? well, { pauses: [1, 1, 1] });
    delivery.offer(notification('a'));
    await vi.waitFor(() => expect(lines).toHaveLength(2));
    expect(lines).toMatchObject([
      { event: 'notify-failed', channel: 'webhook https://there', type: 'approval.waits', why: '503' },
      { event: 'notify-works', lost: 0 },
    ]);
  });

  it('is given up after the last pause, or at once where it would not help, and counted', async () => {
    let tries = 0;
    let works = false;
    const send = async ({ id }: OutgoingNotification) => {
      tries += 1;
      return works ? well : notSent('no', id === 'a');
    };
    const { delivery, lines } = answering(send, { pauses: [1, 1] });
    delivery.offer(notification('a'));
    delivery.offer(notification('b'));
    await vi.waitFor(() => expect(tries).toBe(4));
    works = true;
    delivery.offer(notification('c'));
    await vi.waitFor(() => expect(lines.at(-1)).toMatchObject({ event: 'notify-works', lost: 2 }));
    expect(lines).toHaveLength(2);
  });

  it('waits as long as the other side asks for', async () => {
    const answers = [notSent('429', true, 1), well];
    const { delivery, lines } = answering(async () => answers.shift() ?? well, { pauses: [3_600_000] });
    delivery.offer(notification('a'));
    await vi.waitFor(() => expect(lines.at(-1)).toMatchObject({ event: 'notify-works' }));
  });

  it('is no end of the rest where the channel itself has a defect', async () => {
    let fails = true;
    const { delivery, lines } = answering(async () => {
      if (fails) throw new Error('a bug of ours');
      return well;
    });
    delivery.offer(notification('a'));
    await vi.waitFor(() => expect(lines).toHaveLength(1));
    fails = false;
    delivery.offer(notification('b'));
    await vi.waitFor(() => expect(lines.at(-1)).toMatchObject({ event: 'notify-works', lost: 1 }));
  });
});

it('keeps 500 at most: beyond, the oldest goes, which is said once', async () => {
  const { delivery, sent, lines, next } = slow();
  for (let i = 0; i <= 1_000; i += 1) delivery.offer(notification(String(i)));
  expect(lines).toMatchObject([{ event: 'notify-dropped' }]);
  await next();
  await vi.waitFor(() => expect(sent).toEqual(['0', '501']));
  await vi.waitFor(() => expect(lines.at(-1)).toMatchObject({ event: 'notify-works', lost: 500 }));
});

it('leaves out what nobody needs any more', async () => {
  const { delivery, sent, next } = slow();
  delivery.offer(notification('a'));
  delivery.offer(notification('late', { staleAt: Date.now() - 1 }));
  delivery.offer(notification('b'));
  await next();
  await vi.waitFor(() => expect(sent).toEqual(['a', 'b']));
});

describe('at the stop of the gateway', () => {
  it('what waits still goes, and no try is waited for', async () => {
    const { delivery, sent, next, lines } = slow();
    for (const id of ['a', 'b']) delivery.offer(notification(id));
    const closed = delivery.close(60_000);
    await next();
    await next();
    await closed;
    expect({ sent, lines }).toEqual({ sent: ['a', 'b'], lines: [] });
    delivery.offer(notification('c'));
    expect(sent).toEqual(['a', 'b']);
  });

  it('a pause before another try is not waited for', async () => {
    const { delivery } = answering(async () => notSent('503', true), { pauses: [3_600_000] });
    delivery.offer(notification('a'));
    await delivery.close(3_600_000);
  });

  it('what is under way is broken off after its time, and the rest is counted', async () => {
    const { delivery, lines } = slow();
    for (const id of ['a', 'b', 'c']) delivery.offer(notification(id));
    await delivery.close(1);
    expect(lines.at(-1)).toMatchObject({ event: 'notify-dropped', notifications: 2 });
  });
});
