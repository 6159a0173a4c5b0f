import { describe, expect, it } from 'vitest';
import { lineOf } from '../../../../cli/gateway/log/event-lines.ts';
import { notificationOf, notificationSchema, testNotification } from '../../../../cli/gateway/notify/notification.ts';
import { anApproval, aStream } from '../events/happenings.ts';

const from = { cluster: 'prod', context: 'prod', host: 'srv', user: 'local:ada', dataFolder: '/data' };
const review = { by: 'local:eve', verdict: 'deny', comment: 'no', at: '2026-12-01T10:00:42.000Z' } as const;
const hostile = `$(rm -rf /) \`id\` "'\n\r\u001b[2J\u202e${'x'.repeat(65_536)}`;

function bodyOf(event: Parameters<typeof notificationOf>[0]) {
  const notification = notificationOf(event, from);
  return notification === null ? null : notificationSchema.parse(JSON.parse(notification.body));
}

describe('what somebody is told', () => {
  it('of a request that waits is what an approver needs, and nothing of its body', () => {
    const approval = anApproval({
      bodyPreview: 'password: canary',
      effective: { user: 'system:admin', uid: '', groups: ['system:masters'], extra: {} },
    });
    const body = bodyOf({ kind: 'approval-asked', approval });
    expect(body).toMatchObject({
      version: 1,
      type: 'approval.waits',
      gateway: from,
      data: {
        approval: {
          code: '7F3K',
          request: 'delete namespace shop',
          verb: 'delete',
          resource: 'namespaces',
          name: 'shop',
          who: 'local:ada',
          as: { user: 'system:admin', groups: ['system:masters'] },
          rules: ['confirm/namespaces'],
          message: 'takes everything in it along',
          bodyBytes: 35,
          expiresAt: approval.expiresAt,
        },
      },
    });
    expect(JSON.stringify(body)).not.toContain('canary');
  });

  it('of a decision is who decided and when', () => {
    const approval = anApproval({}, { state: 'DENIED', review });
    expect(bodyOf({ kind: 'approval-decided', approval, afterMs: 42_000 })).toMatchObject({
      type: 'approval.decided',
      data: { verdict: 'deny', by: 'local:eve', comment: 'no', afterSeconds: 42 },
    });
  });

  it('of a decision through sudo has who ran it as what it is', () => {
    const caller = { uid: 0, claims: { pid: 7, sudoUser: 'eve', sudoUid: 1001 } };
    const approval = anApproval({}, { state: 'DENIED', review: { ...review, by: 'local:root', caller } });
    expect(bodyOf({ kind: 'approval-decided', approval, afterMs: 42_000 })?.data).toMatchObject({
      by: 'local:root',
      claims: { sudoUser: 'eve', sudoUid: 1001 },
    });
    expect(lineOf({ kind: 'approval-decided', approval, afterMs: 42_000 })?.fields).toMatchObject({
      by: 'local:root',
      claims: { sudoUser: 'eve', sudoUid: 1001 },
    });
  });

  it('of one that ended without a decision is why', () => {
    const approval = anApproval({}, { state: 'CANCELLED', endReason: 'too many' });
    const body = bodyOf({ kind: 'approval-ended', approval, afterMs: 1_000 });
    expect(body).toMatchObject({ type: 'approval.ended', data: { state: 'CANCELLED', why: 'too many' } });
  });

  it('of a policy that waits is what it opens', () => {
    const rule = {
      id: 'never/x',
      file: 'never.yaml',
      kind: 'removed',
      about: 'deny',
      closes: [],
      differences: [],
    } as const;
    const rules = [
      { ...rule, opens: ['lets it through'] },
      { ...rule, id: 'never/y', opens: [] },
    ];
    const change = { digest: 'd', since: '2026-12-01T10:00:00.000Z', why: 'x', against: 'accepted', rules } as const;
    expect(bodyOf({ kind: 'policy-waits', change })).toMatchObject({
      type: 'policy.waits',
      data: { digest: 'd', rules: 2, opens: [{ id: 'never/x', opens: ['lets it through'] }] },
    });
  });

  it('is nothing of streams, requests and files', () => {
    expect(bodyOf({ kind: 'stream-began', stream: aStream('s') })).toBeNull();
    expect(bodyOf({ kind: 'retention-removed', of: 'journal', detail: '' })).toBeNull();
  });
});

it('texts of clients are cut, on one line, and written out where they would not be seen', () => {
  const approval = anApproval({ message: hostile, reason: hostile, rules: Array(1_000).fill(hostile) });
  const notification = notificationOf({ kind: 'approval-asked', approval }, from);
  expect(notification?.body).toMatch(/^[\x20-\x7e…]+$/);
  expect(notification?.body.length).toBeLessThan(40_000);
  const { data } = notificationSchema.parse(JSON.parse(notification?.body ?? ''));
  expect(data).toMatchObject({
    approval: { message: expect.stringMatching(/^\$\(rm -rf \/\) `id` "'\\u000a\\u000d\\u001b\[2J\\u202ex+…$/) },
  });
});

it('each has an id of its own, and a sample says that nothing waits', () => {
  const [one, other] = [testNotification(from), testNotification(from)];
  expect(one.id).not.toBe(other.id);
  expect(notificationSchema.parse(JSON.parse(one.body))).toMatchObject({ type: 'test', id: one.id });
});
