import type { Decision, MaskObligation } from '../../../../model/decision.ts';
import {
  addPattern,
  descend,
  maskedBy,
  newPatternNode,
  readFieldPattern,
} from '../../../../proxy/patterns/field-pattern.ts';
import type { Aspect } from '../../../../proxy/policy/change/loosened.ts';
import { allowsPort, longestStream } from '../../../../proxy/policy/stream-limits.ts';

const OUTCOMES = ['allow', 'requireApproval', 'deny'];
const PORTS = [80, 443, 8080, 8500];
const PLACES = [
  ['data', 'password'],
  ['data', 'ca.crt'],
  ['data', 'other'],
];

/** In what a decision lets more through than another; told from decisions alone, without a look at any rule. */
export function looserIn(before: Decision, after: Decision): Aspect | 'outcome' | null {
  const [was, is] = [before, after].map(({ outcome }) => OUTCOMES.indexOf(outcome)) as [number, number];
  if (is < was) return 'outcome';
  if (after.outcome === 'deny') return null;
  const [old, present] = [before.approval, after.approval];
  if (old !== null && present !== null) {
    const easier =
      (old.level === 'peer' && present.level !== 'peer') ||
      (old.reasonRequired && !present.reasonRequired) ||
      present.requestTtl > old.requestTtl ||
      present.grantTtl > old.grantTtl ||
      present.hold > old.hold;
    if (easier) return 'approval';
  }
  for (const resource of ['secrets', 'pods']) if (shown(before.masks, after.masks, resource)) return 'masks';
  const [kept, keeps] = [before.record, after.record];
  if (kept !== null) {
    if (keeps === null || (kept.required && !keeps.required) || (kept.level === 'full' && keeps.level !== 'full')) {
      return 'records';
    }
  }
  if ((kept?.input ?? false) !== (keeps?.input ?? false)) return 'input';
  if (!before.stream.stdin && after.stream.stdin) return 'streams';
  if (PORTS.some((port) => !allowsPort(before.stream, port) && allowsPort(after.stream, port))) return 'streams';
  const [longest, lasts] = [before, after].map((one) => longestStream(one) ?? Number.POSITIVE_INFINITY) as [
    number,
    number,
  ];
  if (lasts > longest) return before.stream.maxDuration === null ? 'grants' : 'streams';
  if (before.warnings && !after.warnings) return 'warnings';
  return null;
}

/** Something was masked, or looked at, that is not any more. */
function shown(before: readonly MaskObligation[], after: readonly MaskObligation[], resource: string): boolean {
  const [old, present] = [maskedPlaces(before, resource), maskedPlaces(after, resource)];
  return [...old].some((place) => !present.has(place));
}

/** `data/password redact`, and with a token, which is less; `data/password builtin:jwt`; `annotation note`. */
function maskedPlaces(masks: readonly MaskObligation[], resource: string): ReadonlySet<string> {
  const relevant = masks.filter((mask) => mask.resource === resource || mask.resource === '*');
  const root = newPatternNode();
  const places = new Set<string>();
  relevant.forEach((mask, index) => {
    const { patterns = [], as = 'token' } = mask;
    const onlyCopies =
      mask.fields.length === 0 && patterns.length === 0 && mask.annotations.some((name) => name !== 'note');
    const fields = onlyCopies && resource === 'secrets' ? ['data.*'] : mask.fields;
    for (const field of fields) addPattern(root, readFieldPattern(field) ?? [], index, 'masks');
    for (const field of mask.keep) addPattern(root, readFieldPattern(field) ?? [], index, 'keeps');
    for (const name of mask.annotations) for (const form of formsOf(as)) places.add(`annotation ${name} ${form}`);
    if (fields.length === 0) for (const pattern of patterns) places.add(`anywhere ${pattern} ${as}`);
  });
  for (const place of PLACES) {
    const nodes = place.reduce((at, step) => descend(at, step), [root] as ReturnType<typeof descend>);
    for (const index of maskedBy(nodes)) {
      const { patterns = [], as = 'token' } = relevant[index] ?? {};
      for (const pattern of patterns) places.add(`${place.join('/')} ${pattern} ${as}`);
      if (patterns.length === 0) for (const form of formsOf(as)) places.add(`${place.join('/')} ${form}`);
    }
  }
  return places;
}

function formsOf(as: 'token' | 'redact'): readonly string[] {
  return as === 'redact' ? ['token', 'redact'] : ['token'];
}
