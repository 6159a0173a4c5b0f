/** Tests of what chance decides, over and over: a few rounds with the unit tests, many in `npm run test:long`. */
export const MANY_ROUNDS = [
  'test/proxy/journal/crash.test.ts',
  'test/proxy/recording/recording-crash.test.ts',
  'test/main/terminal-host/pseudo-terminal.test.ts',
];
