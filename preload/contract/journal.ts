import { z } from 'zod';
import type { JournalRecord } from '../../model/journal-record.ts';
import { byHand, call, event } from './call.ts';
import { identifier, slug } from './words.ts';

const journalFilter = z.object({
  cluster: slug.optional(),
  session: identifier.optional(),
  auditId: z.string().max(64).optional(),
  text: z.string().max(200).optional(),
  outcome: z.enum(['allow', 'deny', 'requireApproval', 'refused']).optional(),
  types: z.array(z.enum(['decided', 'finished', 'own-read', 'refused', 'approval', 'gateway'])).optional(),
});

export const journalCalls = {
  'journal.query': call<readonly JournalRecord[]>()(
    z.object({ filter: journalFilter, limit: z.number().int().min(1).max(1000), before: z.number().int().optional() }),
  ),
  /** Puts these records, by their `seq`, on the clipboard as JSON, as the journal has them. */
  'journal.copy': byHand<void>()(z.array(z.number().int().min(0)).min(1).max(50)),
} as const;

export const journalEvents = {
  'journal.appended': event<readonly JournalRecord[]>(),
} as const;
