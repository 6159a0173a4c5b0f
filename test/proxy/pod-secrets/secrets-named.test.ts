import { describe, expect, it } from 'vitest';
import { secretsNamed } from '../../../proxy/pod-secrets/secrets-named.ts';

const container = (fields: object) => ({ name: 'web', image: 'web:1', ...fields });
const volume = (fields: object) => ({ spec: { volumes: [{ name: 'v', ...fields }] } });
const env = [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password', optional: true } } }];
const envFrom = [{ prefix: 'A_', secretRef: { name: 'db' } }];

describe('the Secrets that a pod names', () => {
  it.each<readonly [how: string, pod: object]>([
    ['a variable', { spec: { containers: [container({ env })] } }],
    ['all variables', { spec: { containers: [container({ envFrom })] } }],
    ['a variable of what starts the pod', { spec: { initContainers: [container({ env })] } }],
    ['all variables of what debugs it', { spec: { ephemeralContainers: [container({ envFrom })] } }],
    ['a volume', volume({ secret: { secretName: 'db', items: [{ key: 'a', path: 'b' }] } })],
    [
      'a projected volume',
      volume({ projected: { sources: [{ configMap: { name: 'c' } }, { secret: { name: 'db' } }] } }),
    ],
    ['csi', volume({ csi: { driver: 'd', nodePublishSecretRef: { name: 'db' } } })],
    ['flexVolume', volume({ flexVolume: { driver: 'd', secretRef: { name: 'db' }, options: { secretKind: 'x' } } })],
    ['azureFile', volume({ azureFile: { secretName: 'db', shareName: 's' } })],
    ['azureFile by csi', volume({ csi: { driver: 'd', volumeAttributes: { secretName: 'db' } } })],
    ['cephfs', volume({ cephfs: { monitors: ['m'], secretRef: { name: 'db' }, secretFile: '/etc/ceph' } })],
    ['rbd', volume({ rbd: { secretRef: { name: 'db' } } })],
    ['iscsi', volume({ iscsi: { secretRef: { name: 'db' } } })],
    ['scaleIO', volume({ scaleIO: { secretRef: { name: 'db' } } })],
    ['storageos', volume({ storageos: { secretRef: { name: 'db' } } })],
    ['a kind of volume that is not known yet', volume({ vault: { deep: [{ loginSecretRef: { name: 'db' } }] } })],
  ])('are found in %s', (_how, pod) => {
    expect(secretsNamed(pod)).toEqual(['db']);
  });

  it('are each named once, in order', () => {
    const more = [{ secretRef: { name: 'api' } }, ...envFrom];
    const containers = [container({ env }), container({ envFrom: more })];
    expect(secretsNamed({ spec: { containers } })).toEqual(['api', 'db']);
  });

  it.each<readonly [what: string, pod: unknown]>([
    ['what only the kubelet is given', { spec: { imagePullSecrets: [{ name: 'registry' }] } }],
    [
      'ConfigMaps and tokens',
      volume({ projected: { sources: [{ configMap: { name: 'c' } }, { serviceAccountToken: {} }] } }),
    ],
    [
      'values of variables that speak of secrets',
      { spec: { containers: [container({ env: [{ name: 'secretRef', value: 'x' }] })] } },
    ],
    ['empty names', volume({ secret: { secretName: '' } })],
    ['names that no Secret can have', volume({ secret: { secretName: '../pods/web' } })],
    ['longer names than that', volume({ secret: { secretName: 'x'.repeat(254) } })],
    ['annotations', { metadata: { annotations: { secretName: 'db' } }, spec: {} }],
    ['what is no pod', 'secretRef'],
    ['nothing', null],
  ])('are not %s', (_what, pod) => {
    expect(secretsNamed(pod)).toEqual([]);
  });
});
