import { isJsonObject, type JsonObject, metadataOf, objectAt, objectsAt, textAt } from './json.ts';

/** Fills fields that are absent, as the API server's defaulting does; fields that stand are left alone. */
export function fill(object: JsonObject, defaults: JsonObject): void {
  for (const [field, value] of Object.entries(defaults)) {
    if (object[field] === undefined || object[field] === '') object[field] = value;
  }
}

/** The object at a field, made when missing. */
export function child(object: JsonObject, field: string): JsonObject {
  const found = object[field];
  if (isJsonObject(found)) return found;
  const made: JsonObject = {};
  object[field] = made;
  return made;
}

function defaultProbe(container: JsonObject, field: string): void {
  const probe = container[field];
  if (!isJsonObject(probe)) return;
  fill(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });
  if (isJsonObject(probe['httpGet'])) fill(probe['httpGet'], { path: '/', scheme: 'HTTP' });
}

function defaultContainer(container: JsonObject): void {
  const image = textAt(container, 'image');
  const tag = /:([^/:@]+)$/.exec(image)?.[1];
  fill(container, {
    imagePullPolicy: (tag === undefined && !image.includes('@')) || tag === 'latest' ? 'Always' : 'IfNotPresent',
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  });
  for (const port of objectsAt(container, 'ports')) fill(port, { protocol: 'TCP' });
  for (const variable of objectsAt(container, 'env')) {
    const reference = objectAt(variable, 'valueFrom', 'fieldRef');
    if (Object.keys(reference).length > 0) fill(reference, { apiVersion: 'v1' });
  }
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) defaultProbe(container, probe);
}

function defaultVolume(volume: JsonObject): void {
  for (const source of ['secret', 'configMap', 'projected', 'downwardAPI']) {
    if (isJsonObject(volume[source])) fill(volume[source], { defaultMode: 420 });
  }
}

/** Defaults of a PodSpec, alone or in a template (k8s `pkg/apis/core/v1/defaults.go`). */
export function defaultPodSpec(spec: JsonObject, restartPolicy = 'Always'): void {
  for (const container of [...objectsAt(spec, 'initContainers'), ...objectsAt(spec, 'containers')]) {
    defaultContainer(container);
  }
  for (const volume of objectsAt(spec, 'volumes')) defaultVolume(volume);
  fill(spec, {
    dnsPolicy: 'ClusterFirst',
    restartPolicy,
    schedulerName: 'default-scheduler',
    securityContext: {},
    terminationGracePeriodSeconds: 30,
  });
  const account = textAt(spec, 'serviceAccountName') || textAt(spec, 'serviceAccount');
  if (account !== '') fill(spec, { serviceAccount: account, serviceAccountName: account });
}

/** Defaults of a template's pod. */
export function defaultTemplate(owner: JsonObject, restartPolicy = 'Always'): void {
  const template = child(owner, 'template');
  metadataOf(template);
  defaultPodSpec(child(template, 'spec'), restartPolicy);
}

const tokenVolume = 'kube-api-access';

/** What admission adds to a Pod itself: the service account, its token volume, tolerations, priority. */
export function admitPod(spec: JsonObject, suffix: string): void {
  fill(spec, {
    serviceAccount: 'default',
    serviceAccountName: 'default',
    preemptionPolicy: 'PreemptLowerPriority',
    priority: 0,
  });
  if (spec['tolerations'] === undefined) {
    spec['tolerations'] = ['not-ready', 'unreachable'].map((key) => ({
      key: `node.kubernetes.io/${key}`,
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: 300,
    }));
  }
  const mounted = objectsAt(spec, 'volumes').some((volume) => textAt(volume, 'name').startsWith(tokenVolume));
  if (spec['automountServiceAccountToken'] === false || mounted) return;
  const name = `${tokenVolume}-${suffix}`;
  const field = { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' }, path: 'namespace' };
  spec['volumes'] = [
    ...objectsAt(spec, 'volumes'),
    {
      name,
      projected: {
        sources: [
          { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
          { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
          { downwardAPI: { items: [field] } },
        ],
        defaultMode: 420,
      },
    },
  ];
  for (const container of [...objectsAt(spec, 'initContainers'), ...objectsAt(spec, 'containers')]) {
    container['volumeMounts'] = [
      ...objectsAt(container, 'volumeMounts'),
      { name, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
    ];
  }
}
