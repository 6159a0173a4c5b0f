import { type Document, isMap, isSeq, parseAllDocuments, type YAMLMap } from 'yaml';
import type { JsonValue } from '../../request/canonical-json.ts';
import { fingerprint } from './fingerprint.ts';

/** A rule, a set, or what else a document says (`head`): what an upgrade takes over or leaves. */
export interface PolicyPart {
  /** `never/proxy-verb` of a rule, `never/$privileged` of a set, `never` of the head. */
  readonly id: string;
  readonly kind: 'rule' | 'set' | 'head';
  readonly policy: string;
  readonly file: string;
  readonly value: JsonValue;
  readonly fingerprint: string;
}

/**
 * The parts of one policy file. The text is one that `parsePolicyFile` found no problem in, or a built-in one of any
 * version: only the places of names, sets and rules are taken for granted.
 */
export function partsOf(file: string, text: string): PolicyPart[] {
  return yamlDocuments(text).flatMap((document) => {
    const policy = policyName(document);
    const { spec, ...rest } = document.toJS() as Readonly<Record<string, JsonValue>> & {
      readonly spec: Readonly<Record<string, JsonValue>>;
    };
    const { sets, rules, ...settings } = spec;
    const part = (kind: PolicyPart['kind'], id: string, value: JsonValue): PolicyPart => {
      return { id, kind, policy, file, value, fingerprint: fingerprint(value) };
    };
    return [
      part('head', policy, { ...rest, spec: settings }),
      ...Object.entries((sets ?? {}) as Readonly<Record<string, JsonValue>>).map(([name, value]) =>
        part('set', `${policy}/$${name}`, value),
      ),
      ...(rules as ReadonlyArray<{ readonly id: string; readonly [key: string]: JsonValue }>).map((rule) =>
        part('rule', `${policy}/${rule.id}`, rule),
      ),
    ];
  });
}

/** The documents of a text that say something, with the tokens that they were read from. */
export function yamlDocuments(text: string): Document.Parsed[] {
  const parsed = parseAllDocuments(text, { version: '1.2', keepSourceTokens: true, prettyErrors: false });
  return (Array.isArray(parsed) ? (parsed as Document.Parsed[]) : []).filter(({ contents }) => contents !== null);
}

export function policyName(document: Document.Parsed): string {
  return String(document.getIn(['metadata', 'name']));
}

/** Names of the sets that a rule refers to, as `$name`. */
export function setsIn(value: JsonValue): string[] {
  if (typeof value === 'string') return /^\$[A-Za-z]/.test(value) ? [value.slice(1)] : [];
  if (typeof value !== 'object' || value === null) return [];
  return [...new Set(Object.values(value).flatMap(setsIn))];
}

/** `spec` of a document, which the format requires to be a map. */
export function specOf(document: Document.Parsed): YAMLMap {
  const spec = document.get('spec', true);
  if (!isMap(spec)) throw new TypeError('a policy document has no spec');
  return spec;
}

/** The index of a rule in `spec.rules`, or of a set in `spec.sets`; -1 where it is not there. */
export function indexOfPart(spec: YAMLMap, kind: 'rule' | 'set', name: string): number {
  const container = spec.get(kind === 'rule' ? 'rules' : 'sets', true);
  if (isSeq(container)) return container.items.findIndex((item) => isMap(item) && item.get('id') === name);
  if (isMap(container)) return container.items.findIndex(({ key }) => String(key) === name);
  return -1;
}
