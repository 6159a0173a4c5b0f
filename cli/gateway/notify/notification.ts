import { z } from 'zod';
import type { ApprovalRequest } from '../../../model/approval.ts';
import { claimsOf } from '../../../model/caller.ts';
import type { WaitingChange } from '../../../model/policy-change.ts';
import { requestLine, resourceName } from '../../../model/request-words.ts';
import { visible } from '../../../model/visible-text.ts';
import { uuidV7 } from '../../../proxy/uuid-v7.ts';
import type { OperatorEvent } from '../events/operator-event.ts';

/** Raised when a program that reads version 1 could go wrong; new fields and types do not raise it. */
const VERSION = 1;
const TEXT_AT_MOST = 1_000;
const ITEMS_AT_MOST = 20;

/** One line, with everything written out that would not be seen, and of limited length. */
const text = z.string();
const time = z.iso.datetime();

const gateway = z.strictObject({
  cluster: text.describe('as in the path of its address'),
  context: text.describe('of the kubeconfig'),
  host: text.describe('the name of the machine'),
  user: text.describe('the name that the gateway gives its clients: local:<user>'),
  dataFolder: text.describe('for --data of gatehouse approve'),
});

const request = z.strictObject({
  id: z.uuid().describe('of the approval request; the same in all notifications of it'),
  code: text.describe('for gatehouse approve CODE, while it waits'),
  request: text.describe('in words: delete deployment shop/web'),
  verb: text,
  resource: text.describe('deployments.apps/scale; empty for a path that is no resource'),
  namespace: text,
  name: text.describe('of what is created too, where its body says so'),
  who: text,
  session: text,
  as: z
    .strictObject({ user: text, groups: z.array(text) })
    .nullable()
    .describe('whom it acts as at the cluster'),
  rules: z.array(text).describe('of the policy, that match it'),
  message: text.describe("the rules' own words"),
  reason: text.nullable().describe('of the person who asks'),
  bodyBytes: z.int().describe('how long the body is; what it says is never in here'),
  createdAt: time,
  expiresAt: time,
});

const waits = { approval: request };
const decided = {
  approval: request,
  verdict: z.enum(['approve', 'deny']),
  by: text.describe('what is proved'),
  claims: z
    .strictObject({ sudoUser: text, sudoUid: z.int(), loginUid: z.int() })
    .partial()
    .optional()
    .describe('what they said of themselves, such as who ran sudo; nothing vouches for it'),
  comment: text.nullable(),
  afterSeconds: z.number(),
};
const ended = {
  approval: request,
  state: z.enum(['EXPIRED', 'CANCELLED', 'SUPERSEDED']),
  why: text.nullable(),
  afterSeconds: z.number(),
};
const policy = {
  digest: text.describe('for gatehouse policy accept'),
  since: time,
  why: text,
  rules: z.int().describe('how many differ'),
  opens: z.array(z.strictObject({ id: text, file: text, about: text, opens: z.array(text) })).describe('20 at most'),
};

const envelope = { version: z.literal(VERSION), id: text.describe('of this notification'), timestamp: time, gateway };

/** What a notification's body is, whichever way it goes. `docs/notification.schema.json` is made of this. */
export const notificationSchema = z.discriminatedUnion('type', [
  z.strictObject({ ...envelope, type: z.literal('approval.waits'), data: z.strictObject(waits) }),
  z.strictObject({ ...envelope, type: z.literal('approval.decided'), data: z.strictObject(decided) }),
  z.strictObject({ ...envelope, type: z.literal('approval.ended'), data: z.strictObject(ended) }),
  z.strictObject({ ...envelope, type: z.literal('policy.waits'), data: z.strictObject(policy) }),
  z.strictObject({ ...envelope, type: z.literal('test'), data: z.strictObject({ message: text }) }),
]);

export type Notification = z.infer<typeof notificationSchema>;
type Content = Notification extends infer One ? (One extends Notification ? Pick<One, 'type' | 'data'> : never) : never;

/** The gateway that tells, as notifications name it. */
export type NotifyingGateway = Notification['gateway'];

