import { withoutKubeconfig } from '../environment/kubeconfig-environment.ts';
import type { Environment } from '../environment/login-shell-environment.ts';

/** What a terminal's shell gets: the person's own environment, and the gateway as the only way to a cluster. */
export function terminalEnvironment(login: Environment, kubeconfig: string, version: string): Record<string, string> {
  return {
    ...withoutKubeconfig(login),
    TERM: 'xterm-256color',
    COLORTERM: 'truecolor',
    TERM_PROGRAM: 'Gatehouse',
    TERM_PROGRAM_VERSION: version,
    // For rc files: a line that would export another KUBECONFIG can leave it when this is set.
    GATEHOUSE: '1',
    KUBECONFIG: kubeconfig,
  };
}
