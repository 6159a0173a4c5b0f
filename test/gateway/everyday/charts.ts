/** A chart of the folder `charts/`, and what its day needs to know of it. */
export interface Chart {
  /** Its folder, its release, and the end of its namespace. */
  readonly name: string;
  /** Its main workload, `deployment/web`. */
  readonly workload: string;
  /** A container of it whose image `image.tag` names. */
  readonly container: string;
  /** Where `setting` shows: an object, and the value of the chart's own and of the upgrade. */
  readonly setting: { readonly object: string; readonly first: string; readonly second: string };
  /** Values that are passwords. */
  readonly passwords: readonly string[];
  /**
   * They are given with each upgrade: where a password stands in a Secret inside of a longer text and nowhere else, its
   * mask is not put back there (docs/decisions/helm-releases.md).
   */
  readonly givesPasswordsAgain: boolean;
  /** What is shown masked of it outside of Secrets, though no credential stands there. */
  readonly masked: readonly string[];
  /** Claims that its pods need, on a cluster that binds none by itself. */
  readonly claims: readonly string[];
  readonly hasTest: boolean;
  /** Objects of the chart's own kinds, as its users write them; and what they do to them, in kubectl's words. */
  readonly objects: {
    readonly kind: string;
    readonly items: readonly object[];
    readonly use: readonly string[][];
  } | null;
}

const chart = (more: Partial<Chart> & Pick<Chart, 'name' | 'setting'>): Chart => ({
  workload: `deployment/${more.name}`,
  container: more.name,
  passwords: [],
  masked: [],
  givesPasswordsAgain: false,
  claims: [],
  hasTest: false,
  objects: null,
  ...more,
});

const certificates = 'certmanager.everyday.example/v1';

/** The longest days first: several go on at once. */
export const CHARTS: readonly Chart[] = [
  chart({
    name: 'ingress-controller',
    workload: 'deployment/ingress-controller-controller',
    container: 'controller',
    setting: {
      object: 'configmap/ingress-controller-controller',
      first: 'allow-snippet-annotations: "false"',
      second: 'allow-snippet-annotations: big',
    },
  }),
  chart({
    name: 'web',
    setting: { object: 'configmap/web-settings', first: 'SIZE: small', second: 'SIZE: big' },
    passwords: ['password'],
  }),
  chart({
    name: 'postgresql',
    workload: 'statefulset/postgresql',
    setting: {
      object: 'configmap/postgresql-configuration',
      first: 'max_connections = 100',
      second: 'max_connections = big',
    },
    passwords: ['password', 'replicationPassword'],
    claims: ['data-postgresql-0', 'data-postgresql-1'],
  }),
  chart({
    name: 'redis',
    workload: 'statefulset/redis-replicas',
    setting: { object: 'configmap/redis-configuration', first: 'maxmemory 100mb', second: 'maxmemory big' },
    passwords: ['password'],
    // Its name is that of a credential; and it is a hash of one, which helps whoever guesses.
    masked: ['StatefulSet redis-master spec.template.metadata.annotations.checksum/secret'],
  }),
  chart({
    name: 'rabbitmq',
    workload: 'statefulset/rabbitmq',
    // Its configuration is a Secret: what shows is the checksum that restarts its pods.
    setting: { object: 'statefulset/rabbitmq', first: 'checksum/config', second: 'checksum/config' },
    passwords: ['password', 'cookie'],
    givesPasswordsAgain: true,
  }),
  chart({
    name: 'cert-manager',
    workload: 'deployment/cert-manager-controller',
    container: 'controller',
    setting: { object: 'configmap/cert-manager-settings', first: 'verbosity: 2', second: 'verbosity: big' },
    objects: {
      kind: 'certificates.certmanager.everyday.example',
      items: [
        {
          apiVersion: certificates,
          kind: 'Issuer',
          metadata: { name: 'letsencrypt' },
          spec: {
            acme: {
              server: 'https://acme.example/directory',
              email: 'platform@example.com',
              privateKeySecretRef: { name: 'letsencrypt-account' },
              solvers: [{ http01: { ingress: { ingressClassName: 'public' } } }],
            },
          },
        },
        {
          apiVersion: certificates,
          kind: 'Certificate',
          metadata: { name: 'web' },
          spec: {
            secretName: 'web-tls',
            dnsNames: ['web.example'],
            issuerRef: { name: 'letsencrypt', kind: 'Issuer' },
            privateKey: { algorithm: 'ECDSA', rotationPolicy: 'Always' },
          },
        },
      ],
      use: [
        ['annotate', 'certificates.certmanager.everyday.example', 'web', 'example.com/renew=now'],
        ['delete', 'certificates.certmanager.everyday.example', 'web'],
      ],
    },
  }),
  chart({
    name: 'prometheus',
    workload: 'deployment/prometheus-server',
    container: 'server',
    setting: { object: 'configmap/prometheus-server', first: 'scrape_interval: 1m', second: 'scrape_interval: big' },
  }),
  chart({
    name: 'grafana',
    setting: { object: 'configmap/grafana', first: 'mode = console', second: 'mode = big' },
    passwords: ['password'],
    hasTest: true,
  }),
  chart({
    name: 'argo-cd',
    workload: 'statefulset/argo-cd-application-controller',
    container: 'application-controller',
    setting: {
      object: 'configmap/argocd-cm',
      first: 'timeout.reconciliation: 180s',
      second: 'timeout.reconciliation: big',
    },
    passwords: ['password'],
    objects: {
      kind: 'applications.argoproj.io',
      items: [
        {
          apiVersion: 'argoproj.io/v1alpha1',
          kind: 'Application',
          metadata: { name: 'web' },
          spec: {
            project: 'default',
            source: { repoURL: 'https://git.example/web.git', path: 'deploy', targetRevision: 'main' },
            destination: { server: 'https://kubernetes.default.svc', namespace: 'web' },
          },
        },
      ],
      use: [['delete', 'applications.argoproj.io', 'web']],
    },
  }),
  chart({
    name: 'operator',
    container: 'manager',
    setting: { object: 'databases.operator.everyday.example/operator-main', first: 'size: 1Gi', second: 'size: big' },
    objects: {
      kind: 'databases.operator.everyday.example',
      items: [
        {
          apiVersion: 'operator.everyday.example/v1',
          kind: 'Database',
          metadata: { name: 'second' },
          spec: { instances: 1, version: '16', storage: { size: '1Gi' }, monitoring: { enabled: true } },
        },
      ],
      use: [
        ['scale', 'databases.operator.everyday.example', 'second', '--replicas=2'],
        ['patch', 'databases.operator.everyday.example', 'second', '--type=merge', '-p', '{"spec":{"version":"17"}}'],
        ['label', 'databases.operator.everyday.example', 'second', 'tier=data'],
        ['delete', 'databases.operator.everyday.example', 'second'],
      ],
    },
  }),
];
