import type { ApprovalRequest } from '../../../model/approval.ts';
import type { JournalRecord } from '../../../model/journal-record.ts';
import type { RunningGateway } from './running-gateway.ts';

/** One question to the person, or one refusal, in the course of a session's work. */
export interface Asked {
  readonly outcome: 'asked' | 'denied';
  /** Of the rules that matched: `confirm/rights-and-admission`. */
  readonly rules: readonly string[];
  readonly verb: string;
  /** `deployments.apps web`, `pods/exec web-0`; without a name where the URL holds none. */
  readonly what: string;
  /** What the person, or the client, was told. */
  readonly says: string;
}

/** Somebody who agrees to everything at once and keeps, session by session, what there was to agree to. */
export interface AgreeingPerson {
  /** What this session's requests asked, and what was denied to them, since it was last taken. */
  takeAsked(session: string): Asked[];
  /** Audit-IDs of this session's requests since they were last taken. */
  takeRequests(session: string): string[];
  leave(): void;
}

/** Sits down at a gateway. */
export function seatAgreeingPerson({ gateway, onRecord }: RunningGateway): AgreeingPerson {
  const asked = new Map<string, Asked[]>();
  const requests = new Map<string, string[]>();
  const answered = new Set<string>();
  const note = <Kept>(kept: Map<string, Kept[]>, session: string, one: Kept): void => {
    kept.set(session, [...(kept.get(session) ?? []), one]);
  };
  const take = <Kept>(kept: Map<string, Kept[]>, session: string): Kept[] => {
    const taken = kept.get(session) ?? [];
    kept.delete(session);
    return taken;
  };
  const leave = gateway.on('approval', (approval) => {
    if (approval.state !== 'PENDING' || answered.has(approval.id)) return;
    answered.add(approval.id);
    note(asked, approval.intent.principal.session.id, question(approval));
    // What was withdrawn meanwhile needs no answer any more.
    gateway.review({ id: approval.id, verdict: 'approve', by: 'local:tester', comment: null }).catch(() => undefined);
  });
  onRecord((record) => {
    if (record.type !== 'decided') return;
    const session = record.principal.session.id;
    note(requests, session, record.auditId);
    const { outcome, rule } = record.decision;
    // What the cluster refuses in a dry run is the cluster's answer, as it would have been to the request.
    const isOurs = (outcome === 'deny' || outcome === 'refused') && rule !== 'cluster/dry-run';
    if (isOurs) note(asked, session, refusal(record));
  });
  return {
    takeAsked: (session) => take(asked, session),
    takeRequests: (session) => take(requests, session),
    leave,
  };
}

type Request = ApprovalRequest['intent']['request'];

function question({ intent }: ApprovalRequest): Asked {
  return { outcome: 'asked', rules: intent.rules, ...aboutOf(intent.request), says: intent.message };
}

function refusal({ decision, request }: Extract<JournalRecord, { readonly type: 'decided' }>): Asked {
  const rules = [decision.code ?? decision.rule];
  return { outcome: 'denied', rules, ...aboutOf(request), says: decision.message };
}

function aboutOf({ policyVerb, resource, subresource, apiGroup, name, target }: Request): Pick<Asked, 'verb' | 'what'> {
  const kind = [resource + (subresource === '' ? '' : `/${subresource}`), apiGroup].filter(Boolean).join('.');
  return { verb: policyVerb, what: kind === '' ? target : [kind, name].filter(Boolean).join(' ') };
}
