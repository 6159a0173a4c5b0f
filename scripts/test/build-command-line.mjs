import { refreshCommandLine } from '../build/command-line.mjs';

/** Before any test runs: gateways of tests start their threads from the built program. */
export async function setup() {
  await refreshCommandLine();
}
