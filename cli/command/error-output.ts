/** Where a command complains, and a gateway logs: stderr, as whoever started it connected it. */
export interface ErrorOutput {
  /** `journal`: systemd's, which keeps time and priority itself (systemd.exec(5), `JOURNAL_STREAM`). */
  readonly reader: 'terminal' | 'journal' | 'other';
  /**
   * Writes whole lines and never waits for who reads them.
   * @returns false where they are lost: nobody reads, or the disk is full.
   */
  write(lines: string): boolean;
}
