/** What the command's exit code says; {@link EXIT_MEANINGS} has it in words. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  notVerified: 3,
  noGateway: 4,
  undecided: 5,
  notAllChecked: 6,
  notReady: 7,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** For `gatehouse --help` and the manual; a command says in its own help what the codes are with it. */
export const EXIT_MEANINGS: Readonly<Record<ExitCode, string>> = {
  [exitCodes.done]: 'done',
  [exitCodes.failed]: 'failed',
  [exitCodes.usage]: 'wrong usage',
  [exitCodes.notVerified]: 'the journal did not verify',
  [exitCodes.noGateway]: 'no gateway answers',
  [exitCodes.undecided]: 'nothing was written for want of a yes',
  [exitCodes.notAllChecked]: 'nothing wrong in the journal, and not all of it could be checked',
  [exitCodes.notReady]: 'the gateway was not ready in the time of --wait',
};

/** Ends a command with a message on stderr; `message` says what is wrong and how to mend it. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
