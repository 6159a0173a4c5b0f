import type { Intent } from '../../../proxy/approvals/approval-authority.ts';
import type { EffectiveIdentity, RequestSummary } from '../../../proxy/journal/journal-record.ts';
import type { Principal } from '../../../proxy/listener/principal.ts';
/** `deployments.apps/scale`: how RBAC and the policy write a resource. Empty for a non-resource path. */
export declare function resourceName(request: RequestSummary): string;
/** `create pods/exec shop/api-0`: a request in one line of identifiers. */
export declare function requestLine(request: RequestSummary): string;
/** What will happen when this is approved, as one sentence. */
export declare function consequence(intent: Intent): string;
/** `system:admin (groups system:masters)`. */
export declare function identityWords(effective: EffectiveIdentity | null): string | null;
export declare function sessionWords(principal: Principal): string;
