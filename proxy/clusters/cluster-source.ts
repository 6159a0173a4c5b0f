/** A cluster to serve: which context of which kubeconfig files. */
export interface ClusterSource {
  /** Files as in `KUBECONFIG`: merged, first definition wins. */
  readonly kubeconfigFiles: readonly string[];
  readonly context: string;
  readonly labels: Readonly<Record<string, string>>;
}
