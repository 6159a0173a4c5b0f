import type { Duplex, Readable } from 'node:stream';
import type { Cluster, UpstreamCredential } from '../clusters/cluster.ts';

/** A request as it goes out: a header block built from nothing, asserted, in wire order. */
export interface UpstreamRequest {
  readonly method: string;
  /** Path and query, the cluster's base path included. */
  readonly target: string;
  /** With the `Content-Length` of the body where there is one; nothing is added. */
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>;
  /** A body read already, or none. */
  readonly body: Buffer | null;
}

export interface UpstreamResponse {
  readonly status: number;
  /** As on the wire: repeated lines stay apart. Hop-by-hop headers taken out. */
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>;
  readonly body: Readable;
}

/** An upgrade that the API server accepted. */
export interface UpstreamUpgrade {
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>;
  /** Not flowing: what comes is kept until somebody listens. An error listener is on it. */
  readonly socket: Duplex;
  /** Bytes that came behind the 101. */
  readonly head: Buffer;
}

/** The only way from the gateway to an API server. Both calls share one kind of connection behind it. */
export interface Upstream {
  /**
   * @throws {Refusal} `upstream-unreachable`, `upstream-certificate-invalid`, `upstream-rejected-credential`,
   * `upstream-response-invalid`, `upstream-redirect`, `upstream-busy` — each saying which cluster, what happened and
   * what to do. After an abort: the signal's reason.
   */
  request(
    cluster: Cluster,
    credential: UpstreamCredential,
    request: UpstreamRequest,
    signal: AbortSignal,
  ): Promise<UpstreamResponse>;
  /** An answer other than 101 comes back as a response; nothing is tunnelled then (CVE-2018-1002105). */
  upgrade(
    cluster: Cluster,
    credential: UpstreamCredential,
    request: UpstreamRequest,
    signal: AbortSignal,
  ): Promise<UpstreamUpgrade | UpstreamResponse>;
  /** The cluster was disconnected: its idle connections end, requests under way finish. */
  forget(cluster: Cluster): void;
  close(): Promise<void>;
}
