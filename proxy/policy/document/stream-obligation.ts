import { z } from 'zod';
import type { PortRange } from '../../../model/decision.ts';
import { milliseconds } from './duration.ts';

const port = z
  .union([z.number().int(), z.string()], { error: 'must be a port such as 8080, or a range such as "9000-9100"' })
  .transform((value, context): PortRange => {
    const [, from = '', to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(String(value)) ?? [];
    const range = { from: Number(from), to: Number(to) };
    if (from === '' || range.from < 1 || range.to > 65_535 || range.from > range.to) {
      context.addIssue({ code: 'custom', message: 'must be a port such as 8080, or a range such as "9000-9100"' });
    }
    return range;
  });

/** `obligations.stream` of a rule. */
export const streamObligation = z
  .strictObject({
    stdin: z.literal('deny', { error: 'must be deny, or left out' }).optional(),
    ports: z.array(port).min(1, 'needs at least one port; a deny rule closes all of them').max(1000).optional(),
    maxDuration: z
      .string()
      .regex(/^(?=\d)(?:\d{1,4}h)?(?:\d{1,5}m)?(?:\d{1,6}s)?$/, 'must be a time such as 90s, 15m or 8h')
      .transform(milliseconds)
      // Node's timers end at 2^31 ms, and 0 would end every stream before it began.
      .refine((value) => value >= 1000 && value <= 2_147_483_647, 'must be between 1s and 596h')
      .optional(),
  })
  .refine((block) => Object.keys(block).length > 0, 'is empty; say what it limits');

export type StreamObligation = z.output<typeof streamObligation>;
