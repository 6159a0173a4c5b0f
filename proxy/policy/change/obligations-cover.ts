import type { PortRange } from '../../../model/decision.ts';
import { milliseconds } from '../document/duration.ts';
import type { PolicyRule } from '../document/policy-document.ts';

type Approval = NonNullable<PolicyRule['approval']>;
type Obligations = NonNullable<PolicyRule['obligations']>;
type Mask = NonNullable<Obligations['mask']>[number];
type Ports = readonly PortRange[];

/** True where an approval by `strict` is in no way easier than one by `other`. */
export function isAsStrict(strict: Approval, other: Approval): boolean {
  const shorter = (['requestTTL', 'grantTTL', 'hold'] as const).every(
    (time) => milliseconds(strict[time]) <= milliseconds(other[time]),
  );
  return (
    shorter &&
    (strict.level === 'peer' || other.level !== 'peer') &&
    (strict.reason === 'required' || other.reason !== 'required') &&
    strict.grant === other.grant
  );
}

/** True where each mask is still there, in an entry that masks as much. */
export function masksCover(wide: readonly Mask[], narrow: readonly Mask[]): boolean {
  return narrow.every((mask) => wide.some((other) => maskCovers(other, mask)));
}

/**
 * An entry without fields masks by its patterns wherever credentials stand, or, of a Secret's copy, the values too: a
 * field given to it makes it less. Patterns find more the more there are, but none at all is every value.
 */
function maskCovers(wide: Mask, narrow: Mask): boolean {
  const sameKind = wide.resource === narrow.resource && wide.as === narrow.as;
  const morePatterns =
    hasAll(wide.patterns, narrow.patterns) && (wide.patterns.length === 0) === (narrow.patterns.length === 0);
  const moreFields =
    narrow.fields.length === 0 || narrow.patterns.length > 0
      ? hasAll(wide.fields, narrow.fields) && hasAll(narrow.fields, wide.fields)
      : hasAll(wide.fields, narrow.fields);
  return (
    sameKind &&
    morePatterns &&
    moreFields &&
    hasAll(wide.annotations, narrow.annotations) &&
    hasAll(narrow.keep, wide.keep)
  );
}

function hasAll(all: readonly string[], some: readonly string[]): boolean {
  return some.every((one) => all.includes(one));
}

/** True where nothing that `narrow` records is left out by `wide`; what is typed is told apart. */
export function recordCovers(wide: Obligations['record'], narrow: Obligations['record']): boolean {
  if (narrow === undefined) return true;
  return (
    wide !== undefined && (wide.level === 'full' || narrow.level !== 'full') && (wide.required || !narrow.required)
  );
}

/** True where `strict` lets no more through than `other`. */
export function limitsCover(strict: Obligations['stream'], other: Obligations['stream']): boolean {
  if (other === undefined) return true;
  return (
    (other.stdin === undefined || strict?.stdin !== undefined) &&
    (other.ports === undefined || (strict?.ports !== undefined && within(strict.ports, other.ports))) &&
    (other.maxDuration === undefined || (strict?.maxDuration ?? Number.POSITIVE_INFINITY) <= other.maxDuration)
  );
}

/** Each range must lie in one range. */
function within(inner: Ports, outer: Ports): boolean {
  return inner.every(({ from, to }) => outer.some((range) => range.from <= from && to <= range.to));
}
