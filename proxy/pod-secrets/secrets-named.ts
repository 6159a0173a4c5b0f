import { at, objectsIn, textAt } from '../evaluation/fields.ts';

/**
 * The Secrets that a pod names for its containers and volumes, each once: mounted (`secret`, `projected`), taken into an
 * environment (`secretKeyRef`, `secretRef` of any container, also one that starts or debugs the pod), or handed to the
 * driver of a volume, which may put into the volume what it likes (`secretRef` of cephfs, iscsi, flexVolume and others,
 * `nodePublishSecretRef` of csi, `secretName` of azureFile).
 *
 * Read by how the API names such fields and not from a list of them, so that a new kind of volume is one of them. Not
 * `imagePullSecrets`: the kubelet keeps those to itself, and no program in the pod can show them. Nor a name that no Secret
 * can have, which kube-apiserver takes for an optional volume (1.36.3: `secretName: ../x`).
 */
export function secretsNamed(pod: unknown): readonly string[] {
  const names = new Set<string>();
  for (const object of objectsIn(at(pod, 'spec'))) {
    for (const [field, value] of Object.entries(object)) {
      if (!/secret/i.test(field)) continue;
      if (field === 'secretName' && typeof value === 'string') names.add(value);
      for (const key of ['name', 'secretName']) names.add(textAt(value, key));
    }
  }
  return [...names].filter((name) => name.length <= LONGEST_NAME && SUBDOMAIN.test(name)).sort();
}

/** What a Secret may be called (apimachinery `util/validation`, `IsDNS1123Subdomain`). */
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LONGEST_NAME = 253;
