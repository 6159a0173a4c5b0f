import { type KubeconfigFile, KubeconfigFileError, parseKubeconfig } from '../../../proxy/clusters/kubeconfig-file.ts';
import { bytesOf, type GeneratedKubeconfig } from './generated-kubeconfig.ts';

/** Where each kubeconfig is said to lie. */
export const PLACE = '/d/config';

/** What a kubeconfig says, in a form that both readers can be brought to; null where it is refused. */
export type Reading = Readonly<Record<'clusters' | 'users' | 'contexts' | 'currentContext', unknown>> | null;

/** A kubeconfig, what client-go reads in it, and in what is left of it when the entries that we call wrong are taken out. */
export interface Recorded extends GeneratedKubeconfig {
  readonly name: string;
  readonly reading: Reading;
  readonly left: { readonly text: string; readonly reading: Reading } | null;
}

/** What client-go's program printed. */
export function readingOfClientGo(answer: { readonly config?: Readonly<Record<string, unknown>> }): Reading {
  const { config } = answer;
  if (config === undefined) return null;
  return {
    clusters: byName(config['clusters'], 'cluster'),
    users: byName(config['users'], 'user'),
    contexts: byName(config['contexts'], 'context'),
    currentContext: config['current-context'] || null,
  };
}

/** Our own reading, and the blocks that it takes no offence at; all of them where the whole file is refused. */
export function ourReading({ blocks, form }: GeneratedKubeconfig): {
  readonly reading: Reading;
  readonly left: readonly string[];
} {
  let read: KubeconfigFile;
  try {
    read = parseKubeconfig(bytesOf(blocks, form), PLACE);
  } catch (error) {
    if (error instanceof KubeconfigFileError) return { reading: null, left: blocks };
    throw error;
  }
  const entries = (list: readonly { readonly name: string; readonly file: string }[]) =>
    inOrder(list.map(({ name, file: _file, ...entry }) => [name, withoutEmpty(entry)]));
  return {
    reading: {
      clusters: entries(read.clusters),
      users: entries(read.users),
      contexts: entries(read.contexts),
      currentContext: read.currentContext,
    },
    left: unblamed(
      blocks,
      read.flaws.map(({ message }) => message),
    ),
  };
}

/** The blocks that stand on none of the lines that the messages name. */
function unblamed(blocks: readonly string[], messages: readonly string[]): string[] {
  const lines = messages.flatMap((message) =>
    [...message.matchAll(/line ([\d, ]+)/g)].flatMap(([, list = '']) => list.split(',').map(Number)),
  );
  let next = 1;
  return blocks.filter((block) => {
    const first = next;
    next += block.split(/\n|\u0085/).length - 1;
    return !lines.some((line) => line >= first && line < Math.max(next, first + 1));
  });
}

function byName(list: unknown, kind: string): unknown {
  const entries = (list ?? []) as Readonly<Record<string, unknown>>[];
  return inOrder(entries.map((entry) => [String(entry['name']), withoutEmpty(entry[kind])]));
}

function inOrder(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  return Object.fromEntries(
    entries.map(([name, value]) => [`entry ${name}`, value] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** Maps that are the same empty and missing. */
const LOOSE_MAPS = ['config', 'as-user-extra'];

/** Without what is the same whether it is there or not: null, false, and text, lists and maps with nothing in them. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).flatMap(([name, held]) => {
    const clean = withoutEmpty(held);
    const size = typeof clean === 'object' && clean !== null ? Object.keys(clean).length : 1;
    const empty = !clean || (size === 0 && (Array.isArray(clean) || LOOSE_MAPS.includes(name)));
    return empty ? [] : [[name, clean] as const];
  });
  return Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1)));
}
