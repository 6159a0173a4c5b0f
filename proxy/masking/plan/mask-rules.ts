import type { MaskObligation } from '../../../model/decision.ts';
import {
  addPattern,
  maskedBy,
  type Nodes,
  newPatternNode,
  type PatternNode,
  readFieldPattern,
} from '../../patterns/field-pattern.ts';
import {
  asFiles,
  compilePatterns,
  isPattern,
  PATTERN_FORMS,
  type ValuePatterns,
} from '../../patterns/value-patterns.ts';
import type { SeenValues } from '../../redaction/seen-values.ts';
import { Refusal } from '../../refusal.ts';
import type { RequestInfo } from '../../request/api-request.ts';
import { LAST_APPLIED, type MaskForm } from '../tokens/mask-form.ts';
import { answersWithObject } from './accept.ts';
import type { MaskSubject, Trim } from './response-mask.ts';

/** One entry of a policy's `obligations.mask`. */
export interface MaskRule {
  /** Null where the whole value is masked, whatever it looks like. */
  readonly patterns: ValuePatterns | null;
  readonly as: MaskForm;
}

/** The obligations for one request, ready to be asked about each field. */
export interface MaskRules {
  /** The resource with its group, e.g. `secrets`, `widgets.example.com`. */
  readonly kindClass: string;
  /** What the request says; stands in where an object does not name itself. */
  readonly namespace: string;
  readonly name: string;
  /** An answer is refused that has anything but strings, under keys in plain spelling, where its values should be. */
  readonly strict: boolean;
  /** The kinds that a document may be of; null where any. */
  readonly kinds: ReadonlySet<string> | null;
  readonly rules: readonly MaskRule[];
  /** Where the rules' fields begin: at the object. Walk down with `descend`, then ask `maskedBy`. */
  readonly fields: Nodes;
  /** Answers of {@link wholeMask}, kept. */
  readonly forms: Map<PatternNode, MaskForm | null>;
  /** Annotations whose whole value is replaced. */
  readonly annotations: ReadonlyMap<string, MaskForm>;
  /** Rules with patterns and no fields: they look wherever inline credentials stand. */
  readonly inspections: readonly MaskRule[];
  /** The same for the values of ConfigMaps, which are files, or variables. */
  readonly configInspections: readonly MaskRule[];
  /** Cells of a Table that show what is masked in their row's object are redacted. */
  readonly redactCells: boolean;
  /** Some rule masks whole values. */
  readonly hasFields: boolean;
  /** What is left of objects that were asked for whole to see what they hold. */
  readonly trim: Trim | null;
  /** A Secret's own values are masked wherever its metadata holds them; null where whole values are not masked. */
  readonly ownValues: MaskForm | null;
  /** Values of this cluster's Secrets: read by `builtin:seen-value`, and added to by each mask. */
  readonly seen: SeenValues | null;
}

const SECRET_KINDS: ReadonlySet<string> = new Set([
  'Secret',
  'SecretList',
  'List',
  'Table',
  'PartialObjectMetadata',
  'PartialObjectMetadataList',
  'Status',
]);

/** A TokenReview's answer repeats the credential that was asked about; nobody reads it there. */
const ALWAYS: readonly MaskObligation[] = [
  {
    resource: 'tokenreviews.authentication.k8s.io',
    fields: ['spec.token'],
    annotations: [LAST_APPLIED],
    keep: [],
    as: 'redact',
  },
];

/** The resource with its group, as policies name it. */
export function kindClassOf({ apiGroup, resource }: RequestInfo): string {
  return apiGroup === '' ? resource : `${resource}.${apiGroup}`;
}

/**
 * The rules for the answer to a request; null when no obligation is about its resource.
 * @throws {Refusal} `response-not-maskable` when an obligation names a field that cannot be masked: a policy that asks
 * for more than this gateway can do must not come to less.
 */
