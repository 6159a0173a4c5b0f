import type { HeaderList } from './header-list.ts';

/**
 * What the API server will make of a request line, exactly as its own resolver does
 * (apiserver `pkg/endpoints/request/requestinfo.go`).
 */
export interface RequestInfo {
  readonly isResourceRequest: boolean;
  /** The path after one percent-decoding. */
  readonly path: string;
  /** RequestInfo's verb: `get`, `list`, `watch`, `create`, …; the lower-case method for a non-resource path; may be empty. */
  readonly verb: string;
  /** `api` or `apis`; empty for a non-resource path, as are the fields below. */
  readonly apiPrefix: string;
  readonly apiGroup: string;
  readonly apiVersion: string;
  readonly namespace: string;
  readonly resource: string;
  readonly subresource: string;
  readonly name: string;
  /** The path's parts from the resource on. */
  readonly parts: readonly string[];
  /** First raw query values, for list, watch and deletecollection. */
  readonly fieldSelector: string;
  readonly labelSelector: string;
}

/** The identity that the client asks to act as (`Impersonate-*`). */
export interface Impersonation {
  readonly user: string;
  /** Empty when not asked for. */
  readonly uid: string;
  /** In the order sent; a comma is part of a name. */
  readonly groups: readonly string[];
  /** Keys lower-cased and percent-decoded, values in the order sent. */
  readonly extra: ReadonlyMap<string, readonly string[]>;
}

/** The upgrades that Kubernetes clients use; the gateway takes no other. */
export type UpgradeProtocol = 'websocket' | 'SPDY/3.1';

/** A request that has been read: everything that policy, approvals, journal and masking judge by. Immutable. */
export interface ApiRequest {
  readonly method: string;
  /** The target to send upstream: the client's own bytes without the cluster's path prefix. */
  readonly target: string;
  /** Decoded query pairs in the order sent. */
  readonly query: ReadonlyArray<readonly [name: string, value: string]>;
  readonly info: RequestInfo;
  /**
   * The verb that RBAC and policy mean: as `info.verb`, but `create` for any method on exec, attach and port-forward
   * (a WebSocket GET runs a command just as a POST does; kubernetes/kubernetes#134577).
   */
  readonly policyVerb: string;
  readonly headers: HeaderList;
  readonly impersonation: Impersonation | null;
  readonly upgrade: UpgradeProtocol | null;
  /** Media type of the body without parameters, lower-cased except for PATCH; empty when none was sent. */
  readonly contentType: string;
  /** `Kubectl-Session`, when the client sent a plausible one: for grouping on screen only, it can be forged. */
  readonly kubectlSession: string | null;
  /** `Kubectl-Command`, likewise. */
  readonly kubectlCommand: string | null;
}
