import { maskReleaseText } from '../helm-release/mask-release.ts';
import { looksLikeRelease } from '../helm-release/release-text.ts';
import { unescapeString } from '../scan/escaped-text.ts';
import { isDockerConfig, maskDockerConfig } from '../values/docker-config.ts';
import { isDistinctive } from '../values/known-values.ts';
import type { OwnValues } from '../values/own-values.ts';
import type { OpenObject, ReplacementOptions } from './masked-object.ts';

/** What helm writes beside a release by itself. */
const HELM_LABELS: ReadonlySet<string> = new Set(['name', 'owner', 'status', 'version', 'modifiedAt', 'createdAt']);

type Bytes = Pick<ReplacementOptions, 'read' | 'readText'>;

/** The values of a Secret that are masked, in clear: also those inside a docker configuration or a helm release. */
export function gatherValues(own: OwnValues, object: OpenObject, bytes: Bytes): void {
  for (const value of object.waiting) {
    if (value.masking.kind !== 'whole' || value.annotation) continue;
    const key = String(value.slot);
    const { base64 } = value;
    const raw = value.escaped
      ? Buffer.from(unescapeString(bytes.readText(value.start, value.end)))
      : bytes.read(value.start, value.end);
    if (key === 'release' && looksLikeRelease(raw.toString('latin1', 0, 8))) {
      // To unpack it is dear, and helm's own release Secrets have nothing that could hold a value.
      if (!isAsHelmWrites(object, bytes)) gatherRelease(own, raw);
      continue;
    }
    own.add(raw, base64, key);
    if (isDockerConfig(key)) {
      const text = base64 ? Buffer.from(raw.toString('latin1'), 'base64').toString('utf8') : raw.toString('utf8');
      maskDockerConfig(text, key, key, (_field, leaf) => {
        own.add(Buffer.from(leaf), false, 'password');
        return '';
      });
    }
  }
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
