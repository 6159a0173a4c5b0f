import { Refusal } from '../refusal.ts';
import { readRequestInfo } from './request-info.ts';

/** A target that the gateway and the API server read alike. */
export interface CanonicalTarget {
  /** The path after one percent-decoding, as Go's `URL.Path`. */
  readonly path: string;
  /** What follows the first `?`, undecoded; empty without one. */
  readonly rawQuery: string;
}

/** Visible ASCII only: everything else must come percent-encoded, and `\` and `#` never come at all. */
const PLAIN_TARGET = /^\/[\x21\x22\x24-\x5b\x5d-\x7e]*$/;
/** An API path in the form in which clients send it: nothing encoded, nothing empty, no dot segment. */
const ORDINARY_PATH = /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._:~@!$'()*+,=-]+)+$/;
/** Encoded slash, backslash, percent sign and control bytes: the API server decodes them into a path of another meaning. */
const MISLEADING_ESCAPE = /%(?:2[Ff]|5[Cc]|25|[01][0-9A-Fa-f]|7[Ff])/;

/**
 * Refuses every target that the API server might read differently from the gateway: it serves a SecretList for
 * `/api/v1/namespaces/foo%2Fsecrets` and, for all namespaces, for `/api/v1/namespaces//secrets`.
 * @throws {Refusal} `target-not-canonical`, naming what is wrong.
 */
export function readTarget(target: string): CanonicalTarget {
  const question = target.indexOf('?');
  const rawPath = question === -1 ? target : target.slice(0, question);
  const rawQuery = question === -1 ? '' : target.slice(question + 1);
  if (rawQuery !== '') checkQuery(rawQuery);
  if (ORDINARY_PATH.test(rawPath)) return { path: rawPath, rawQuery };
  return { path: readPath(rawPath), rawQuery };
}

function readPath(rawPath: string): string {
  if (!rawPath.startsWith('/')) {
    throw refused('it must be a path that begins with / (neither an absolute URL nor *)');
  }
  if (rawPath.includes('#')) throw refused('a # cannot stand in a request target');
  if (rawPath.includes('\\')) throw refused('a backslash cannot stand in its path');
  if (!PLAIN_TARGET.test(rawPath)) throw refused('characters other than visible ASCII must be percent-encoded');
  const misleading = MISLEADING_ESCAPE.exec(rawPath);
  if (misleading) throw refused(`${misleading[0]} in its path would be decoded into another path`);
  let path: string;
  try {
    path = decodeURIComponent(rawPath);
  } catch {
    throw refused('its path has a percent-encoding that is broken or is not UTF-8');
  }
  checkSegments(path);
  return path;
}

/** One trailing slash is harmless (the API server trims it); behind a `proxy` subresource the path is the backend's own. */
function checkSegments(path: string): void {
  if (path === '/') return;
  const segments = path.slice(1).split('/');
  if (segments.some((segment) => segment === '.' || segment === '..')) throw refused('its path has a dot segment');
  const empty = segments.indexOf('');
  if (empty === -1 || empty === segments.length - 1) return;
  if (!isProxyPath(`/${segments.slice(0, empty).join('/')}`)) throw refused('its path has an empty segment (//)');
}

function isProxyPath(path: string): boolean {
  try {
    return readRequestInfo('GET', path, '').subresource === 'proxy';
  } catch {
    return false;
  }
}

function checkQuery(rawQuery: string): void {
  // Go drops a pair that holds a semicolon, so `?dryRun=All;x=1` would be a real write.
  if (rawQuery.includes(';')) throw refused('a ; in its query must be percent-encoded as %3B');
  if (rawQuery.includes('#')) throw refused('a # cannot stand in a request target');
  if (!/^[\x21-\x7e]*$/.test(rawQuery)) throw refused('characters other than visible ASCII must be percent-encoded');
  if (!rawQuery.includes('%')) return;
  let decoded: string;
  try {
    decoded = decodeURIComponent(rawQuery);
  } catch {
    throw refused('its query has a percent-encoding that is broken or is not UTF-8');
  }
  // The result is used: a bundler takes the call for free of effects and drops it otherwise.
  if (decoded.includes('\0')) throw refused('%00 cannot stand in its query');
}

function refused(why: string): Refusal {
  return new Refusal('target-not-canonical', `the request target cannot be read with certainty: ${why}`);
}
