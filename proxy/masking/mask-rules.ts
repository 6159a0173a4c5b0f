import type { MaskObligation } from '../policy/decision.ts';
import { Refusal } from '../refusal.ts';
import type { ApiRequest } from '../request/api-request.ts';
import type { MaskSubject } from './response-mask.ts';

/** Where client-side apply keeps what was applied last: a JSON text with every value of the object in clear. */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** The obligations for one request, ready to be asked about each field. */
export interface MaskRules {
  /** The resource with its group, e.g. `secrets`, `widgets.example.com`. */
  readonly kindClass: string;
  /** What the request says; stands in where an object does not name itself. */
  readonly namespace: string;
  readonly name: string;
  /** Top-level maps that hold masked values, e.g. `data`; what is written into them as base64 is true. */
  readonly maps: ReadonlyMap<string, { readonly base64: boolean }>;
  /** Annotations whose whole value is replaced. */
  readonly annotations: ReadonlySet<string>;
  /** The kinds that a document may be of; null where any. */
  readonly kinds: ReadonlySet<string> | null;
  /** Refuse an answer that holds values of helm releases, instead of masking them. */
  readonly refuseHelm: boolean;
  masks(map: string, key: string): boolean;
}

interface FieldPattern {
  readonly map: string;
  /** Null for every key. */
  readonly key: string | null;
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

/**
 * The rules for the answer to a request; null when no obligation is about its resource.
 * @throws {Refusal} `response-not-maskable` when an obligation names a field that cannot be masked: a policy that asks
 * for more than this gateway can do must not come to less.
 */
export function compileMaskRules({ request, obligations }: MaskSubject): MaskRules | null {
  const { info } = request;
  if (!info.isResourceRequest) return null;
  const kindClass = info.apiGroup === '' ? info.resource : `${info.resource}.${info.apiGroup}`;
  const relevant = obligations.filter(({ resource }) => resource === kindClass || resource === '*');
  const isSecrets = kindClass === 'secrets';
  // A key is kept only by the obligation that masks it: no rule takes another rule's mask away.
  const rules = relevant.map((obligation) => ({
    fields: patternsOf(obligation, isSecrets),
    keep: obligation.keep.map(fieldPattern),
  }));
  const maps = new Map<string, { base64: boolean }>();
  const base64Maps = isSecrets ? ['data'] : ['binaryData'];
  for (const { map } of rules.flatMap(({ fields }) => fields)) {
    for (const name of aliases(map, isSecrets)) maps.set(name, { base64: base64Maps.includes(name) });
  }
  const annotations = new Set(relevant.flatMap((obligation) => obligation.annotations));
  // Masked from within, with the same rules as the object itself.
  annotations.delete(LAST_APPLIED);
  if (maps.size === 0 && annotations.size === 0) return null;
  return {
    kindClass,
    namespace: info.namespace,
    name: info.name,
    maps,
    annotations,
    kinds: isSecrets ? SECRET_KINDS : null,
    refuseHelm: isSecrets && readsHelmStorage(request),
    masks: (map, key) =>
      rules.some(
        ({ fields, keep }) =>
          fields.some((pattern) => matches(pattern, map, key, isSecrets)) &&
          !keep.some((pattern) => matches(pattern, map, key, isSecrets)),
      ),
  };
}

function patternsOf(obligation: MaskObligation, isSecrets: boolean): FieldPattern[] {
  const patterns = obligation.fields.map(fieldPattern);
  // "Mask last-applied of everything" asks for the values in a Secret's copy, and they are no less secret in the Secret.
  if (patterns.length === 0 && isSecrets && obligation.annotations.includes(LAST_APPLIED)) {
    return [{ map: 'data', key: null }];
  }
  return patterns;
}

const FIELD = /^(?<map>[A-Za-z]+)(?:\.(?<dotted>[-._A-Za-z0-9]+|\*)|\[(?:'(?<single>[^']+)'|"(?<double>[^"]+)")\])$/;

/** Top-level fields that every object has; they hold more than values. */
const NOT_VALUES: ReadonlySet<string> = new Set(['metadata', 'items', 'rows', 'kind', 'type', 'apiVersion']);

/** Reads `data.*`, `data.password`, `data['ca.crt']`. */
function fieldPattern(text: string): FieldPattern {
  const { map, dotted, single, double } = FIELD.exec(text)?.groups ?? {};
  if (map === undefined || NOT_VALUES.has(map)) {
    throw new Refusal(
      'response-not-maskable',
      `The policy asks to mask the field "${text}", which this version of Gatehouse cannot; write data.*, data.key or data['key']`,
    );
  }
  return { map, key: dotted === '*' ? null : (dotted ?? single ?? double ?? '') };
}

/** `stringData` is another way to write a Secret's `data`, so a rule about one is about both. */
function aliases(map: string, isSecrets: boolean): readonly string[] {
  return isSecrets && (map === 'data' || map === 'stringData') ? ['data', 'stringData'] : [map];
}

function matches(pattern: FieldPattern, map: string, key: string, isSecrets: boolean): boolean {
  return aliases(pattern.map, isSecrets).includes(map) && (pattern.key === null || pattern.key === key);
}

const OWNER_IS_HELM = /(?:^|,)\s*owner\s*(?:==?\s*helm\s*(?:,|$)|in\s*\([^)]*\bhelm\b[^)]*\))/;

/**
 * Whether a request can be helm reading its release storage: a get of one Secret, or a list by the label that helm puts
 * on its releases. helm drops a release that it cannot decode and then takes the chart for not installed, so a flat mask
 * would make `helm upgrade --install` install over what is there: such an answer is refused instead. A plain list that
 * merely contains releases (`kubectl get secrets`) is masked flatly; refusing it would take the command away from every
 * namespace with one chart in it, and helm never reads its releases that way.
 */
function readsHelmStorage({ info }: ApiRequest): boolean {
  if (info.verb === 'get') return true;
  return (info.verb === 'list' || info.verb === 'watch') && OWNER_IS_HELM.test(info.labelSelector);
}
