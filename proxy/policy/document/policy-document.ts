import { z } from 'zod';
import { ROADS } from '../../../model/gained-identity.ts';
import { readFieldPattern } from '../../patterns/field-pattern.ts';
import { isPattern, PATTERN_FORMS } from '../../patterns/value-patterns.ts';
import { streamObligation } from './stream-obligation.ts';

/**
 * The document format. Everything is strict: a key that is not listed here is a problem with a line number, never
 * ignored, because a condition that is not understood would open what it was written to close.
 */

const text = z.string().min(1).max(1000);
/** A list of texts; a single text is a list of one. `$name` stands for a set of this document. */
const texts = z.preprocess(
  (value) => (typeof value === 'string' ? [value] : value),
  z.array(z.string().max(1000)).min(1, 'needs at least one entry').max(1000),
);
const identifier = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'must be 1 to 63 lower-case letters, digits and dashes');
const setReference = z
  .string()
  .regex(/^\$[A-Za-z][A-Za-z0-9_-]*$/, 'must be a block, or the name of a set such as $name');

const VERBS = [
  ...['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection', 'proxy', 'reveal'],
  // Of paths that are not about a resource the verb is the HTTP method.
  ...['head', 'post', 'put', '*'],
] as const;

/** An empty block would read as "everything" to one person and as "nothing" to another. */
const SAYS_SOMETHING = [(block: object) => Object.keys(block).length > 0, 'is empty; say what it matches'] as const;

const identities = z
  .strictObject({ users: texts.optional(), groups: texts.optional(), serviceAccounts: texts.optional() })
  .refine(...SAYS_SOMETHING);
const subjects = z.strictObject({ users: texts.optional(), groups: texts.optional() }).refine(...SAYS_SOMETHING);
const clusters = z
  .strictObject({ names: texts.optional(), labels: z.record(z.string(), z.string()).optional() })
  .refine(...SAYS_SOMETHING);
const impersonation = z
  .strictObject({
    any: z.literal(true, { error: 'must be true, or left out' }).optional(),
    as: z.union([setReference, identities]).optional(),
    uids: texts.optional(),
  })
  .refine(...SAYS_SOMETHING)
  .refine((block) => !(block.any && block.as !== undefined), 'says both any and as');

const actsAs = z
  .strictObject({
    any: z.literal(true, { error: 'must be true, or left out' }).optional(),
    as: z.union([setReference, identities]).optional(),
    through: z
      .preprocess(
        (value) => (typeof value === 'string' ? [value] : value),
        z.array(z.enum(ROADS, { error: `must be of ${ROADS.join(', ')}` })).min(1),
      )
      .optional(),
    strong: z.literal(true, { error: 'must be true, or left out' }).optional(),
  })
  .refine((block) => (block.any === true) !== (block.as !== undefined), 'must say either any or as');

const dimensions = {
  subjects: z.union([setReference, subjects]).optional(),
  sessions: z
    .preprocess(
      (value) => (typeof value === 'string' ? [value] : value),
      z.array(z.enum(['inAppTerminal', 'outside', 'app', 'headless'])).min(1),
    )
    .optional(),
  clusters: z.union([setReference, clusters]).optional(),
  verbs: texts.optional(),
  resources: texts.optional(),
  nonResourceURLs: texts.optional(),
  namespaces: texts.optional(),
  names: texts.optional(),
  impersonation: impersonation.optional(),
};
const exclusion = z.strictObject(dimensions).refine(...SAYS_SOMETHING);
const matchBlock = z.strictObject({
  ...dimensions,
  /** Not inside `not`: what is not known yet cannot leave a request out. */
  actsAs: actsAs.optional(),
  /** One block or several; a request that any of them matches is left out. */
  not: z.preprocess((value) => (Array.isArray(value) ? value : [value]), z.array(exclusion).min(1)).optional(),
});

const duration = z
  .string()
  .regex(/^(?:\d{1,4}h)?(?:\d{1,5}m)?(?:\d{1,6}s)?$/, 'must be a time such as 90s, 15m or 1h30m')
  .refine((value) => value !== '', 'must be a time such as 90s, 15m or 1h30m');

const approval = z.strictObject({
  level: z.enum(['ownerConfirm', 'peer']),
  requestTTL: duration.default('15m'),
  grantTTL: duration.default('10m'),
  hold: duration.default('120s'),
  reason: z.enum(['required', 'optional']).default('optional'),
  grant: z.literal('exact').default('exact'),
});

