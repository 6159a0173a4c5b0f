/** What the command's exit code says; documented in `gatehouse --help`. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  /** `journal verify` found something wrong. */
  notVerified: 3,
  /** No gateway answers in the data folder. */
  noGateway: 4,
  /** There is something to take over or to accept, and nobody said yes. */
  undecided: 5,
  /** `journal verify` found nothing wrong, and could not check all that it was asked to. */
  notAllChecked: 6,
  /** `gateway --wait`: it was not ready in time. */
  notReady: 7,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Ends a command with a message on stderr; `message` says what is wrong and how to mend it. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
