import type { ApprovalAuthority } from '../approvals/approval-authority.ts';
import type { Evaluator } from '../evaluation/evaluate.ts';
import type { OriginalUser } from '../evaluation/original-user.ts';
import type { Upstream } from '../forward/upstream.ts';
import type { GatewayLog } from '../gateway-log.ts';
import type { Journal } from '../journal/journal.ts';
import type { MaskKey } from '../masking/tokens/mask-token.ts';
import type { PolicySource } from '../policy/policy-source.ts';
import type { SeenByCluster } from '../redaction/seen-by-cluster.ts';
import type { MaskOrigins } from '../rehydration/mask-origins.ts';
import type { LiveStreams } from '../streams/live-streams.ts';

/** The gateway's parts, as one request meets them. */
export interface PipelineParts {
  readonly policy: PolicySource;
  readonly approvals: ApprovalAuthority;
  readonly journal: Journal;
  readonly upstream: Upstream;
  readonly evaluator: Evaluator;
  readonly originalUser: OriginalUser;
  readonly maskKey: MaskKey;
  readonly maskOrigins: MaskOrigins;
  readonly seen: SeenByCluster;
  readonly streams: LiveStreams;
  /** Where recordings of streams are kept. */
  readonly sessionsFolder: string;
  readonly log: GatewayLog;
}
