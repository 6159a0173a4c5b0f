import type { KubeconfigUser } from './kubeconfig-file.ts';

/** The command of the plugin that gives a user's credential; null where something else does: client-go asks it last. */
export function pluginOf(user: KubeconfigUser | undefined): string | null {
  if (user === undefined || !user.exec?.command) return null;
  const others = [
    user['client-certificate'],
    user['client-certificate-data'],
    user.token,
    user.tokenFile,
    user.username,
  ];
  return others.every((other) => other === null) ? user.exec.command : null;
}
