/** A Deployment as people write it; how it runs is what the two of these tests differ in. */
function deployment(name: string, pod: object): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels: { app: name } },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          ...pod,
          securityContext: { runAsNonRoot: true, runAsUser: 1000 },
          containers: [
            {
              name: 'main',
              image: 'registry.example/app:1',
              ports: [{ name: 'http', containerPort: 8080 }],
              envFrom: [{ configMapRef: { name: 'settings' } }],
              env: [{ name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }],
              volumeMounts: [{ name: 'db', mountPath: '/run/secrets/db', readOnly: true }],
              securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
              livenessProbe: { exec: { command: ['true'] } },
            },
          ],
          volumes: [
            { name: 'db', secret: { secretName: 'db' } },
            { name: 'settings', configMap: { name: 'settings' } },
          ],
        },
      },
    },
  };
}

const cronJob = (name: string, pod: object): object => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: `${name}-nightly` },
  spec: {
    schedule: '0 3 * * *',
    jobTemplate: {
      spec: {
        template: {
          spec: {
            ...pod,
            restartPolicy: 'Never',
            containers: [{ name: 'job', image: 'registry.example/app:1', command: ['true'] }],
          },
        },
      },
    },
  },
});

/** The workloads of the tests: one as the default account, one as an account of its own with few rights. */
export const WORKLOADS = ['web', 'worker'] as const;
export type Workload = (typeof WORKLOADS)[number];

const POD: Readonly<Record<Workload, object>> = { web: {}, worker: { serviceAccountName: 'worker' } };

/** What a workload is made of, as one file of people's own. */
export function manifestOf(workload: Workload, image = 'registry.example/app:1'): string {
  const items = [deployment(workload, POD[workload]), cronJob(workload, POD[workload])];
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items }).replaceAll('registry.example/app:1', image);
}

/** What whoever runs the cluster has put there: the account with its rights, settings, and a password. */
export function surroundings(password: string): string {
  const rbac = 'rbac.authorization.k8s.io';
  const items = [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { SIZE: 'small' } },
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' }, stringData: { password } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'worker' } },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'Role',
      metadata: { name: 'worker' },
      rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'watch'] }],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata: { name: 'worker' },
      roleRef: { apiGroup: rbac, kind: 'Role', name: 'worker' },
      subjects: [{ kind: 'ServiceAccount', name: 'worker' }],
    },
  ];
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}
