/** A context found in kubeconfig files, and whether it can be used. */
export interface ContextListing {
  readonly context: string;
  readonly slug: string;
  readonly server: string;
  readonly user: string;
  readonly namespace: string;
  readonly file: string;
  /** Command of the credential plugin that signs in; null where the credential comes from the file. */
  readonly plugin: string | null;
  /** What other files say under the same names and kubectl does not use; mostly empty. */
  readonly passedOver: readonly PassedOver[];
  /** Null, or one line that says why it is unusable and what to do. */
  readonly problem: string | null;
}

/** A name that several kubeconfig files define: the first of them counts, as for kubectl. */
export interface PassedOver {
  readonly kind: 'context' | 'cluster' | 'user';
  readonly name: string;
  /** The file that counts. */
  readonly used: string;
  /** The others, in their order. */
  readonly files: readonly string[];
}
