import { maskReleaseText } from '../helm-release/mask-release.ts';
import { looksLikeRelease } from '../helm-release/release-text.ts';
import { unescapeString } from '../scan/escaped-text.ts';
import { isDockerConfig, maskDockerConfig } from '../values/docker-config.ts';
import { isDistinctive } from '../values/known-values.ts';
import type { OwnValues } from '../values/own-values.ts';
import type { OpenObject, ReplacementOptions, WaitingValue } from './masked-object.ts';

/** What helm writes beside a release by itself. */
const HELM_LABELS: ReadonlySet<string> = new Set(['name', 'owner', 'status', 'version', 'modifiedAt', 'createdAt']);

type Bytes = Pick<ReplacementOptions, 'read' | 'readText'>;

/** The values of a Secret that are masked, in clear: also those inside a docker configuration or a helm release. */
export function gatherValues(own: OwnValues, object: OpenObject, bytes: Bytes): void {
  if (object.waiting.length === 0) return;
  // One view of them all: to make one for each costs more than to look at it.
  const first = object.waiting[0]?.start ?? 0;
  const around = bytes.read(first, object.waiting.at(-1)?.end ?? 0);
  for (const { masking, annotation, slot, start, end, escaped, base64 } of object.waiting) {
    if (masking.kind !== 'whole' || annotation) continue;
    const key = String(slot);
    if (key === 'release' || escaped || isDockerConfig(key))
      gatherOdd(own, object, bytes, { key, start, end, base64, escaped });
    else own.add(around, base64, key, start - first, end - first);
  }
}

/** A value that is written in escapes, or holds others. */
function gatherOdd(
  own: OwnValues,
  object: OpenObject,
  bytes: Bytes,
  { key, start, end, base64, escaped }: Pick<WaitingValue, 'start' | 'end' | 'base64' | 'escaped'> & { key: string },
): void {
  const raw = escaped ? Buffer.from(unescapeString(bytes.readText(start, end))) : bytes.read(start, end);
  if (key === 'release' && looksLikeRelease(raw.toString('latin1', 0, 8))) {
    // To unpack it is dear, and helm's own release Secrets have nothing that could hold a value.
    if (!isAsHelmWrites(object, bytes)) gatherRelease(own, raw);
    return;
  }
  own.add(raw, base64, key);
  if (!isDockerConfig(key)) return;
  const text = base64 ? Buffer.from(raw.toString('latin1'), 'base64').toString('utf8') : raw.toString('utf8');
  maskDockerConfig(text, key, key, (_field, leaf) => {
    own.add(Buffer.from(leaf), false, 'password');
    return '';
  });
}

/** Only what is distinctive: a chart says many ordinary words, and calls some of them credentials. */
function gatherRelease(own: OwnValues, plain: Buffer): void {
  maskReleaseText(plain.toString('latin1'), ({ field, bytes }) => {
    if (isDistinctive(bytes)) own.add(bytes, false, field.slice(field.lastIndexOf('.') + 1));
    return '';
  });
}

function isAsHelmWrites({ metadata }: OpenObject, { readText }: Bytes): boolean {
  if (metadata === null) return true;
  const { labels, annotations, finalizers, ownerReferences } = JSON.parse(readText(metadata.start, metadata.end));
  const others = [annotations, finalizers, ownerReferences].some((part) => part !== undefined);
  return !others && Object.keys(labels ?? {}).every((label) => HELM_LABELS.has(label));
}
