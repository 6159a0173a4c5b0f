import type { Principal } from '../listener/principal.ts';
import type { Impersonation } from '../request/api-request.ts';
import type { GainedIdentity } from './act-as.ts';
import type { RecordRequirement, StreamLimits } from './stream-limits.ts';

/** What a policy is asked about: one request of one principal to one cluster. */
export interface PolicyQuestion {
  readonly principal: Principal;
  readonly cluster: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  /** `ApiRequest.policyVerb`, or `reveal` for one key of one Secret. */
  readonly verb: string;
  readonly apiGroup: string;
  /** `pods`, `pods/exec`; empty for a non-resource path. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  /** The decoded path of a non-resource request; empty otherwise. */
  readonly nonResourcePath: string;
  readonly impersonation: Impersonation | null;
  /** Whom else the request would let its sender act as, as far as it is known (`policy/act-as.ts`). */
  readonly gained?: readonly GainedIdentity[];
  /** True when body and objects were looked at, so that `gained` is whole. */
  readonly evaluated?: boolean;
}

/** What must be masked in the answer; united from every rule that matched. */
export interface MaskObligation {
  readonly resource: string;
  /** `data.*`, `stringData.*`, `spec.containers[*].env[*].value`, `spec.values.**`. */
  readonly fields: readonly string[];
  /** By name. */
  readonly annotations: readonly string[];
  /** Fields that stay, of those above. */
  readonly keep: readonly string[];
  /** Only what looks like a credential: `builtin:jwt`, `glob:*`; of the fields, or wherever inline credentials stand. */
  readonly patterns?: readonly string[];
  /** What stands for a value: a token that can be written back, which is the default, or nothing of it. */
  readonly as?: 'token' | 'redact';
}

/** How a request may be approved; several rules combine to the strictest. */
export interface ApprovalRequirement {
  readonly level: 'ownerConfirm' | 'peer';
  /** Milliseconds; how long a person may take, how long a grant lasts, how long the client is held. */
  readonly requestTtl: number;
  readonly grantTtl: number;
  readonly hold: number;
  readonly reasonRequired: boolean;
}

/** One rule that was looked at, and why it did or did not decide. */
export interface RuleTrace {
  readonly rule: string;
  readonly effect: 'allow' | 'deny' | 'requireApproval' | 'none';
  readonly matched: boolean;
  /** The first dimension that did not match, e.g. `verbs`, with what the rule wants and what the request has. */
  readonly dimension?: string;
  readonly wanted?: string;
  readonly got?: string;
}

/** The answer of the policy to one question, with its reasons. */
export interface Decision {
  readonly outcome: 'allow' | 'deny' | 'requireApproval';
  /** `policy/rule` that decided, or `default-deny` / `policy-not-loaded`. */
  readonly decidingRule: string;
  /** Said to the client when denied or waiting; plain text, placeholders filled. */
  readonly message: string;
  /** Hex SHA-256 of the policy documents in force. */
  readonly policyDigest: string;
  readonly matchedRules: readonly string[];
  readonly trace: readonly RuleTrace[];
  readonly masks: readonly MaskObligation[];
  /** Whether the gateway may add `Warning:` headers of its own to the answer. */
  readonly warnings: boolean;
  readonly approval: ApprovalRequirement | null;
  /**
   * Another answer may come once the body, and the object that is there, are known: a rule about acting as another
   * waits for it (`PolicyQuestion.evaluated`). Never true of a request that is denied whatever it holds.
   */
  readonly unresolved: boolean;
  /** Null: no rule asks for a recording. */
  readonly record: RecordRequirement | null;
  readonly stream: StreamLimits;
}

/** The policy in force. Reading and hot reload are behind it; deciding never waits and never throws. */
export interface PolicySource {
  decide(question: PolicyQuestion): Decision;
  /** For screens and the command line. */
  state(): PolicyState;
  /** Called after each change of the folder, with a broken file too. Returns an unsubscribe function. */
  onChange(listener: (state: PolicyState) => void): () => void;
  close(): Promise<void>;
}

export interface PolicyState {
  /** `loaded`, `stale` (a file is broken: the last good policy goes on) or `none` (nothing good yet: everything is denied). */
  readonly status: 'loaded' | 'stale' | 'none';
  readonly folder: string;
  readonly digest: string;
  readonly loadedAt: string;
  readonly policies: ReadonlyArray<{ readonly name: string; readonly file: string; readonly rules: number }>;
  readonly problems: readonly PolicyProblem[];
}

/** What is wrong with a policy file, and where. */
export interface PolicyProblem {
  readonly file: string;
  /** From 1; 0 when no line is meant. */
  readonly line: number;
  readonly column: number;
  readonly code: string;
  readonly message: string;
}
