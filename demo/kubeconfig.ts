import { quotedYaml } from '../proxy/quoted-yaml.ts';
import type { CertificatePair } from './certificates.ts';

/** A context of the demo's kubeconfig: a user with a certificate or a token. */
export interface DemoContext {
  readonly name: string;
  readonly user: string;
  readonly namespace: string;
  readonly credential: CertificatePair | { readonly token: string };
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** A kubeconfig with everything inside, the first context current. */
export function kubeconfigText(url: string, authority: string, contexts: readonly DemoContext[]): string {
  return quotedYaml({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'gatehouse-demo', cluster: { server: url, 'certificate-authority-data': base64(authority) } }],
    users: contexts.map(({ user, credential }) => ({
      name: user,
      user:
        'token' in credential
          ? { token: credential.token }
          : { 'client-certificate-data': base64(credential.certificate), 'client-key-data': base64(credential.key) },
    })),
    contexts: contexts.map(({ name, user, namespace }) => ({
      name,
      context: { cluster: 'gatehouse-demo', user, namespace },
    })),
    'current-context': contexts[0]?.name ?? '',
  });
}
