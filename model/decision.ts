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

/**
 * What rules need to know of a request that its URL does not tell: it takes a look at the body, and at the object.
 * `identities`: whom it would let its sender act as.
 */
export type Finding = 'identities';

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
   * Another answer may come once the body, and the object that is there, are known: a rule waits for it
   * (`PolicyQuestion.evaluated`). Never true of a request that is denied whatever it holds.
   */
  readonly unresolved: boolean;
  /** What those rules need to know; empty where `unresolved` is false. */
  readonly awaits: readonly Finding[];
  /** Null: no rule asks for a recording. */
  readonly record: RecordRequirement | null;
  readonly stream: StreamLimits;
}

/** A port, or a range of ports, both ends included. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** What exec, attach and port-forward may do, and how long any stream may last. */
export interface StreamLimits {
  /** False: nothing may be sent to the command. */
  readonly stdin: boolean;
  /** Each list is of one rule: a port must be in all of them. Empty: every port. */
  readonly ports: ReadonlyArray<readonly PortRange[]>;
  /** Milliseconds; null: as long as it likes. */
  readonly maxDuration: number | null;
}

/** How a stream is recorded. */
export interface RecordRequirement {
  /** `metadata`: who, where, when, how many bytes, how it ended. `full`: the bytes too. */
  readonly level: 'metadata' | 'full';
  /** Without a recorder there is no stream. */
  readonly required: boolean;
  /** What was typed too; otherwise only how much of it there was, and its SHA-256. */
  readonly input: boolean;
}