const maskedField = z
  .string()
  .refine(
    (value) => readFieldPattern(value) !== null,
    "must be a field such as data.*, data['a.key'], spec.containers[*].env[*].value or spec.values.**",
  );
const maskPattern = z.string().refine(isPattern, `must be ${PATTERN_FORMS}`);
const fields = z.preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(maskedField));
const mask = z
  .strictObject({
    resource: z
      .string()
      .regex(
        /^(?:\*|[a-z][a-z0-9-]*(?:\.[a-z0-9.-]+)?)$/,
        'must be * or a resource such as secrets or widgets.example.com',
      ),
    fields: fields.default([]),
    annotations: texts.default([]),
    keep: fields.default([]),
    patterns: z.preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(maskPattern)).default([]),
    as: z.enum(['token', 'redact']).default('token'),
  })
  .refine(
    (value) => value.fields.length + value.annotations.length + value.patterns.length > 0,
    'must name fields, annotations or patterns',
  );
const record = z.strictObject({
  level: z.enum(['metadata', 'full']),
  required: z.boolean().default(false),
  input: z.enum(['off', 'on']).default('off'),
});
const obligations = z.strictObject({
  mask: z.array(mask).optional(),
  record: record.optional(),
  stream: streamObligation.optional(),
  /** `Warning:` headers of the gateway's own; what is refused is said all the same. */
  warnings: z.literal('off', { error: 'must be off, or left out' }).optional(),
});

const rule = z
  .strictObject({
    id: identifier,
    effect: z.enum(['allow', 'deny', 'requireApproval', 'none']),
    match: matchBlock,
    approval: approval.optional(),
    obligations: obligations.optional(),
    message: text.optional(),
  })
  .superRefine((value, context) => {
    if (value.effect === 'requireApproval' && value.approval === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['effect'],
        message: 'needs an approval block, e.g. {level: ownerConfirm}',
      });
    }
    if (value.effect !== 'requireApproval' && value.approval !== undefined) {
      context.addIssue({ code: 'custom', path: ['approval'], message: `has no meaning with effect ${value.effect}` });
    }
    if (value.effect === 'none' && value.obligations === undefined) {
      context.addIssue({ code: 'custom', path: ['effect'], message: 'a rule of effect none needs obligations' });
    }
  });

const policySet = z.union([texts, z.strictObject({ clusters: clusters }), identities]);

/** One document of a policy file. */
export const policyDocument = z.strictObject({
  apiVersion: z.literal('gatehouse/v1', { error: 'must be gatehouse/v1' }),
  kind: z.literal('AccessPolicy', { error: 'must be AccessPolicy; other kinds are not supported yet' }),
  metadata: z.strictObject({ name: identifier, owners: texts.optional() }),
  spec: z.strictObject({
    mode: z.literal('enforce', { error: 'must be enforce; observe is not supported yet' }).optional(),
    defaults: z
      .strictObject({
        decision: z.literal('deny', { error: 'must be deny: what no rule allows is denied' }).optional(),
        onError: z.literal('deny', { error: 'must be deny' }).optional(),
        record: z.enum(['metadata', 'full']).optional(),
      })
      .optional(),
    sets: z.record(z.string().regex(/^[A-Za-z][A-Za-z0-9_-]*$/), policySet).optional(),
    rules: z.array(rule).max(1000),
  }),
});

export type PolicyDocument = z.output<typeof policyDocument>;
export type PolicyRule = PolicyDocument['spec']['rules'][number];
export type MatchBlock = PolicyRule['match'];
export type Dimensions = z.output<z.ZodObject<typeof dimensions>>;
export type IdentityBlock = z.output<typeof identities>;
export type ClusterBlock = z.output<typeof clusters>;
export type PolicySet = z.output<typeof policySet>;
export type RecordObligation = z.output<typeof record>;

/** Verbs that a rule may name. */
export const KNOWN_VERBS: ReadonlySet<string> = new Set(VERBS);

/** Keys of the format that this version refuses because it would only half understand them. */
export const LATER_KEYS: ReadonlySet<string> = new Set([
  'absolute',
  'agents',
  'apiGroups',
  'allowDelegator',
  'allowSelf',
  'approvers',
  'attestation',
  'breakGlass',
  'claims',
  'commands',
  'distinctGroups',
  'images',
  'limit',
  'notify',
  'quorum',
  'schedule',
  'session',
  'stale',
  'variables',
  'vetoes',
  'when',
]);
