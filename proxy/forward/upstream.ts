import type { Duplex, Readable } from 'node:stream';
import type { Cluster, UpstreamCredential } from '../clusters/cluster.ts';

/** A request as it goes out: a header block built from nothing, asserted, in wire order. */
export interface UpstreamRequest {
  readonly method: string;
  /** Path and query, the cluster's base path included. */
  readonly target: string;
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>;
  /** A body read already, a stream, or none. */
  readonly body: Buffer | Readable | null;
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
  readonly socket: Duplex;
  /** Bytes that came behind the 101. */
  readonly head: Buffer;
}

/** The only way from the gateway to an API server. Both calls share one connection interface behind it. */
export interface Upstream {
  /**
   * @throws {Refusal} `upstream-unreachable`, `upstream-certificate-invalid`, `upstream-rejected-credential`,
   * `upstream-response-invalid`, `upstream-redirect` — each saying which cluster, what happened and what to do.
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
