import type { ExecPlugin } from './kubeconfig-schema.ts';

const API_VERSIONS = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];

/** What keeps a plugin from being run at all, to follow its name (client-go `clientcmd/validation.go`). */
export function pluginProblem({ apiVersion, env, interactiveMode }: ExecPlugin): string | null {
  if (apiVersion === null) return `has no apiVersion; set it to ${API_VERSIONS[0]}`;
  if (!API_VERSIONS.includes(apiVersion)) {
    return `speaks "${apiVersion}", which kubectl no longer takes; set apiVersion to ${API_VERSIONS[0]}`;
  }
  if (interactiveMode === null) {
    return `has no interactiveMode, which ${apiVersion} wants; set it to IfAvailable, or to Never if it asks nobody`;
  }
  if (!['Never', 'IfAvailable', 'Always'].includes(interactiveMode)) {
    return `has the interactiveMode "${interactiveMode}"; there are Never, IfAvailable and Always`;
  }
  return env.some(({ name }) => name === '') ? 'has a variable without a name in its env' : null;
}
