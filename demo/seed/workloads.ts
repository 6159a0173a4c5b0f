import type { Json, JsonObject } from '../store/json.ts';
import { type Planted, plant } from './manifest.ts';

const registry = 'registry.larkfield.example';

/** A web service of the company in a few words. */
interface App {
  readonly namespace: string;
  readonly name: string;
  readonly image: string;
  readonly replicas: number;
  readonly port: number;
  readonly hours: number;
  readonly team: string;
  readonly env?: Json[];
  readonly envFrom?: Json[];
  readonly volumes?: Json[];
  readonly volumeMounts?: Json[];
  readonly serviceAccountName?: string;
  readonly type?: string;
}

/** An environment variable from a Secret. */
function fromSecret(name: string, secret: string, key: string): JsonObject {
  return { name, valueFrom: { secretKeyRef: { name: secret, key } } };
}

const resources = { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '512Mi' } };

function container(app: App): JsonObject {
  const health = { httpGet: { path: '/healthz', port: app.port }, periodSeconds: 10 };
  return {
    name: app.name,
    image: `${registry}/${app.image}`,
    ports: [{ name: 'http', containerPort: app.port }],
    env: [{ name: 'LOG_LEVEL', value: 'info' }, { name: 'PORT', value: String(app.port) }, ...(app.env ?? [])],
    ...(app.envFrom ? { envFrom: app.envFrom } : {}),
    ...(app.volumeMounts ? { volumeMounts: app.volumeMounts } : {}),
    readinessProbe: health,
    resources,
  };
}

function plantApp(app: App): Planted[] {
  const labels = { app: app.name, 'app.kubernetes.io/part-of': app.namespace, team: app.team };
  const podSpec: JsonObject = {
    containers: [container(app)],
    ...(app.volumes ? { volumes: app.volumes } : {}),
    ...(app.serviceAccountName ? { serviceAccountName: app.serviceAccountName } : {}),
    imagePullSecrets: [{ name: 'registry-pull' }],
  };
  return [
    plant(
      'Deployment',
      app.namespace,
      app.name,
      app.hours,
      {
        spec: {
          replicas: app.replicas,
          selector: { matchLabels: { app: app.name } },
          template: { metadata: { labels }, spec: podSpec },
        },
      },
      { labels },
    ),
    plant(
      'Service',
      app.namespace,
      app.name,
      app.hours,
      {
        spec: {
          type: app.type ?? 'ClusterIP',
          selector: { app: app.name },
          ports: [{ name: 'http', port: 80, targetPort: 'http' }],
        },
      },
      { labels },
    ),
  ];
}

const apps: readonly App[] = [
  {
    namespace: 'payments',
    name: 'payments-api',
    image: 'payments/api:4.18.2',
    replicas: 3,
    port: 8080,
    hours: 190 * 24,
    team: 'payments',
    serviceAccountName: 'payments-api',
    env: [
      fromSecret('DATABASE_URL', 'payments-db', 'url'),
      fromSecret('PAYMENT_PROVIDER_KEY', 'payment-provider', 'api-key'),
      fromSecret('WEBHOOK_SECRET', 'payment-provider', 'webhook-secret'),
    ],
    volumes: [
      { name: 'settings', configMap: { name: 'payments-settings' } },
      { name: 'database', secret: { secretName: 'payments-db' } },
    ],
    volumeMounts: [
      { name: 'settings', mountPath: '/etc/payments' },
      { name: 'database', mountPath: '/var/run/payments-db', readOnly: true },
    ],
  },
  {
    namespace: 'payments',
    name: 'ledger-worker',
    image: 'payments/ledger:2.7.0',
    replicas: 2,
    port: 9000,
    hours: 120 * 24,
    team: 'payments',
    env: [fromSecret('DATABASE_URL', 'payments-db', 'url')],
  },
  {
    namespace: 'storefront',
    name: 'web',
    image: 'storefront/web:2026.11.3',
    replicas: 3,
    port: 3000,
    hours: 410 * 24,
    team: 'storefront',
    type: 'LoadBalancer',
    env: [fromSecret('SESSION_KEY', 'web-session', 'signing-key'), fromSecret('REDIS_PASSWORD', 'cache', 'password')],
    envFrom: [{ configMapRef: { name: 'web-flags' } }],
  },
  {
    namespace: 'storefront',
    name: 'catalog',
    image: 'storefront/catalog:1.42.0',
    replicas: 2,
    port: 8081,
    hours: 300 * 24,
    team: 'storefront',
    env: [fromSecret('SEARCH_API_KEY', 'search', 'admin-key')],
  },
  {
    namespace: 'storefront',
    name: 'checkout',
    image: 'storefront/checkout:3.3.1',
    replicas: 2,
    port: 8082,
    hours: 74 * 24,
    team: 'storefront',
  },
  {
    namespace: 'data-platform',
    name: 'ingest',
    image: 'data/ingest:0.29.4',
    replicas: 2,
    port: 8090,
    hours: 66 * 24,
    team: 'data',
    env: [fromSecret('WAREHOUSE_PASSWORD', 'warehouse', 'password')],
  },
  {
    namespace: 'ci',
    name: 'runner',
    image: 'ci/runner:18.5.0',
    replicas: 2,
    port: 8093,
    hours: 240 * 24,
    team: 'platform',
  },
  {
    namespace: 'monitoring',
    name: 'dashboards',
    image: 'monitoring/dashboards:12.2.1',
    replicas: 1,
    port: 3001,
    hours: 350 * 24,
    team: 'platform',
    env: [fromSecret('ADMIN_PASSWORD', 'dashboards-admin', 'password')],
  },
];

