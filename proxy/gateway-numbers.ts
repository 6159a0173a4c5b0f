/** What a running gateway can be asked of itself at any time, for those who watch it. Asking costs next to nothing. */
export interface GatewayNumbers {
  /** Connections of clients that are open, whether or not they have shown a certificate. */
  readonly connections: number;
  /** Connections to API servers, idle ones too. */
  readonly upstreamConnections: number;
  readonly journal: JournalNumbers;
}

/** How the journal keeps up. */
export interface JournalNumbers {
  /** Of all files together. */
  readonly bytes: number;
  /** Milliseconds since the oldest record came that is not on the disk itself; 0 where all are. */
  readonly lag: number;
  /** Records that could not be written since the start: each is a request that was refused, or an outcome that is not known. */
  readonly refused: number;
  /** Null, or why it cannot be written now. */
  readonly problem: string | null;
}

/** Recordings of streams, as they lie on the disk. */
export interface RecordingNumbers {
  readonly files: number;
  readonly bytes: number;
}

/** What came of reading policy and kubeconfig anew. */
export interface ReadAnew {
  /** Null where the kubeconfig leads where it led; else why its credential cannot be used, in words. */
  readonly kubeconfigProblem: string | null;
  /** Whether a kubeconfig file was changed since it was last read. */
  readonly kubeconfigChanged: boolean;
}
