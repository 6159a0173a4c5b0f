/** A context found in kubeconfig files, and whether it can be used. */
export interface ContextListing {
  readonly context: string;
  readonly slug: string;
  readonly server: string;
  readonly user: string;
  readonly namespace: string;
  readonly file: string;
  /** Null, or one line that says why it is unusable and what to do. */
  readonly problem: string | null;
}
