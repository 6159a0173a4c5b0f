import { describe, expect, it } from 'vitest';
import { accountsIn, holdsToken, secretsIn } from '../../../../proxy/evaluation/act-as/workload.ts';

describe('case 52: whom a workload runs as', () => {
  it('is said by its pods, and not by labels and annotations of theirs', () => {
    const metadata = { annotations: { serviceAccountName: 'a' }, labels: { serviceAccount: 'b' } };
    const spec = { template: { metadata, spec: { serviceAccountName: 'ci', containers: [] } } };
    expect([...accountsIn({ metadata: metadata.annotations, spec })]).toEqual(['ci']);
  });
});

describe('case 53: the Secrets that get into a workload’s pods', () => {
  it.each<[string, object]>([
    ['a volume', { volumes: [{ name: 'v', secret: { secretName: 's' } }] }],
    ['a projection', { volumes: [{ name: 'v', projected: { sources: [{ secret: { name: 's' } }] } }] }],
    ['a variable', { containers: [{ env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }] }] }],
    ['all keys', { containers: [{ envFrom: [{ secretRef: { name: 's' } }] }] }],
    ['an init container', { initContainers: [{ envFrom: [{ secretRef: { name: 's' } }] }] }],
    ['an ephemeral container', { ephemeralContainers: [{ envFrom: [{ secretRef: { name: 's' } }] }] }],
  ])('%s', (_what, spec) => {
    expect([...secretsIn({ spec })]).toEqual(['s']);
    expect([...secretsIn({ spec: { jobTemplate: { spec: { template: { spec } } } } })]).toEqual(['s']);
  });

  it('and not what pulls images, a ConfigMap, or an annotation', () => {
    const spec = { imagePullSecrets: [{ name: 's' }], containers: [{ envFrom: [{ configMapRef: { name: 's' } }] }] };
    expect([...secretsIn({ metadata: { annotations: { secret: { name: 's' } } }, spec })]).toEqual([]);
  });
});

describe('the token of its account is there', () => {
  const sources = (source: object) => ({ volumes: [{ projected: { sources: [source] } }] });
  it.each<[string, boolean, object]>([
    ['unless something says otherwise', true, {}],
    ['not where the pod says so', false, { automountServiceAccountToken: false }],
    ['unless it mounts one', true, { automountServiceAccountToken: false, ...sources({ serviceAccountToken: {} }) }],
    ['or a certificate', true, { automountServiceAccountToken: false, ...sources({ podCertificate: {} }) }],
  ])('%s', (_what, expected, more) => {
    const spec = { containers: [], ...more };
    expect(holdsToken({ spec })).toBe(expected);
    expect(holdsToken({ spec: { template: { spec } } })).toBe(expected);
  });
});
