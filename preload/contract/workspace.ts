import { z } from 'zod';
import { call } from './call.ts';
import { identifier, slug } from './words.ts';

/** Where a person is in the window. */
export const placeSchema = z
  .object({
    screen: z.enum(['terminal', 'clusters', 'secrets', 'approvals', 'activity', 'recordings', 'settings']),
    /** What is selected there; of terminals it is `terminal`, and anything else would be asked for anew. */
    item: z.string().max(512).nullable(),
    /** The cluster that screens are about. */
    cluster: slug.nullable(),
    terminal: identifier.nullable(),
  })
  .transform((place) => (place.screen === 'terminal' ? { ...place, item: null } : place));
export type Place = z.output<typeof placeSchema>;

export const workspaceCalls = {
  /** Where the person was when the app ended, with the terminal that was in front; null where nothing was brought back. */
  'workspace.placeAtStart': call<{ readonly place: Place; readonly terminal: string | null } | null>()(z.void()),
  'workspace.moved': call<void>()(placeSchema),
} as const;