export function compileMaskRules({ request, obligations, seen, trim }: MaskSubject): MaskRules | null {
  const { info } = request;
  if (!answersWithObject(request)) return null;
  const kindClass = kindClassOf(info);
  const isSecrets = kindClass === 'secrets';
  const relevant = [...ALWAYS, ...obligations].filter(
    ({ resource }) => resource === kindClass || (resource === '*' && answersInJson(info)),
  );
  if (relevant.length === 0) return null;
  const root = newPatternNode();
  const annotations = new Map<string, MaskForm>();
  const rules = relevant.map((obligation, index) => {
    for (const field of fieldsOf(obligation, isSecrets)) addField(field, index, 'masks');
    for (const field of obligation.keep) addField(field, index, 'keeps');
    const rule = ruleOf(obligation);
    for (const name of obligation.annotations) {
      if (annotations.get(name) !== 'redact') annotations.set(name, rule.as);
    }
    return rule;
  });
  // Masked from within, with the same rules as the object itself.
  annotations.delete(LAST_APPLIED);
  const looking = rules
    .map((rule, index) => ({ rule, obligation: relevant[index] }))
    .filter(({ rule, obligation }) => rule.patterns !== null && obligation?.fields.length === 0);
  if (root.keys.size === 0 && annotations.size === 0 && looking.length === 0) return null;
  const hasFields = relevant.some((obligation) => fieldsOf(obligation, isSecrets).length > 0);
  return {
    kindClass,
    namespace: info.namespace,
    name: info.name,
    strict: isSecrets,
    kinds: isSecrets ? SECRET_KINDS : null,
    rules,
    fields: [root],
    forms: new Map(),
    annotations,
    inspections: looking.map(({ rule }) => rule),
    configInspections: looking.map(({ rule, obligation }) => ({
      ...rule,
      patterns: rule.patterns && asFiles(rule.patterns, obligation?.resource === 'configmaps' ? 'by-key' : 'by-text'),
    })),
    redactCells: hasFields && !isSecrets,
    hasFields,
    trim: trim ?? null,
    ownValues: isSecrets && hasFields ? formOfValues(rules) : null,
    seen: seen ?? null,
  };

  function addField(text: string, rule: number, kind: 'masks' | 'keeps'): void {
    const steps = readFieldPattern(text);
    if (steps === null) {
      throw new Refusal(
        'response-not-maskable',
        `The policy asks to mask the field "${text}", which this version of Gatehouse cannot; write data.*, data['key'] or spec.containers[*].env[*].value`,
      );
    }
    addPattern(root, steps, rule, kind);
    const [first, ...rest] = steps;
    // `stringData` is another way to write a Secret's `data`, so a rule about one is about both.
    if (!isSecrets || typeof first !== 'object') return;
    const alias = first.key === 'data' ? 'stringData' : first.key === 'stringData' ? 'data' : null;
    if (alias !== null) addPattern(root, [{ key: alias }, ...rest], rule, kind);
  }
}

function ruleOf({ patterns = [], as = 'token' }: MaskObligation): MaskRule {
  const unknown = patterns.find((pattern) => !isPattern(pattern));
  if (unknown !== undefined) {
    throw new Refusal(
      'response-not-maskable',
      `The policy asks to mask by the pattern "${unknown}", which this version of Gatehouse cannot; write ${PATTERN_FORMS}`,
    );
  }
  return { patterns: patterns.length === 0 ? null : compilePatterns(patterns), as };
}

function fieldsOf({ fields, annotations, patterns = [] }: MaskObligation, isSecrets: boolean): readonly string[] {
  // "Mask last-applied of everything" asks for the values in a Secret's copy, and they are no less secret in the Secret.
  const onlyCopies = fields.length === 0 && patterns.length === 0 && annotations.includes(LAST_APPLIED);
  return onlyCopies && isSecrets ? ['data.*'] : fields;
}

/** The form in which the nodes that a walk has come to are masked whole; null where no rule does so. */
export function wholeMask(rules: MaskRules, nodes: Nodes): MaskForm | null {
  const [node] = nodes;
  if (node === undefined) return null;
  if (nodes.length > 1) return formOf(rules, nodes);
  // Most values are masked by the one `data.*`, and every value asks.
  const known = rules.forms.get(node);
  if (known !== undefined) return known;
  const form = formOf(rules, nodes);
  rules.forms.set(node, form);
  return form;
}

function formOf({ rules }: MaskRules, nodes: Nodes): MaskForm | null {
  let form: MaskForm | null = null;
  for (const index of maskedBy(nodes)) {
    const rule = rules[index];
    if (rule?.patterns !== null) continue;
    if (rule.as === 'redact') return 'redact';
    form = 'token';
  }
  return form;
}

/** In which form whole values are masked, where one form must do for all. */
function formOfValues(rules: readonly MaskRule[]): MaskForm {
  return rules.some(({ patterns, as }) => patterns === null && as === 'redact') ? 'redact' : 'token';
}

/** The rules that look at a value by their patterns because one of their fields names it. */
export function fieldInspections({ rules }: MaskRules, nodes: Nodes): readonly MaskRule[] {
  return maskedBy(nodes).flatMap((index) => {
    const rule = rules[index];
    return rule === undefined || rule.patterns === null ? [] : [rule];
  });
}

/** Subresources whose answer is the object, or one made for them; of other groups' nothing is known but these. */
const OBJECT_SUBRESOURCES: ReadonlySet<string> = new Set(['', 'status', 'scale']);

/** Whether a rule for every resource is meant: an aggregated API may answer a subresource with a picture. */
function answersInJson({ apiGroup, subresource }: RequestInfo): boolean {
  return OBJECT_SUBRESOURCES.has(subresource) || !apiGroup.includes('.') || apiGroup.endsWith('.k8s.io');
}