/** A notification on its way. */
export interface OutgoingNotification {
  readonly id: string;
  readonly type: Notification['type'];
  /** What it is about: notifications of one subject go one after the other. */
  readonly subject: string;
  /** Unix time in milliseconds after which nobody needs it. */
  readonly staleAt: number;
  /** JSON, on one line. */
  readonly body: string;
}

/** The notification of an event; null where nobody is told of it. */
export function notificationOf(event: OperatorEvent, from: NotifyingGateway): OutgoingNotification | null {
  switch (event.kind) {
    case 'approval-asked': {
      const data = { approval: aboutApproval(event.approval) };
      const staleAt = Date.parse(event.approval.expiresAt);
      return outgoing({ type: 'approval.waits', data }, from, event.approval.id, staleAt);
    }
    case 'approval-decided': {
      const { review, id } = event.approval;
      if (review === null) return null;
      const { verdict, by, caller, comment } = review;
      const data = {
        approval: aboutApproval(event.approval),
        verdict,
        by,
        ...claimsOf(caller),
        comment,
        ...after(event),
      };
      return outgoing({ type: 'approval.decided', data }, from, id);
    }
    case 'approval-ended': {
      const { state, endReason = null, id } = event.approval;
      if (state !== 'EXPIRED' && state !== 'CANCELLED' && state !== 'SUPERSEDED') return null;
      const data = { approval: aboutApproval(event.approval), state, why: endReason, ...after(event) };
      return outgoing({ type: 'approval.ended', data }, from, id);
    }
    case 'policy-waits':
      return outgoing({ type: 'policy.waits', data: aboutChange(event.change) }, from, 'policy');
    default:
      return null;
  }
}

/** A sample, for whoever sets it up. */
export function testNotification(from: NotifyingGateway): OutgoingNotification {
  const message = 'This is a test of Gatehouse: nothing waits.';
  return outgoing({ type: 'test', data: { message } }, from, 'test');
}

function outgoing(
  content: Content,
  from: NotifyingGateway,
  subject: string,
  staleAt = Number.POSITIVE_INFINITY,
): OutgoingNotification {
  const now = Date.now();
  const id = `msg_${uuidV7(now)}`;
  const head = { version: VERSION, id, type: content.type, timestamp: new Date(now).toISOString() };
  const body = JSON.stringify(printable({ ...head, gateway: from, data: content.data }));
  return { id, type: content.type, subject, staleAt, body };
}

function after({ afterMs }: { readonly afterMs: number }): { readonly afterSeconds: number } {
  return { afterSeconds: Math.round(afterMs / 100) / 10 };
}

function aboutApproval({ id, code, createdAt, expiresAt, intent }: ApprovalRequest): z.infer<typeof request> {
  const { principal, effective, rules, message, reason, bodyBytes, request: asked } = intent;
  return {
    id,
    code,
    request: requestLine(asked),
    verb: asked.policyVerb,
    resource: resourceName(asked),
    namespace: asked.namespace,
    name: asked.newName ?? asked.name,
    who: principal.user,
    session: principal.session.id,
    as: effective === null ? null : { user: effective.user, groups: [...effective.groups] },
    rules: [...rules],
    message,
    reason,
    bodyBytes,
    createdAt,
    expiresAt,
  };
}

function aboutChange({ digest, since, why, rules }: WaitingChange): z.infer<z.ZodObject<typeof policy>> {
  const open = rules.filter(({ opens }) => opens.length > 0);
  const opens = open.map(({ id, file, about, opens: what }) => ({ id, file, about, opens: [...what] }));
  return { digest, since, why, rules: rules.length, opens };
}

/** Every text of it as one line that is not too long, every list as one that is not. */
function printable(value: unknown): unknown {
  if (typeof value === 'string') {
    const cut = value.length > TEXT_AT_MOST ? `${value.slice(0, TEXT_AT_MOST)}…` : value;
    return visible(cut);
  }
  if (Array.isArray(value)) return value.slice(0, ITEMS_AT_MOST).map(printable);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, printable(part)]));
}
