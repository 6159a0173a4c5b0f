import type { ClusterObjects } from '../store/cluster-objects.ts';
import { type JsonObject, nameOf, textAt } from '../store/json.ts';
import { kindNamed, resourceKinds } from '../store/resource-kinds.ts';

/** A new namespace gets its default service account and the cluster's CA. */
export function furnishNamespace(objects: ClusterObjects, namespace: JsonObject, caCertificate: string): void {
  const name = nameOf(namespace);
  if (textAt(namespace, 'metadata', 'deletionTimestamp') !== '') return;
  if (!objects.find('ServiceAccount', name, 'default')) {
    objects.create(kindNamed('ServiceAccount'), name, {
      kind: 'ServiceAccount',
      apiVersion: 'v1',
      metadata: { name: 'default' },
    });
  }
  if (!objects.find('ConfigMap', name, 'kube-root-ca.crt')) {
    const annotations = {
      'kubernetes.io/description':
        'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.',
    };
    objects.create(kindNamed('ConfigMap'), name, {
      kind: 'ConfigMap',
      apiVersion: 'v1',
      metadata: { name: 'kube-root-ca.crt', annotations },
      data: { 'ca.crt': caCertificate },
    });
  }
}

/** Empties a namespace that is being deleted, then takes it away. */
export function emptyNamespace(objects: ClusterObjects, namespace: JsonObject): void {
  const name = nameOf(namespace);
  for (const kind of resourceKinds.filter((each) => each.namespaced)) {
    for (const object of objects.store.list(kind.storage, name))
      objects.store.remove(kind.storage, name, nameOf(object));
  }
  objects.erase('Namespace', '', name);
}
