import type { ApprovalRequest } from '../../../model/approval.ts';
import { claimsOf } from '../../../model/caller.ts';
import type { EffectiveIdentity, FinishedRecord } from '../../../model/journal-record.ts';
import type { LiveStream } from '../../../model/live-stream.ts';
import { requestLine } from '../../../model/request-words.ts';
import type { LogFields } from '../../../proxy/gateway-log.ts';
import type { AskedRequest, OperatorEvent } from '../events/operator-event.ts';
import type { HeadlessLog, LogLevel } from './gateway-log.ts';

/** One line of the log: null where there is a line of another part for it. */
export interface EventLine {
  readonly level: LogLevel;
  readonly fields: LogFields;
  readonly message: string;
}

/** Writes the line of an event. */
export function logEvent(log: HeadlessLog, event: OperatorEvent): void {
  const line = lineOf(event);
  if (line !== null) log[line.level](line.fields, line.message);
}

/** The line of an event. Names only: no bodies, no values; what people wrote is theirs. */
export function lineOf(event: OperatorEvent): EventLine | null {
  switch (event.kind) {
    case 'approval-asked':
      return {
        level: 'info',
        fields: {
          event: 'approval-asked',
          ...aboutApproval(event.approval),
          message: event.approval.intent.message,
          reason: event.approval.intent.reason,
          expiresAt: event.approval.expiresAt,
        },
        message: 'a request waits for a person',
      };
    case 'approval-decided': {
      const { review, grant } = event.approval;
      const decided = {
        verdict: review?.verdict ?? null,
        by: review?.by ?? null,
        ...claimsOf(review?.caller),
        comment: review?.comment ?? null,
        goodUntil: grant?.expiresAt ?? null,
      };
      const fields = { ...aboutApproval(event.approval), ...decided, afterSeconds: seconds(event.afterMs) };
      return { level: 'info', fields: { event: 'approval-decided', ...fields }, message: 'a person decided' };
    }
    case 'approval-ended': {
      const { state, endReason } = event.approval;
      const why = endReason ?? ENDS[state] ?? state;
      const fields = { ...aboutApproval(event.approval), why, afterSeconds: seconds(event.afterMs) };
      return { level: 'info', fields: { event: 'approval-ended', ...fields }, message: 'nobody decided' };
    }
    // The policy's own part says so, in every log.
    case 'policy-waits':
      return null;
    case 'stream-began':
      return {
        level: 'debug',
        fields: { event: 'stream-began', ...aboutStream(event.stream) },
        message: 'a stream began',
      };
    case 'stream-ended':
      return streamEnded(event.stream, event.finished);
    case 'request-answered':
      return answered(event.asked, event.finished);
    case 'connections-refused': {
      const { from, to, counts } = event.refused;
      const fields = { event: 'connections-refused', from, to, counts } as const;
      return { level: 'info', fields, message: 'connections and requests were refused at the door' };
    }
    case 'retention-removed': {
      const { of, detail } = event;
      return {
        level: 'info',
        fields: { event: 'retention-removed', of, detail },
        message: 'the oldest files were removed',
      };
    }
  }
}

const ENDS: Readonly<Record<string, string>> = {
  EXPIRED: 'nobody decided in time',
  CANCELLED: 'the gateway stops',
  SUPERSEDED: 'another policy is in force',
};

function aboutApproval({ id, code, intent }: ApprovalRequest): Omit<LogFields, 'event'> {
  const { request, principal, effective, cluster, rules } = intent;
  return { code, id, request: requestLine(request), cluster, ...whoAsked(principal, effective), rules };
}

function whoAsked(principal: AskedRequest['principal'], effective: EffectiveIdentity | null) {
  return { who: principal.user, session: principal.session.id, as: effective?.user ?? null };
}

function aboutStream(stream: LiveStream): Omit<LogFields, 'event'> {
  const { kind, target, namespace, container, cluster, principal, session, auditId } = stream;
  return { kind, target, namespace: namespace || null, container, cluster, who: principal, session, auditId };
}

/** Watches and logs come and go all day; they are told of where somebody ended them. */
function streamEnded(stream: LiveStream, finished: FinishedRecord | null): EventLine {
  const isHeld = stream.kind === 'exec' || stream.kind === 'attach' || stream.kind === 'portforward';
  const fields = {
    event: 'stream-ended',
    ...aboutStream(stream),
    seconds: seconds(finished?.durationMs ?? Date.now() - Date.parse(stream.startedAt)),
    bytesToClient: finished?.bytesToClient ?? null,
    bytesFromClient: finished?.bytesFromClient ?? null,
    exitCode: finished?.stream?.exitCode ?? null,
    ended: finished?.ended ?? null,
    told: finished?.stream?.told ?? null,
    code: finished?.code ?? null,
  } as const;
  return { level: isHeld || fields.code !== null ? 'info' : 'debug', fields, message: 'a stream ended' };
}

/** What an outage of the cluster does to requests is said once, of the outage; what people decide is said of the approval. */
function answered(asked: AskedRequest, { code, status, durationMs }: FinishedRecord): EventLine | null {
  if (code?.startsWith('approval-')) return null;
  const { principal, effective, cluster, decision, words, auditId } = asked;
  const who = whoAsked(principal, effective);
  const about = { code, status, request: words, cluster, ...who, auditId } as const;
  if (decision.outcome === 'deny') {
    const fields = { event: 'request-denied', ...about, rule: decision.rule, message: decision.message } as const;
    return { level: 'info', fields, message: 'policy denied a request' };
  }
  const fields = { event: 'request-refused', ...about, milliseconds: durationMs } as const;
  const level = code?.startsWith('upstream-') ? 'debug' : status < 500 || code === 'gateway-stopping' ? 'info' : 'warn';
  return { level, fields, message: 'the gateway refused a request' };
}

function seconds(milliseconds: number): number {
  return Math.round(milliseconds / 100) / 10;
}
