/** A terminal of the app's last run. */
export interface StoredTerminal {
  readonly cluster: string;
  readonly namespace: string;
  /** Where its shell was last, absolute; null where that is not known. */
  readonly folder: string | null;
}
