import { createHash } from 'node:crypto';
import type { DemoAuthority } from '../certificates.ts';
import type { JsonObject } from '../store/json.ts';
import { encoded, type Planted, plant } from './manifest.ts';
import { secretValues } from './secret-values.ts';

const day = 24;

/** ConfigMaps and NetworkPolicies: nothing confidential. */
export const configuration: readonly Planted[] = [
  plant('ConfigMap', 'payments', 'payments-settings', 190 * day, {
    data: {
      'settings.yaml':
        'currency: EUR\nretries: 3\nprovider: larkpay\nledger:\n  host: ledger-db.payments.svc\n  pool: 20\n',
    },
  }),
  plant('ConfigMap', 'storefront', 'web-flags', 30 * day, {
    data: { FEATURE_NEW_CHECKOUT: 'true', FEATURE_GIFT_CARDS: 'false', CDN_HOST: 'cdn.larkfield.example' },
  }),
  plant('ConfigMap', 'data-platform', 'ingest-topics', 66 * day, { data: { topics: 'orders,returns,stock\n' } }),
  plant('ConfigMap', 'monitoring', 'scrape-targets', 350 * day, {
    data: { 'targets.yaml': 'targets:\n- payments-api.payments.svc:8080\n- web.storefront.svc:3000\n' },
  }),
  plant('NetworkPolicy', 'payments', 'default-deny', 200 * day, {
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  }),
  plant('NetworkPolicy', 'payments', 'api-to-ledger', 200 * day, {
    spec: {
      podSelector: { matchLabels: { app: 'payments-api' } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'storefront' } } }] }],
      egress: [
        { to: [{ podSelector: { matchLabels: { app: 'ledger-db' } } }], ports: [{ protocol: 'TCP', port: 5432 }] },
        { to: [{ namespaceSelector: {} }], ports: [{ protocol: 'UDP', port: 53 }] },
      ],
    },
  }),
];

function secret(
  namespace: string,
  name: string,
  hours: number,
  data: Readonly<Record<string, string>>,
  type = 'Opaque',
): Planted {
  return plant('Secret', namespace, name, hours, { type, data: encoded(data) });
}

/** A Secret that was made with `kubectl apply` of a file with `stringData`: the annotation repeats it in clear. */
function appliedSecret(
  namespace: string,
  name: string,
  hours: number,
  plain: Readonly<Record<string, string>>,
): Planted {
  const manifest: JsonObject = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { annotations: {}, name, namespace },
    stringData: { ...plain },
    type: 'Opaque',
  };
  const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': `${JSON.stringify(manifest)}\n` };
  return plant('Secret', namespace, name, hours, { type: 'Opaque', data: encoded(plain) }, { annotations });
}

function dockerConfig(): string {
  const username = 'larkfield-pull';
  const auth = Buffer.from(`${username}:${secretValues.registryPassword}`).toString('base64');
  return JSON.stringify({
    auths: { 'registry.larkfield.example': { username, password: secretValues.registryPassword, auth } },
  });
}

/** Secrets of the seed and the confidential values made at start. */
export interface SeedSecrets {
  readonly planted: readonly Planted[];
  readonly made: readonly string[];
}

/** The Secrets worth stealing. Key material is made at start, so that no private key stands in the source. */
export async function seedSecrets(authority: DemoAuthority, contractorToken: string): Promise<SeedSecrets> {
  const shop = await authority.issueServer(['shop.larkfield.example'], ['127.0.0.1']);
  const deployKey = (await authority.issueServer(['deploy.larkfield.example'], ['127.0.0.1'])).key;
  const values = secretValues;
  const databaseUrl = `postgres://payments:${values.paymentsDatabasePassword}@ledger-db.payments.svc:5432/ledger?sslmode=require`;
  const pull = dockerConfig();
  const pullSecrets = ['payments', 'storefront', 'data-platform', 'ci', 'monitoring'].map((namespace) =>
    secret(namespace, 'registry-pull', 200 * day, { '.dockerconfigjson': pull }, 'kubernetes.io/dockerconfigjson'),
  );
  const bootstrap = createHash('sha256').update(contractorToken).digest('hex').slice(0, 16);
  const planted = [
    secret('payments', 'payments-db', 200 * day, {
      username: 'payments',
      password: values.paymentsDatabasePassword,
      url: databaseUrl,
      'replica-password': values.paymentsReplicaPassword,
    }),
    appliedSecret('payments', 'payment-provider', 92 * day, {
      'api-key': values.paymentProviderKey,
      'webhook-secret': values.paymentWebhookSecret,
    }),
    secret('storefront', 'web-session', 41 * day, { 'signing-key': values.sessionSigningKey }),
    secret('storefront', 'cache', 300 * day, { password: values.storefrontCachePassword }),
    appliedSecret('storefront', 'search', 61 * day, { 'admin-key': values.searchApiKey }),
    secret(
      'storefront',
      'shop-tls',
      20 * day,
      { 'tls.crt': shop.certificate, 'tls.key': shop.key },
      'kubernetes.io/tls',
    ),
    secret('data-platform', 'warehouse', 66 * day, {
      host: 'warehouse.larkfield.example',
      password: values.warehousePassword,
    }),
    secret('data-platform', 'object-store', 66 * day, {
      'access-key-id': 'DEMOACCESSKEY00000001',
      'secret-access-key': values.objectStoreSecret,
    }),
    secret(
      'ci',
      'deploy-key',
      240 * day,
      { 'ssh-privatekey': deployKey, passphrase: values.deployKeyPassphrase },
      'kubernetes.io/ssh-auth',
    ),
    secret('ci', 'release-mail', 140 * day, { smtp: values.releaseSmtpPassword }),
    secret('monitoring', 'alert-webhook', 350 * day, { token: values.alertWebhookToken }),
    secret('monitoring', 'dashboards-admin', 350 * day, { user: 'admin', password: values.dashboardAdminPassword }),
    ...pullSecrets,
    plant(
      'Secret',
      'ci',
      'oakline-deployer-token',
      320 * day,
      {
        type: 'kubernetes.io/service-account-token',
        data: encoded({ token: contractorToken, namespace: 'ci', 'ca.crt': authority.certificate }),
      },
      { annotations: { 'kubernetes.io/service-account.name': 'oakline-deployer' } },
    ),
    secret(
      'kube-system',
      'bootstrap-token-demo01',
      2 * day,
      { 'token-id': 'demo01', 'token-secret': bootstrap },
      'bootstrap.kubernetes.io/token',
    ),
  ];
  return { planted, made: [shop.key, deployKey, contractorToken, bootstrap] };
}
