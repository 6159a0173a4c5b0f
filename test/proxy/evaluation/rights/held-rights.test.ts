import { describe, expect, it } from 'vitest';
import { EVERYTHING, heldRights, secretsNamed } from '../../../../proxy/evaluation/rights/held-rights.ts';

const rule = (verbs: readonly string[], resources: readonly string[], group = '', names?: readonly string[]) => ({
  ...{ apiGroups: [group], resources, verbs },
  ...(names === undefined ? {} : { resourceNames: names }),
});
const RBAC = 'rbac.authorization.k8s.io';
const CERTIFICATES = 'certificates.k8s.io';
const ADMISSION = 'admissionregistration.k8s.io';

function says(rules: readonly object[], namespace = ''): string[] {
  return heldRights({ rules }, namespace).map((right) => right.says);
}

describe('case 54: a right that leads further', () => {
  it.each<[string, string[], string[], string?]>([
    ['reads secrets', ['get', 'list', 'watch', 'patch', 'delete', 'deletecollection'], ['secrets']],
    ['makes pods', ['create', 'update', 'patch'], ['pods', 'podtemplates', 'replicationcontrollers']],
    [
      'makes pods',
      ['create', 'update', 'patch'],
      ['deployments', 'daemonsets', 'statefulsets', 'replicasets', 'controllerrevisions'],
      'apps',
    ],
    ['makes pods', ['create', 'update', 'patch'], ['jobs', 'cronjobs'], 'batch'],
    ['makes pods', ['create'], ['workflows'], 'argoproj.io'],
    ['makes pods', ['patch'], ['virtualmachines'], 'kubevirt.io'],
    ['acts through Argo CD', ['create'], ['applications'], 'argoproj.io'],
    ['acts through Flux', ['patch'], ['helmreleases'], 'helm.toolkit.fluxcd.io'],
    ['acts through Velero', ['create'], ['restores'], 'velero.io'],
    ['changes what others send or run', ['update'], ['policies'], 'kyverno.io'],
    ['hands out rights', ['create'], ['globalroles'], 'management.cattle.io'],
    ['directs what runs as root on nodes', ['create'], ['plans'], 'upgrade.cattle.io'],
    ['gets into pods', ['create', 'get'], ['pods/exec', 'pods/attach', 'pods/portforward', '*/exec']],
    ['gets into pods', ['update', 'patch'], ['pods/ephemeralcontainers']],
    ['mints tokens', ['create'], ['serviceaccounts/token', '*/token']],
    ['impersonates others', ['impersonate'], ['users', 'groups', 'serviceaccounts']],
    [
      'impersonates others',
      ['impersonate:user-info', 'impersonate:anything-to-come'],
      ['users', 'groups', 'serviceaccounts', 'nodes'],
      'authentication.k8s.io',
    ],
    ['impersonates others', ['impersonate-on:serviceaccount:get'], ['widgets']],
    ['hands out rights', ['create', 'update', 'patch', 'bind', 'escalate'], ['roles', 'clusterroles'], RBAC],
    ['hands out rights', ['create', 'update', 'patch'], ['rolebindings', 'clusterrolebindings'], RBAC],
    ['approves certificates', ['update', 'patch'], ['certificatesigningrequests/approval'], CERTIFICATES],
    ['approves certificates', ['create'], ['certificatesigningrequests/nodeclient'], CERTIFICATES],
    ['approves certificates', ['approve', 'sign', 'attest'], ['signers'], CERTIFICATES],
    [
      'changes admission',
      ['create', 'update', 'patch'],
      ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations', 'mutatingadmissionpolicies'],
      ADMISSION,
    ],
    ['changes admission', ['patch'], ['validatingadmissionpolicybindings'], ADMISSION],
    ['changes API services', ['create', 'update', 'patch'], ['apiservices'], 'apiregistration.k8s.io'],
    ['changes conversion webhooks', ['patch'], ['customresourcedefinitions'], 'apiextensions.k8s.io'],
    ['uses the proxy of the API server', ['get', 'create'], ['nodes/proxy', 'pods/proxy', 'services/proxy', '*/proxy']],
    ['makes volumes of host paths', ['create'], ['persistentvolumes']],
    ['changes who signs in', ['update', 'patch'], ['configmaps']],
  ])('%s: %j on %j of %s', (right, verbs, resources, group = '') => {
    for (const verb of verbs) {
      for (const resource of resources) {
        expect(says([rule([verb], [resource], group)]), `${verb} ${resource}`).toContain(right);
        expect(says([rule(['*'], [resource], '*')]), `any verb on ${resource}`).toEqual(
          verb.startsWith('impersonate-on') ? [] : expect.arrayContaining([right]),
        );
      }
    }
  });

  it.each<[string, object]>([
    ['reading pods', rule(['get', 'list', 'watch'], ['pods', 'pods/log', 'pods/status'])],
    ['deleting pods', rule(['delete', 'deletecollection'], ['pods', 'deployments'])],
    ['creating Secrets of a name that is none of a bootstrap token', rule(['create'], ['secrets'], '', ['a'])],
    ['secrets of another group', rule(['*'], ['secrets'], 'widgets.example.com')],
    ['roles of another group', rule(['*'], ['roles', 'rolebindings'], 'widgets.example.com')],
    ['deployments of no group', rule(['create'], ['deployments'])],
    ['everything of one’s own group', rule(['*'], ['*'], 'widgets.example.com')],
    ['a verb that begins alike', rule(['impersonates', 'binds'], ['users', 'roles'])],
    ['bind in another API', rule(['bind', 'approve'], ['apiexports'], 'apis.example.com')],
    // kube-apiserver 1.36.3 says no to each of them.
    ['pods/*, which is nothing', rule(['create', 'get'], ['pods/*'])],
    ['*/*, which is nothing', rule(['*'], ['*/*'])],
    ['patching nodes', rule(['patch', 'update'], ['nodes', 'nodes/status'])],
    ['scaling and evicting', rule(['patch', 'create'], ['deployments/scale', 'pods/eviction'], 'apps')],
    ['paths', { verbs: ['*'], nonResourceURLs: ['*'] }],
    ['no verbs', rule([], ['*'], '*')],
    ['no groups', { verbs: ['*'], resources: ['*'], apiGroups: [] }],
  ])('not %s', (_name, given) => {
    expect(says([given])).toEqual([]);
  });

  it.each<[string, object[], string[]]>([
    ['whatever it is on, it is everything', [rule(['*'], ['*'], '*'), rule(['get'], ['secrets'])], [EVERYTHING]],
    [
      'everything of the core group',
      [rule(['get'], ['*'])],
      ['reads secrets', 'gets into pods', 'uses the proxy of the API server'],
    ],
    ['every verb on pods', [rule(['*'], ['pods'])], ['makes pods']],
    ['the rules of a role together', [rule(['get'], ['pods']), rule(['bind'], ['roles'], RBAC)], ['hands out rights']],
  ])('%s', (_name, rules, expected) => {
    expect(says(rules)).toEqual(expected);
  });

  it('a broken role gives nothing, and breaks nothing', () => {
    for (const role of [null, 'r', { rules: 'all' }, { rules: [null, { verbs: 'get' }] }]) {
      expect(heldRights(role, '')).toEqual([]);
    }
  });
});

