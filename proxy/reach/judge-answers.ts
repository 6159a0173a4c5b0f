import type { ShortAnswer } from '../forward/own-connection.ts';

/** Who an API server takes those for that show no credential (apiserver `user.Anonymous`). */
const NOBODY = 'system:anonymous';

/** What an answer says of the API server, or of the credential that it was asked with. */
export type Verdict =
  | 'accepted'
  /** 401. */
  | 'rejected'
  /** It let the credential pass by unseen: no authenticator of its read it. */
  | 'nobody'
  /** The API server is there and cannot answer now. */
  | 'failing'
  /** This server does not know the question. */
  | 'not-known';

/** What `/version` says; most clusters tell it to anybody, so it says nothing of a credential but that it is refused. */
export function judgeVersion({ status, json }: ShortAnswer): { verdict: Verdict; serverVersion: string | null } {
  if (status === 401) return { verdict: 'rejected', serverVersion: null };
  if (status >= 500) return { verdict: 'failing', serverVersion: null };
  const version = status === 200 ? textAt(json, 'gitVersion') : null;
  return { verdict: 'accepted', serverVersion: version !== null && /^[\w.+~-]{1,64}$/.test(version) ? version : null };
}

/**
 * What a review of oneself says (SelfSubjectReview, or SelfSubjectAccessReview where that is too new). Both are open to
 * everyone who is somebody (`system:basic-user`); where a cluster took that away, the 403 names whom it took it from,
 * and authentication comes before authorisation.
 */
export function judgeReview({ status, json }: ShortAnswer): { verdict: Verdict; user: string | null } {
  if (status === 401) return { verdict: 'rejected', user: null };
  if (status >= 500) return { verdict: 'failing', user: null };
  if (status === 403) {
    const nobody = (textAt(json, 'message') ?? '').includes(`"${NOBODY}"`);
    return { verdict: nobody ? 'nobody' : 'accepted', user: null };
  }
  if (status !== 200 && status !== 201) return { verdict: status === 429 ? 'accepted' : 'not-known', user: null };
  const user = textAt(json, 'status', 'userInfo', 'username');
  return user === NOBODY
    ? { verdict: 'nobody', user: null }
    : { verdict: 'accepted', user: user?.slice(0, 256) ?? null };
}

function textAt(json: unknown, ...path: readonly string[]): string | null {
  let value = json;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return null;
    value = (value as Record<string, unknown>)[key];
  }
  return typeof value === 'string' ? value : null;
}
