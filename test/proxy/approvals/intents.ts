import { vi } from 'vitest';
import type { Intent } from '../../../model/approval.ts';
import type { ApprovalRecord, RequestSummary } from '../../../model/journal-record.ts';
import { openLocalAuthority } from '../../../proxy/approvals/local-authority.ts';

export const policyDigest = 'd'.repeat(64);

export const summary: RequestSummary = {
  method: 'GET',
  target: '/api/v1/namespaces/shop/pods',
  verb: 'list',
  policyVerb: 'list',
  apiGroup: '',
  apiVersion: 'v1',
  resource: 'pods',
  subresource: '',
  namespace: 'shop',
  name: '',
  userAgent: 'kubectl/v1.36.3',
  kubectlCommand: 'kubectl get',
  kubectlSession: null,
  upgrade: null,
};

export function intent(
  change: Partial<Omit<Intent, 'request' | 'requirement'>> & {
    readonly request?: Partial<RequestSummary>;
    readonly requirement?: Partial<Intent['requirement']>;
  } = {},
): Intent {
  return {
    digest: 'a'.repeat(64),
    principal: { user: 'local:ada', groups: ['gatehouse:local'], session: { kind: 'inAppTerminal', id: 'one' } },
    cluster: 'prod',
    effective: { user: 'system:admin', uid: '', groups: [], extra: {} },
    bodyPreview: null,
    bodyBytes: 0,
    rules: ['default/impersonation'],
    message: 'acting as another asks for a confirmation',
    policyDigest,
    reason: null,
    ...change,
    request: { ...summary, ...change.request },
    requirement: {
      level: 'ownerConfirm',
      requestTtl: 900_000,
      grantTtl: 600_000,
      hold: 120_000,
      reasonRequired: false,
      ...change.requirement,
    },
  };
}

/** An authority whose journal is a list. */
export function authorityUnderTest() {
  const records: ApprovalRecord[] = [];
  const write = vi.fn(async (record: ApprovalRecord) => {
    records.push(record);
  });
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const authority = openLocalAuthority({ log, onRecord: write });
  const staying = new AbortController().signal;
  return {
    authority,
    records,
    write,
    states: () => records.map(({ state }) => state),
    hold: (asked: Intent = intent(), holdMs = 120_000, signal: AbortSignal = staying) =>
      authority.hold(asked, { holdMs, signal }),
    /** The vote of the person on the newest request that waits. */
    vote: (verdict: 'approve' | 'deny', comment: string | null = null) =>
      authority.review({ id: authority.list()[0]?.id ?? '', verdict, by: 'local:ada', comment }),
  };
}