describe('a right that is restricted to names', () => {
  it.each<[string, object[], string, readonly string[] | null]>([
    ['counts', [rule(['patch'], ['deployments'], 'apps', ['b', 'a'])], 'makes pods', ['a', 'b']],
    [
      'is widened by another rule',
      [rule(['patch'], ['deployments'], 'apps', ['a']), rule(['create'], ['pods'])],
      'makes pods',
      null,
    ],
    [
      'does not narrow another rule',
      [rule(['create'], ['pods']), rule(['patch'], ['deployments'], 'apps', ['a'])],
      'makes pods',
      null,
    ],
    ['counts for a sign-in', [rule(['patch'], ['configmaps'], '', ['aws-auth'])], 'changes who signs in', ['aws-auth']],
  ])('%s', (_name, rules, right, names) => {
    expect(heldRights({ rules }, '')).toEqual([{ says: right, names }]);
  });
});

describe('the right to read one Secret by its name', () => {
  const role = {
    rules: [rule(['get', 'watch'], ['secrets'], '', ['ca', 'ci-token']), rule(['create'], ['pods'], '', ['p'])],
  };

  it('counts where that may be a token', () => {
    const reads = (isToken?: (secret: string) => boolean): string[] =>
      heldRights(role, 'shop', isToken).map(({ says: said }) => said);
    expect(reads((name) => name === 'ci-token')).toEqual(['reads secrets', 'makes pods']);
    expect(reads(() => false)).toEqual(['makes pods']);
    expect(reads()).toEqual(['reads secrets', 'makes pods']);
  });

  it('tells which Secrets to look at', () => {
    expect(secretsNamed(role.rules)).toEqual(['ca', 'ci-token']);
    expect(secretsNamed([rule(['get'], ['secrets']), rule(['get'], ['pods'], '', ['p'])])).toEqual([]);
  });
});

describe('a group of which every kind counts', () => {
  it.each<[string, object, string[]]>([
    ['is meant by its name', rule(['create'], ['gitrepositories'], 'source.toolkit.fluxcd.io'), ['acts through Flux']],
    ['is not meant by a scale of any group', rule(['update'], ['*/scale', 'leases'], '*'), []],
  ])('%s', (_name, given, expected) => {
    expect(says([given])).toEqual(expected);
  });
});

describe('a right in one namespace', () => {
  it.each<[string, object, string, string[]]>([
    ['is what it is elsewhere', rule(['get'], ['secrets']), 'ci', ['reads secrets']],
    ['is nothing of what belongs to the cluster', rule(['create'], ['clusterrolebindings'], RBAC), 'ci', []],
    ['nor of the proxies of nodes', rule(['get'], ['nodes/proxy']), 'ci', []],
    ['lets bind ClusterRoles there', rule(['bind'], ['clusterroles'], RBAC), 'ci', ['hands out rights']],
    ['makes bootstrap tokens in kube-system', rule(['create'], ['secrets']), 'kube-system', ['makes bootstrap tokens']],
    ['and nowhere else', rule(['create'], ['secrets']), 'ci', []],
    [
      'changes who signs in, and more, in kube-system',
      rule(['update'], ['configmaps']),
      'kube-system',
      ['changes who signs in', 'directs the cluster by its ConfigMaps'],
    ],
    [
      'directs what is set up by a ConfigMap where that is',
      rule(['patch'], ['configmaps'], '', ['local-path-config']),
      'local-path-storage',
      ['directs the cluster by its ConfigMaps'],
    ],
    ['and nowhere else', rule(['update'], ['configmaps']), 'ci', []],
  ])('%s', (_name, given, namespace, expected) => {
    expect(says([given], namespace)).toEqual(expected);
  });
});
