import type { ValueContext } from '../../patterns/value-patterns.ts';

/**
 * What a container inside an object is to whoever looks for inline credentials. By the keys that the API uses wherever
 * it embeds a pod template, so that custom resources with containers in them are read like a Deployment.
 */
export type ValueRole =
  /** Neither of the others: walked for what is below. */
  | 'tree'
  /** A list of `{name, value}`: `env`, `httpHeaders`, the `parameters` of a chart. */
  | 'entries'
  /** One of them. */
  | 'entry'
  /** `command` and `args`. */
  | 'words'
  /** A map in which the key names the value: annotations, parameters of a volume or storage class. */
  | 'named'
  /** `data` or `binaryData` of a ConfigMap. */
  | 'config';

const LISTS: ReadonlyMap<string, ValueRole> = new Map([
  ['env', 'entries'],
  ['httpHeaders', 'entries'],
  ['parameters', 'entries'],
  ['command', 'words'],
  ['args', 'words'],
]);

const MAPS: ReadonlySet<string> = new Set(['annotations', 'parameters', 'volumeAttributes', 'options']);

/** Texts in which the cluster quotes what it likes: events, conditions, why a container ended. */
const TEXTS: ReadonlySet<string> = new Set(['message', 'note']);

export function roleOfList(slot: string | number): ValueRole {
  return (typeof slot === 'string' ? LISTS.get(slot) : undefined) ?? 'tree';
}

/** @param configData the container is a top-level map of a ConfigMap. */
export function roleOfMap(slot: string | number, heldBy: ValueRole, configData: boolean): ValueRole {
  if (heldBy === 'entries') return 'entry';
  if (configData) return 'config';
  return typeof slot === 'string' && MAPS.has(slot) ? 'named' : 'tree';
}

function isText(key: string): boolean {
  return TEXTS.has(key);
}

/** What stands beside a value: the `name` of its entry, and the word before it in a list. */
export interface Neighbours {
  readonly entryName: string | null;
  readonly previous: string | null;
}

/**
 * How a text is looked at by the role of what holds it.
 * @param slot its key, or its index.
 * @returns null where no inline credential is looked for.
 */
export function contextOf(
  role: ValueRole,
  slot: string | number,
  { entryName, previous }: Neighbours,
): ValueContext | null {
  switch (role) {
    case 'entry':
      return slot === 'value' ? { name: entryName, flag: null } : null;
    case 'words':
      return { name: null, flag: previous ?? '' };
    case 'named':
    case 'config':
      return { name: String(slot), flag: null };
    default:
      return typeof slot === 'string' && isText(slot) ? { name: null, flag: null } : null;
  }
}

/** Keys under which the API keeps nothing that could be a credential, in every object that embeds a pod template. */
const QUIET: ReadonlySet<string> = new Set([
  'managedFields',
  'securityContext',
  'volumeMounts',
  'tolerations',
  'topologySpreadConstraints',
  'imagePullSecrets',
  'nodeSelector',
  'affinity',
  'matchLabels',
  'matchExpressions',
  'limits',
  'requests',
  'labels',
  'podIPs',
  'hostIPs',
]);

/** Whether what is under a key is not looked into, unless a rule names a field there. */
export function isQuiet(key: string): boolean {
  return QUIET.has(key);
}
