import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { type Place, placeSchema } from '../../preload/contract.ts';
import type { StoredTerminal } from '../terminals/stored-terminal.ts';

/** What was open, to be brought back: names and folders, nothing that could be run. */
export interface StoredWorkspace {
  readonly clusters: ReadonlyArray<{ readonly slug: string; readonly demo: boolean }>;
  readonly terminals: readonly StoredTerminal[];
  /** Place among `terminals` of the one in front; null where there is none. */
  readonly activeTerminal: number | null;
  readonly place: Place | null;
}

export const EMPTY: StoredWorkspace = { clusters: [], terminals: [], activeTerminal: null, place: null };
export const VERSION = 1;

const MOST_CLUSTERS = 64;
/** More shells than anybody has open; a file that names thousands is not ours. */
const MOST_TERMINALS = 32;

const slug = z.string().regex(/^[a-z0-9-]{1,63}$/);
const namespace = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
const folder = z
  .string()
  .max(4096)
  .refine((path) => isAbsolute(path) && !path.includes('\0'));
const cluster = z.object({ slug, demo: z.boolean().catch(false) });
const terminal = z.object({ cluster: slug, namespace, folder: folder.nullable().catch(null) });

/**
 * What of a stored workspace is still valid, piece by piece: the file is whatever somebody put there. Another version
 * than this one's says nothing.
 */
export function readWorkspace(stored: unknown): StoredWorkspace {
  if (typeof stored !== 'object' || stored === null) return EMPTY;
  const { version, clusters, terminals, activeTerminal, place } = stored as Record<string, unknown>;
  if (version !== VERSION) return EMPTY;
  const tabs = valid(terminals, terminal, MOST_TERMINALS);
  const front = z
    .number()
    .int()
    .min(0)
    .max(tabs.length - 1)
    .safeParse(activeTerminal);
  return {
    clusters: valid(clusters, cluster, MOST_CLUSTERS),
    terminals: tabs,
    activeTerminal: front.success ? front.data : null,
    place: placeSchema.safeParse(place).data ?? null,
  };
}

function valid<Schema extends z.ZodType>(list: unknown, schema: Schema, most: number): Array<z.output<Schema>> {
  if (!Array.isArray(list)) return [];
  return list
    .slice(0, most)
    .map((item) => schema.safeParse(item))
    .flatMap((read) => (read.success ? [read.data] : []));
}
