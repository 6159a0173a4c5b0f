import { documentsOf } from '../masking/helm-release/manifest-documents.ts';
import { objectsOf } from '../masking/helm-release/manifest-objects.ts';
import type { ReleaseValue } from '../masking/helm-release/mask-release.ts';
import { looksLikeRelease, openRelease, releaseNameOf } from '../masking/helm-release/release-text.ts';
import { restoreRelease, restoreText } from '../masking/helm-release/restore-release.ts';
import { clearText, holdsToken, tokensIn } from '../masking/tokens/mask-text.ts';
import type { ApiRequest } from '../request/api-request.ts';
import { textAt, valueAt } from '../request/json-text.ts';
import { isJsonObject, JsonNumber, type JsonObject, type JsonValue } from '../request/json-value.ts';
import { fieldOf, type Path } from './field-path.ts';
import { itemsOf } from './lineage.ts';
import type { LiveObject, LiveObjects } from './live-objects.ts';
import type { FromElsewhere, Unrestored } from './restore.ts';

/** What the live revisions of one release hold, and what of it they render. */
export interface ReleaseLineage {
  /** No revision has a masked value. */
  readonly isEmpty: boolean;
  readonly valueFor: (token: string) => ReleaseValue | undefined;
  /** Whether a revision renders the value of a token into an object. */
  readonly renders: (kind: string, name: string, token: string) => boolean;
}

/** Secrets of one manifest that are read for their own masks. */
const MOST_SECRETS = 32;

/**
 * Reads every revision of a release from one of the two places where helm may keep them.
 * @param name of the release; null for all of the namespace.
 */
