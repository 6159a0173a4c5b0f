import type { RequestInfo } from '../../proxy/request/api-request.ts';
import type { User } from '../access/user.ts';

/** A request as the API server's audit log would have it, kept in memory for tests. */
export interface AuditEntry {
  readonly auditId: string;
  readonly verb: string;
  readonly method: string;
  /** The target as it stood on the wire. */
  readonly requestUri: string;
  readonly userAgent: string;
  readonly user: { readonly username: string; readonly groups: readonly string[] };
  readonly impersonatedUser: { readonly username: string; readonly groups: readonly string[] } | null;
  /** Null for a path that is no resource. */
  readonly objectRef: {
    readonly resource: string;
    readonly subresource: string;
    readonly namespace: string;
    readonly name: string;
    readonly apiGroup: string;
    readonly apiVersion: string;
  } | null;
  readonly stageTimestamp: string;
  /** Zero until it is known. */
  code: number;
}

/** Entries kept. */
const limit = 20_000;

/** The newest requests, in the order in which they arrived. */
export class AuditLog {
  readonly #entries: AuditEntry[] = [];

  add(entry: AuditEntry): AuditEntry {
    this.#entries.push(entry);
    if (this.#entries.length > limit) this.#entries.shift();
    return entry;
  }

  entries(): readonly AuditEntry[] {
    return [...this.#entries];
  }
}

/** `objectRef` of a request. */
export function objectReference(info: RequestInfo): AuditEntry['objectRef'] {
  if (!info.isResourceRequest) return null;
  const { resource, subresource, namespace, name, apiGroup, apiVersion } = info;
  return { resource, subresource, namespace, name, apiGroup, apiVersion };
}

/** A user as audit names it. */
export function auditUser(user: User): AuditEntry['user'] {
  return { username: user.username, groups: user.groups };
}
