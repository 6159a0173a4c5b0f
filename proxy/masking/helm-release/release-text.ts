import { gunzipSync, gzipSync } from 'node:zlib';
import { jsonText } from '../../request/json-text.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../request/json-value.ts';
import { readStrictJson } from '../../request/strict-json.ts';

/** A release as helm stores it, opened. */
export interface OpenRelease {
  readonly release: JsonObject;
  /** The text for another release, in the same wrapping. */
  readonly seal: (release: JsonValue) => string;
}

/** Bytes of JSON; a stored release is at most 1 MiB of gzip, and no chart is a bomb by accident. */
const LIMIT = 32 * 1024 * 1024;

const GZIP = Buffer.from([0x1f, 0x8b, 0x08]);

/** How the first bytes of gzip, or of plain JSON (helm reads both), look in base64, and in base64 of that. */
const ONCE = /^(?:H4sI|eyJ)/;
const TWICE = /^(?:SDRzS|ZXlK)/;

/** Whether the text of a `release` may be one. */
export function looksLikeRelease(text: string): boolean {
  return ONCE.test(text) || TWICE.test(text);
}

/**
 * Opens the `release` of helm's storage: base64 of gzip of JSON (helm `pkg/storage/driver/util.go`), and in the `data`
 * of a Secret base64 of that.
 * @param text the text of the field.
 * @returns null where it is no release.
 */
export function openRelease(text: string): OpenRelease | null {
  if (!looksLikeRelease(text)) return null;
  const layers = ONCE.test(text) ? 1 : 2;
  try {
    let bytes = Buffer.from(text, 'base64');
    if (layers === 2) bytes = Buffer.from(bytes.toString('latin1'), 'base64');
    const isGzip = bytes.subarray(0, GZIP.length).equals(GZIP);
    const release = readStrictJson(isGzip ? gunzipSync(bytes, { maxOutputLength: LIMIT }) : bytes);
    if (!isJsonObject(release) || typeof release.get('manifest') !== 'string') return null;
    return { release, seal: (value) => seal(value, layers) };
  } catch {
    return null;
  }
}

function seal(release: JsonValue, layers: number): string {
  // The fastest level: helm reads any, and what is stored was written by helm itself or is written once.
  const text = gzipSync(Buffer.from(jsonText(release)), { level: 1 }).toString('base64');
  return layers === 2 ? Buffer.from(text).toString('base64') : text;
}

/** The release that a Secret or ConfigMap of helm's storage is a revision of. */
export function releaseNameOf(object: string): string {
  return /^sh\.helm\.release\.v1\.(.+)\.v\d+$/.exec(object)?.[1] ?? object;
}
