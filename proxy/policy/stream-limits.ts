import { z } from 'zod';
import type { PortRange, RecordRequirement, StreamLimits } from '../../model/decision.ts';
import { milliseconds } from './document/duration.ts';

export const NO_LIMITS: StreamLimits = { stdin: true, ports: [], maxDuration: null };

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

/** Several rules combine to the strictest. */
export function limitedBy(limits: StreamLimits, more: StreamObligation): StreamLimits {
  return {
    stdin: limits.stdin && more.stdin === undefined,
    ports: more.ports === undefined ? limits.ports : [...limits.ports, more.ports],
    maxDuration: shorter(limits.maxDuration, more.maxDuration ?? null),
  };
}

function shorter(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.min(one, other);
}

/** True where every rule lets this port through. */
export function allowsPort({ ports }: StreamLimits, asked: number): boolean {
  return ports.every((ranges) => ranges.some(({ from, to }) => asked >= from && asked <= to));
}

/** Several rules combine to the one that records most. */
export function recordedBy(
  known: RecordRequirement | null,
  more: { readonly level: 'metadata' | 'full'; readonly required: boolean; readonly input: 'off' | 'on' },
): RecordRequirement {
  return {
    level: known?.level === 'full' ? 'full' : more.level,
    required: known?.required === true || more.required,
    input: known?.input === true || more.input === 'on',
  };
}

/**
 * Milliseconds that a stream may last: what the policy says of its length, or else what a person's yes is good for, so
 * that access which was granted for a time ends with it (security case 29). Null: as long as it likes.
 */
export function longestStream({
  stream,
  approval,
}: {
  readonly stream: StreamLimits;
  readonly approval: { readonly grantTtl: number } | null;
}): number | null {
  return stream.maxDuration ?? approval?.grantTtl ?? null;
}