export async function readRelease(
  objects: LiveObjects,
  namespace: string,
  name: string | null,
  resource: string,
): Promise<ReleaseLineage> {
  const selector = encodeURIComponent(name === null ? 'owner=helm' : `owner=helm,name=${name}`);
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/${resource}?labelSelector=${selector}`;
  const list = await objects.read(path);
  const values = new Map<string, ReleaseValue>();
  for (const { identity, field, token, plain } of list?.values ?? []) {
    if (name !== null && identity.name !== name) continue;
    if (identity.namespace !== namespace || !field.startsWith('release.')) continue;
    values.set(token, { field, bytes: plain, isNumber: field.endsWith('#number') });
  }
  const shown = itemsOf(list).flatMap(({ masked }) => {
    const release = openRelease(textAt(masked, 'data', 'release'))?.release;
    return release === undefined ? [] : manifestsOf(release);
  });
  return {
    isEmpty: values.size === 0,
    valueFor: (token) => values.get(token),
    renders: rendering(shown),
  };
}

/** Each document is read once, and only if it holds a mask: a body may hold thousands of tokens. */
function rendering(manifests: readonly string[]): ReleaseLineage['renders'] {
  const holders = new Map<string, Set<string>>();
  for (const document of manifests.flatMap(documentsOf)) {
    if (!holdsToken(document.text)) continue;
    for (const { kind, name, texts } of objectsOf(document)) {
      for (const token of texts.flatMap((text) => tokensIn(text))) {
        const known = holders.get(token) ?? new Set<string>();
        holders.set(token, known.add(`${kind}/${name}`));
      }
    }
  }
  return (kind, name, token) => holders.get(token)?.has(`${kind}/${name}`) === true;
}

function manifestsOf(release: JsonObject): string[] {
  const hooks = release.get('hooks');
  const list = Array.isArray(hooks) ? (hooks as readonly JsonValue[]) : [];
  return [textAt(release, 'manifest'), ...list.map((hook) => textAt(hook, 'manifest'))];
}

/** The text of a release in the body of helm's storage; null where the body holds none, or one without masks. */
export function maskedReleaseIn({ info }: ApiRequest, body: JsonValue): string | null {
  if (info.apiGroup !== '' || (info.resource !== 'secrets' && info.resource !== 'configmaps')) return null;
  const text = textAt(body, 'data', 'release');
  const opened = openRelease(text);
  return opened !== null && textsIn(opened.release).some((inner) => holdsToken(inner)) ? text : null;
}

/** Looked into in one body: each has to be unpacked. */
const MOST_RELEASES = 8;

/**
 * Masked releases that stand where nothing is put back into them: in a JSON Patch, in `stringData`. Compressed as they
 * are their masks look like nothing, and would be stored.
 */
export function masksInOtherReleases({ info }: ApiRequest, body: JsonValue): Unrestored[] {
  if (info.apiGroup !== '' || (info.resource !== 'secrets' && info.resource !== 'configmaps')) return [];
  const own = textAt(body, 'data', 'release');
  const others = [...releaseTexts(body, [])].filter(({ text }) => text !== own).slice(0, MOST_RELEASES);
  return others.flatMap(({ text, path }) => {
    const release = openRelease(text)?.release;
    const masked = release === undefined ? [] : textsIn(release).filter((inner) => holdsToken(inner));
    return masked.length === 0 ? [] : [{ field: fieldOf(path), tokens: tokensIn(masked[0] ?? '') }];
  });
}

function* releaseTexts(value: JsonValue, path: Path): Generator<{ readonly text: string; readonly path: Path }> {
  if (typeof value === 'string') {
    const isRelease = path.at(-1) === 'release' || path.at(-1) === 'value';
    if (isRelease && looksLikeRelease(value)) yield { text: value, path };
  } else if (isJsonObject(value)) {
    for (const [key, inner] of value) yield* releaseTexts(inner, [...path, key]);
  } else if (Array.isArray(value)) {
    for (const [index, inner] of (value as readonly JsonValue[]).entries())
      yield* releaseTexts(inner, [...path, index]);
  }
}

/**
 * Puts the values back into a release that helm stores: those of the same release's live revisions, and those that the
 * chart looked up in Secrets that it renders. The result must show no more than was sent: a value that would not be
 * masked again where it was put, such as under another key, is refused.
 */
export async function restoreStoredRelease(
  { info }: ApiRequest,
  body: JsonValue,
  text: string,
  objects: LiveObjects,
): Promise<{ readonly text: string } | { readonly unrestored: readonly Unrestored[] }> {
  const opened = openRelease(text);
  if (opened === null) return { text };
  const name = releaseNameOf(info.name || textAt(body, 'metadata', 'name'));
  const lineage = await readRelease(objects, info.namespace, name, info.resource);
  const looked = await lookedUp(opened.release, lineage, info.namespace, objects);
  const used = new Map<string, ReleaseValue>();
  const { release, unknown } = restoreRelease(opened.release, (token) => {
    const value = lineage.valueFor(token) ?? looked.get(token);
    if (value !== undefined) used.set(token, value);
    return value;
  });
  if (unknown.length > 0) return { unrestored: unknown };
  const sealed = opened.seal(release);
  const again = objects.mask(replacedRelease(body, info.name, sealed));
  const shown = openRelease(textAt(again, 'data', 'release'))?.release;
  const bare = shown === undefined ? null : exposed(opened.release, shown, [...used.values()]);
  if (bare === null || bare.length > 0) {
    const tokens = [...used].filter(([, value]) => bare === null || bare.includes(value)).map(([token]) => token);
    return { unrestored: [{ field: 'data.release', tokens }] };
  }
  return { text: sealed };
}

/** A Secret or ConfigMap as the masker wants to see it: with its name, which a PUT has in its URL too. */
function replacedRelease(body: JsonValue, name: string, release: string): JsonValue {
  const metadata = new Map<string, JsonValue>([['name', name || textAt(body, 'metadata', 'name')]]);
  return new Map<string, JsonValue>([
    ['metadata', metadata],
    ['data', new Map([['release', release]])],
  ]);
}

/** The masks of Secrets that a release renders, where the chart has put in what it looked up in the cluster. */
async function lookedUp(
  release: JsonObject,
  lineage: ReleaseLineage,
  namespace: string,
  objects: LiveObjects,
): Promise<Map<string, ReleaseValue>> {
  const names = new Set<string>();
  for (const manifest of manifestsOf(release)) {
    for (const document of documentsOf(manifest)) {
      const unknown = tokensIn(document.text).some((token) => lineage.valueFor(token) === undefined);
      if (!unknown) continue;
      for (const { kind, name } of objectsOf(document)) if (kind === 'Secret') names.add(name);
    }
  }
  const values = new Map<string, ReleaseValue>();
  for (const name of [...names].slice(0, MOST_SECRETS)) {
    if (!/^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$/.test(name)) continue;
    const secret = await objects.read(`/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets/${name}`);
    for (const { token, plain, base64, field } of secret?.values ?? []) {
      const bytes = base64 ? Buffer.from(plain.toString('latin1'), 'base64') : plain;
      values.set(token, { field, bytes, isNumber: false });
    }
  }
  return values;
}

/** The values that stand in clear in more places of what would be shown than of what was sent. */
function exposed(sent: JsonObject, shown: JsonObject, values: readonly ReleaseValue[]): ReleaseValue[] {
  const before = wordsOf(sent);
  const after = wordsOf(shown);
  return values.filter(({ bytes }) => {
    const value = bytes.toString('utf8');
    const forms = new Set([value, JSON.stringify(value).slice(1, -1)]);
    return [...forms].some((form) => form !== '' && count(after, form) > count(before, form));
  });
}

/** Everything that a release says in clear. */
function wordsOf(release: JsonObject): string {
  return textsIn(release)
    .map((text) => clearText(text))
    .join('\n');
}

function count(text: string, word: string): number {
  let found = 0;
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + word.length)) found += 1;
  return found;
}

function textsIn(value: JsonValue): string[] {
  if (typeof value === 'string') return [value];
  if (value instanceof JsonNumber) return [value.text];
  if (isJsonObject(value)) return [...value.keys(), ...[...value.values()].flatMap(textsIn)];
  return Array.isArray(value) ? (value as readonly JsonValue[]).flatMap(textsIn) : [];
}

/**
 * Which release an object belongs to, as helm writes it into its annotations. Into hooks it writes nothing: they are of
 * any release in their namespace that renders them.
 */
export function releaseOf(
  object: JsonValue,
  namespace: string,
): { readonly name: string | null; readonly namespace: string } | null {
  const annotation = (name: string): string => textAt(object, 'metadata', 'annotations', name);
  const name = annotation('meta.helm.sh/release-name');
  const own = annotation('meta.helm.sh/release-namespace');
  if (name !== '' && own !== '') return { name, namespace: own };
  return annotation('helm.sh/hook') === '' ? null : { name: null, namespace };
}

/**
 * What helm renders from masked values goes into the objects of the release, in the namespace of the release, where a
 * revision renders that value into that object.
 * @returns null where the object is of no release, or of one elsewhere.
 */
export async function restoreFromRelease(
  { info }: ApiRequest,
  body: JsonValue,
  live: LiveObject | null,
  objects: LiveObjects,
): Promise<FromElsewhere | null> {
  const release = releaseOf(live?.plain ?? body, info.namespace);
  if (release === null || release.namespace !== info.namespace) return null;
  const secrets = await readRelease(objects, release.namespace, release.name, 'secrets');
  const lineage = secrets.isEmpty ? await readRelease(objects, release.namespace, release.name, 'configmaps') : secrets;
  const kind = textAt(body, 'kind') || textAt(live?.plain, 'kind');
  const name = info.name || textAt(body, 'metadata', 'name');
  const written: Array<{ readonly path: Path; readonly text: string; readonly tokens: readonly string[] }> = [];
  return {
    restore: (text, path) => {
      const tokens = tokensIn(text);
      const isKnown = (token: string): boolean =>
        lineage.valueFor(token) !== undefined && lineage.renders(kind, name, token);
      if (!tokens.every(isKnown)) return null;
      const restored = restoreText(text, lineage.valueFor);
      if (holdsToken(restored) || restored.includes('\ufffd')) return null;
      written.push({ path, text, tokens });
      return restored;
    },
    shownIn: (shown) =>
      written.flatMap(({ path, text, tokens }) => {
        const values = tokens.map((token) => lineage.valueFor(token)?.bytes.toString('utf8') ?? '');
        const seen = textAtPath(shown, path);
        const isMasked = holdsToken(seen) && values.every((value) => !showsMore(seen, text, value));
        return isMasked ? [] : [{ field: fieldOf(path), tokens }];
      }),
  };
}

function showsMore(shown: string, sent: string, value: string): boolean {
  return count(clearText(shown), value) > count(clearText(sent), value);
}

function textAtPath(value: JsonValue, path: Path): string {
  let at: JsonValue | undefined = value;
  for (const step of path) {
    at = typeof step === 'number' && Array.isArray(at) ? (at as readonly JsonValue[])[step] : valueAt(at, String(step));
  }
  return typeof at === 'string' ? at : '';
}
