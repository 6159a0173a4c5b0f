/** The confidential values of the seed. Each is made up, opens nothing, and stands nowhere else, so that a leak shows. */
export const secretValues = {
  paymentsDatabasePassword: 'vT9-demo-ledger-Qm4xZr71Lw',
  paymentsReplicaPassword: 'hB3-demo-replica-Kc82yNpe5T',
  paymentProviderKey: 'larkpay_demo_sk_8sQ2mVn0fXtR4kYwJz61',
  paymentWebhookSecret: 'larkpay_demo_whsec_Jd7PzL3cGqB9vNsA5h',
  sessionSigningKey: 'demo-session-e4b1f07a9c2d8835bb6f1ce0a79d',
  storefrontCachePassword: 'rD6-demo-cache-Wy5hGt92Sx',
  searchApiKey: 'search_demo_admin_0kM9rXbT3vHqLw',
  warehousePassword: 'nJ8-demo-warehouse-Ft40cVbz6R',
  objectStoreSecret: 'DEMOwarehouse/8mKq2Zr+tXv5LbNc0yHs3PdGf7',
  registryPassword: 'demo-registry-Ux7pQe25mZkA',
  deployKeyPassphrase: 'demo-deploy-Gs91bTfWn4qL',
  alertWebhookToken: 'demo-alert-hook-T83/B04/wzN6kEyRt2Vj',
  dashboardAdminPassword: 'pX2-demo-dashboard-Lh66dKmu9C',
  releaseSmtpPassword: 'demo-smtp-Yb40sFqRc8tM',
} as const;

/** All of them, for tests that look for leaks. */
export const demoSecretValues: readonly string[] = Object.values(secretValues);
