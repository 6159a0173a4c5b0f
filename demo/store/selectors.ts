import { type JsonObject, objectsAt, textAt, textMapAt, textsAt } from './json.ts';

/** A selector that does not parse; the message is the API server's. */
export class SelectorError extends Error {}

/** One term of a label selector. */
export interface Requirement {
  readonly key: string;
  readonly operator: 'in' | 'notin' | 'exists' | '!exists' | 'gt' | 'lt';
  readonly values: readonly string[];
}

function splitOutsideParentheses(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let current = '';
  for (const character of text) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (character === ',' && depth === 0) {
      parts.push(current);
      current = '';
    } else {
      current += character;
    }
  }
  return [...parts, current];
}

function parseRequirement(text: string): Requirement {
  const term = text.trim();
  const set = /^([^\s!=<>(),]+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(term);
  if (set) {
    const [, key = '', operator = 'in', values = ''] = set;
    return {
      key,
      operator: operator === 'in' ? 'in' : 'notin',
      values: values.split(',').map((value) => value.trim()),
    };
  }
  const equality = /^([^\s!=<>(),]+)\s*(==|=|!=|>|<)\s*([^\s!=<>(),]*)$/.exec(term);
  if (equality) {
    const [, key = '', sign = '=', value = ''] = equality;
    const operator = sign === '!=' ? 'notin' : sign === '>' ? 'gt' : sign === '<' ? 'lt' : 'in';
    return { key, operator, values: [value] };
  }
  const existence = /^(!?)\s*([^\s!=<>(),]+)$/.exec(term);
  if (existence) return { key: existence[2] ?? '', operator: existence[1] ? '!exists' : 'exists', values: [] };
  const found = term.replace(/^[^=!<>(),\s]*\s*(==|=|!=|>|<)?\s*/, '')[0] ?? '';
  throw new SelectorError(
    `unable to parse requirement: found '${found}', expected: ${found === '' || /[=!<>]/.test(term) ? 'identifier' : 'in, notin, =, ==, !=, gt, lt'}`,
  );
}

/**
 * Parses a label selector as it stands in a query: `app=web,tier in (a,b),!canary`.
 * @throws {SelectorError}
 */
export function parseLabelSelector(text: string): Requirement[] {
  return text.trim() === '' ? [] : splitOutsideParentheses(text).map(parseRequirement);
}

/** Whether labels meet every requirement. */
export function labelsMatch(requirements: readonly Requirement[], labels: Readonly<Record<string, string>>): boolean {
  return requirements.every(({ key, operator, values }) => {
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
    switch (operator) {
      case 'in':
        return value !== undefined && values.includes(value);
      case 'notin':
        return value === undefined || !values.includes(value);
      case 'exists':
        return value !== undefined;
      case '!exists':
        return value === undefined;
      case 'gt':
        return value !== undefined && Number(value) > Number(values[0]);
      case 'lt':
        return value !== undefined && Number(value) < Number(values[0]);
      default:
        return false;
    }
  });
}

/** The requirements of a LabelSelector object (`spec.selector` of a Deployment). */
export function requirementsOf(selector: JsonObject): Requirement[] {
  const operators: Record<string, Requirement['operator']> = {
    In: 'in',
    NotIn: 'notin',
    Exists: 'exists',
    DoesNotExist: '!exists',
  };
  const labels = Object.entries(textMapAt(selector, 'matchLabels')).map(
    ([key, value]): Requirement => ({ key, operator: 'in', values: [value] }),
  );
  const expressions = objectsAt(selector, 'matchExpressions').map(
    (expression): Requirement => ({
      key: textAt(expression, 'key'),
      operator: operators[textAt(expression, 'operator')] ?? 'exists',
      values: textsAt(expression, 'values'),
    }),
  );
  return [...labels, ...expressions];
}

/** One term of a field selector. */
export interface FieldTerm {
  readonly field: string;
  readonly negated: boolean;
  readonly value: string;
}

/** Fields beyond name and namespace that a kind can be selected by (the kinds' field label conversions). */
const selectableFields: Readonly<Record<string, readonly string[]>> = {
  Pod: [
    'status.phase',
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'status.podIP',
  ],
  Secret: ['type'],
  Namespace: ['status.phase'],
  Job: ['status.successful'],
  Node: ['spec.unschedulable'],
  ReplicaSet: ['status.replicas'],
  Service: ['spec.clusterIP', 'spec.type'],
  Event: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
};

/**
 * Parses a field selector for a kind.
 * @throws {SelectorError} for a field that the kind cannot be selected by.
 */
export function parseFieldSelector(text: string, kind: string): FieldTerm[] {
  if (text.trim() === '') return [];
  return text
    .split(',')
    .filter((term) => term !== '')
    .map((term) => {
      const [, field = '', sign = '', value = ''] = /^(.*?)(!=|==|=)(.*)$/.exec(term) ?? [];
      if (sign === '') throw new SelectorError(`invalid selector: '${text}'; can't understand '${term}'`);
      const allowed =
        field === 'metadata.name' || field === 'metadata.namespace' || selectableFields[kind]?.includes(field);
      if (!allowed && !Object.hasOwn(selectableFields, kind)) {
        const known = '"metadata.name", "metadata.namespace"';
        throw new SelectorError(`${JSON.stringify(field)} is not a known field selector: only ${known}`);
      }
      if (!allowed) throw new SelectorError(`field label not supported: ${field}`);
      return { field, negated: sign === '!=', value };
    });
}

/** Whether an object meets every term. */
export function fieldsMatch(terms: readonly FieldTerm[], object: JsonObject): boolean {
  return terms.every(({ field, negated, value }) => {
    const path = field === 'source' ? ['source', 'component'] : field.split('.');
    return (textAt(object, ...path) === value) !== negated;
  });
}
