import type { AccessRequest } from '../gateway/gateway-service.ts';

/**
 * The app's own session at the gateway, opened when a screen first needs it and again when what it must name has changed.
 * @param names changes when the kubeconfig would: connected clusters, and starts of the gateway.
 */
export function appAccess(
  openAccess: (request: AccessRequest) => Promise<string>,
  names: () => string,
): () => Promise<string> {
  let opened: { readonly names: string; readonly kubeconfig: Promise<string> } | null = null;
  return () => {
    if (opened?.names !== names()) {
      const kubeconfig = openAccess({ kind: 'app', id: 'app', cluster: null, namespace: null, writeTo: null });
      const mine = { names: names(), kubeconfig };
      opened = mine;
      kubeconfig.catch(() => {
        if (opened === mine) opened = null;
      });
    }
    return opened.kubeconfig;
  };
}
