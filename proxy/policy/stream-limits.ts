import type { RecordRequirement, StreamLimits } from '../../model/decision.ts';
import type { StreamObligation } from './document/stream-obligation.ts';

export const NO_LIMITS: StreamLimits = { stdin: true, ports: [], maxDuration: null };

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
