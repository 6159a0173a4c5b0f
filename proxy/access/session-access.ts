import type { SessionKind } from '../../model/principal.ts';

/** What is asked for when a session is to get its way in. */
export interface AccessRequest {
  readonly kind: SessionKind;
  readonly id: string;
  /** `current-context`; null leaves it to the file's reader. */
  readonly cluster: string | null;
  readonly namespace: string | null;
  /** Write to this path instead of one in the kubeconfig folder. */
  readonly writeTo?: string;
}

/** A client's way in: files on disk, for one session. */
export interface ClientAccess {
  readonly session: { readonly kind: SessionKind; readonly id: string };
  /** Path of the kubeconfig; its certificates are files beside it and are renewed in place. */
  readonly kubeconfig: string;
}
