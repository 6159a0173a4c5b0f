/** A plugin that may ask, in the words by which a person knows it. */
export interface AskingPlugin {
  readonly command: string;
  /** Context of the kubeconfig. */
  readonly context: string;
}

/** What becomes of a plugin while a terminal is lent to it. */
export interface AskingListener {
  /** It asks, and is not seen yet: its time stands still. */
  waits(): void;
  /** Its question is before a person: their patience begins. */
  shown(): void;
  /** A person typed this; what the plugin complains of may repeat it. */
  answered(text: string): void;
  /** A person will not answer. */
  declined(): void;
}

/** A terminal of its own for one run of a plugin. */
export interface LentTerminal {
  /** File of the pseudo-terminal, for the plugin to open as its controlling terminal and standard input. */
  readonly device: string;
  /** What the plugin says on standard error, for the person to read. */
  said(bytes: Buffer): void;
  follow(listener: AskingListener): void;
}

/** Where credential plugins may ask a person. */
export interface PluginTerminal {
  /** Somebody could answer. */
  isInFront(): Promise<boolean>;
  /**
   * Runs what asks.
   * @param run is given the terminal that is lent; null: it has the one of this very process.
   * @throws {Refusal} `upstream-credential-unavailable` where there is no terminal to lend.
   */
  use<T>(plugin: AskingPlugin, run: (lent: LentTerminal | null) => Promise<T>): Promise<T>;
}