function cronJob(namespace: string, name: string, schedule: string, hours: number, spec: JsonObject): Planted {
  const template = { spec: { ...spec, restartPolicy: 'Never' } };
  return plant('CronJob', namespace, name, hours, { spec: { schedule, jobTemplate: { spec: { template } } } });
}

const batch: readonly Planted[] = [
  cronJob('payments', 'nightly-reconciliation', '15 2 * * *', 180 * 24, {
    serviceAccountName: 'payments-api',
    containers: [
      {
        name: 'reconcile',
        image: `${registry}/payments/reconcile:1.9.0`,
        command: ['/app/reconcile', '--yesterday'],
        env: [fromSecret('DATABASE_URL', 'payments-db', 'url')],
      },
    ],
  }),
  cronJob('data-platform', 'warehouse-export', '*/30 * * * *', 66 * 24, {
    containers: [
      {
        name: 'export',
        image: `${registry}/data/export:0.8.1`,
        command: ['sh', '-c', 'echo exporting partitions && sleep 2 && echo done'],
        env: [fromSecret('WAREHOUSE_PASSWORD', 'warehouse', 'password')],
      },
    ],
  }),
  plant('Job', 'data-platform', 'warehouse-export-29384610', 0.4, {
    spec: {
      template: {
        spec: {
          restartPolicy: 'Never',
          containers: [
            {
              name: 'export',
              image: `${registry}/data/export:0.8.1`,
              command: ['sh', '-c', 'echo exporting partitions && sleep 2 && echo done'],
            },
          ],
        },
      },
    },
  }),
];

const ledgerDatabase: Planted[] = [
  plant('StatefulSet', 'payments', 'ledger-db', 200 * 24, {
    spec: {
      serviceName: 'ledger-db',
      replicas: 2,
      selector: { matchLabels: { app: 'ledger-db' } },
      template: {
        metadata: { labels: { app: 'ledger-db', team: 'payments' } },
        spec: {
          containers: [
            {
              name: 'postgres',
              image: `${registry}/base/postgres:17.2`,
              ports: [{ name: 'postgres', containerPort: 5432 }],
              env: [fromSecret('POSTGRES_PASSWORD', 'payments-db', 'password')],
              resources,
            },
          ],
        },
      },
    },
  }),
  plant('Service', 'payments', 'ledger-db', 200 * 24, {
    spec: { clusterIP: 'None', selector: { app: 'ledger-db' }, ports: [{ name: 'postgres', port: 5432 }] },
  }),
];

/** Deployments, Services, StatefulSets, Jobs and CronJobs of the company. */
export const workloads: readonly Planted[] = [...apps.flatMap(plantApp), ...ledgerDatabase, ...batch];
