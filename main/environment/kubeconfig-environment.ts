import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Environment } from './login-shell-environment.ts';

const KUBECONFIG = /^kubeconfig$/i;
/** helm's own ways to name a cluster, a token or another identity (`helm env`): they win over KUBECONFIG. */
const HELM = /^HELM_KUBE/i;
/** Ours, Electron's, or of a shell that ran before: of no use to a child and harmful to some. */
const PRIVATE =
  /^(ELECTRON_|GATEHOUSE_|CHROME_DESKTOP$|NODE_OPTIONS$|ORIGINAL_XDG_CURRENT_DESKTOP$|_$|SHLVL$|SHELLOPTS$|BASHOPTS$)/;

/** The environment without any spelling of KUBECONFIG (Windows does not tell them apart), what helm puts in its place, and our own variables. */
export function withoutKubeconfig(environment: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => [KUBECONFIG, HELM, PRIVATE].every((pattern) => !pattern.test(name))),
  );
}

/**
 * The kubeconfig files that kubectl itself would read, in its order. The default one counts when it is there: somebody
 * without any kubeconfig has done nothing wrong; one that was named and is missing is worth a word.
 */
export function ownKubeconfigFiles(environment: Environment, home: string = homedir()): string[] {
  const awaited = awaitedKubeconfigFiles(environment, home);
  return isNamed(environment) ? awaited : awaited.filter((file) => existsSync(file));
}

/** The files that kubectl would read once they are there. */
export function awaitedKubeconfigFiles(environment: Environment, home: string = homedir()): string[] {
  // Each once, empty names aside, and the default one only where nothing is set at all (client-go clientcmd/loader.go).
  if (!isNamed(environment)) return [join(home, '.kube', 'config')];
  return [...new Set(environment['KUBECONFIG']?.split(delimiter))].filter(Boolean);
}

function isNamed(environment: Environment): boolean {
  return (environment['KUBECONFIG'] ?? '') !== '';
}
