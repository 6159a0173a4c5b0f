import { describe, expect, it } from 'vitest';
import { parsePolicyFile } from '../../../../proxy/policy/document/parse-policy.ts';
import { policyWarnings } from '../../../../proxy/policy/never-matches/warnings.ts';
import { document, problemsIn } from '../policies.ts';

const rule = (match: string, more = 'effect: deny') => document(`  - {id: r, ${more}, match: {${match}}}\n`);
const warningsIn = (text: string) => policyWarnings(parsePolicyFile('p.yaml', text).policies, null);

/** What platform engineers write by mistake: it would match nothing, and a deny so written lets everything through. */
const MISTAKES: ReadonlyArray<readonly [match: string, says: string]> = [
  // As `kubectl get` takes it.
  ['resources: [deployments]', 'write deployments.apps'],
  ['resources: [deployment]', 'write deployments.apps'],
  ['resources: [deploy]', 'write deployments.apps'],
  ['resources: [pod]', 'write pods'],
  ['resources: [po]', 'write pods'],
  ['resources: [secret]', 'write secrets'],
  ['resources: [cm]', 'write configmaps'],
  ['resources: [svc]', 'write services'],
  ['resources: [ns]', 'write namespaces'],
  ['resources: [node]', 'write nodes'],
  ['resources: [sa]', 'write serviceaccounts'],
  ['resources: [pvc]', 'write persistentvolumeclaims'],
  ['resources: [sts]', 'write statefulsets.apps'],
  ['resources: [ds]', 'write daemonsets.apps'],
  ['resources: [cronjobs]', 'write cronjobs.batch'],
  ['resources: [jobs]', 'write jobs.batch'],
  ['resources: [hpa]', 'write horizontalpodautoscalers.autoscaling'],
  ['resources: [pdb]', 'write poddisruptionbudgets.policy'],
  ['resources: [ingress]', 'write ingresses.networking.k8s.io'],
  ['resources: [netpol]', 'write networkpolicies.networking.k8s.io'],
  ['resources: [clusterrolebindings]', 'write clusterrolebindings.rbac.authorization.k8s.io'],
  ['resources: [crds]', 'write customresourcedefinitions.apiextensions.k8s.io'],
  ['resources: [storageclass]', 'write storageclasses.storage.k8s.io'],
  ['resources: [leases]', 'write leases.coordination.k8s.io'],
  ['resources: [csr]', 'write certificatesigningrequests.certificates.k8s.io'],
  // As a manifest has it.
  ['resources: [Deployment]', 'write deployments.apps'],
  ['resources: [Secret]', 'write secrets'],
  ['resources: [PODS]', 'write pods'],
  ['resources: [apps/v1/Deployment]', 'write deployments.apps'],
  ['resources: [apps/deployments]', 'write deployments.apps'],
  ['resources: [batch/v1/jobs]', 'write jobs.batch'],
  ['resources: [v1/pods]', 'write pods'],
  ['resources: [core/secrets]', 'write secrets'],
  // Groups.
  ['resources: [deployment.apps]', 'write deployments.apps'],
  ['resources: [deployments.v1.apps]', 'write deployments.apps'],
  ['resources: [deployments.apps.v1]', 'write deployments.apps'],
  ['resources: [deployments.app]', 'write deployments.apps'],
  ['resources: [pods.apps]', 'write pods'],
  ['resources: [secrets.core]', 'write secrets'],
  ['resources: [secrets.v1]', 'write secrets'],
  ['resources: [jobs.apps]', 'write jobs.batch'],
  ['resources: [roles.rbac]', 'write roles.rbac.authorization.k8s.io'],
  ['resources: [clusterroles.rbac.authorization]', 'write clusterroles.rbac.authorization.k8s.io'],
  ['resources: [ingresses.networking]', 'write ingresses.networking.k8s.io'],
  ['resources: [ingress.networking.k8s.io]', 'write ingresses.networking.k8s.io'],
  ['resources: [horizontalpodautoscalers.apps]', 'write horizontalpodautoscalers.autoscaling'],
  ['resources: ["*.core"]', 'name its resources one by one'],
  ['resources: ["*.rbac"]', 'write *.rbac.authorization.k8s.io'],
  ['resources: ["*.v1"]', 'the core group has no name'],
  // Slips and custom resources.
  ['resources: [deploymnets.apps]', 'write deployments.apps'],
  ['resources: [secretes]', 'write secrets'],
  ['resources: [nodess]', 'write nodes'],
  ['resources: [widgets]', 'a custom resource needs its group'],
  ['resources: [applications]', 'a custom resource needs its group'],
  ['resources: [users]', 'impersonation'],
  // Subresources.
  ['resources: [pod/exec]', 'write pods/exec'],
  ['resources: [pods/logs]', 'write pods/log'],
  ['resources: [pods/port-forward]', 'write pods/portforward'],
  ['resources: [pods/execute]', 'has no subresource execute'],
  ['resources: [secrets/status]', 'has no subresource status'],
  ['resources: [deployments/scale]', 'write deployments.apps/scale'],
  ['resources: [deployments.apps/finalizers]', 'write deployments.apps'],
  ['resources: [nodes/metrics]', 'write nodes/proxy'],
  ['resources: [daemonsets.apps/scale]', 'has no subresource scale'],
  ['resources: ["*.apps/exec"]', 'no resource of apps has a subresource exec'],
  // Of the roles of Kubernetes and of operators: what RBAC alone is asked about.
  ['resources: [endpoints/restricted]', 'endpoints has no subresource restricted'],
  ['resources: [services/finalizers]', 'write services'],
  ['resources: [certificatesigningrequests.certificates.k8s.io/selfnodeclient]', 'it has approval, status'],
  ['resources: [nodes/stats]', 'write nodes/proxy'],
  ['resources: [persistentvolumeclaim]', 'write persistentvolumeclaims'],
  ['resources: [subjectaccessreviews.authentication.k8s.io]', 'write subjectaccessreviews.authorization.k8s.io'],
  ['resources: [poddisruptionbudgets.apps]', 'write poddisruptionbudgets.policy'],
  ['resources: [serviceaccounts/tokens]', 'write serviceaccounts/token'],
  // Verbs.
  ['verbs: [get], resources: [pods/exec]', 'exec is always create'],
  ['verbs: [get, list], resources: [pods/exec, pods/attach, pods/portforward]', 'write create'],
  ['verbs: [post], resources: [pods]', 'of resources the verb is create'],
  ['verbs: [put], resources: [configmaps]', 'of resources the verb is update'],
  ['verbs: [reveal], resources: [configmaps]', 'no request has reveal as its verb here'],
  ['verbs: [create], nonResourceURLs: [/metrics]', 'of paths the verbs are'],
  ['verbs: [list, watch], nonResourceURLs: ["/logs/*"]', 'of paths the verbs are'],
  // Places and names.
  ['resources: [nodes], namespaces: [kube-system]', 'belongs to the whole cluster'],
  ['resources: [clusterroles.rbac.authorization.k8s.io], namespaces: ["*"]', 'take namespaces out'],
  ['nonResourceURLs: [/metrics], namespaces: [default]', 'paths have no namespaces'],
  ['namespaces: [Production]', 'write production'],
  ['namespaces: ["prod,staging"]', 'a namespace is called by lower-case letters'],
  ['namespaces: ["^prod-.*$"]', 'a namespace is called by lower-case letters'],
  ['namespaces: [prod_eu]', 'a namespace is called by lower-case letters'],
  ['namespaces: ["kube-system "]', 'write kube-system'],
  ['namespaces: ["team/a"]', 'a namespace is called by lower-case letters'],
  ['resources: [secrets], names: [DB_PASSWORD]', 'such an object is called by lower-case letters'],
  ['resources: [secrets], names: [prod/db]', "no object's name holds /"],
  ['nonResourceURLs: [/metrics/]', 'write /metrics'],
  ['nonResourceURLs: [/api/v1/secrets]', 'name that under resources'],
  ['nonResourceURLs: ["/apis/apps/v1/*"]', 'name that under resources'],
  ['nonResourceURLs: ["/healthz?verbose"]', 'without its query'],
  // Identities.
  ['impersonation: {as: {serviceAccounts: [deployer]}}', 'namespace:name'],
  ['impersonation: {as: {serviceAccounts: [kube-system/deployer]}}', 'namespace:name'],
  ['impersonation: {as: {serviceAccounts: ["system:serviceaccount:ci:bot"]}}', 'written ci:bot'],
  ['actsAs: {as: {serviceAccounts: [argocd]}}', 'namespace:name'],
  // Exceptions.
  ['resources: [secrets], not: {resources: [secret]}', 'write secrets'],
  ['resources: ["*"], not: [{verbs: [get]}, {resources: [deployments]}]', 'write deployments.apps'],
  ['resources: [secrets], not: {resources: ["*"]}', 'leaves out all that the rule is about'],
  ['verbs: [delete], resources: [pods], not: {verbs: ["*"]}', 'leaves out all that the rule is about'],
];

/** What is right, however unusual: nothing is said of it. */
const RIGHT: readonly string[] = [
  'resources: [pods, services, secrets, configmaps, endpoints, events, nodes, namespaces]',
  'resources: [deployments.apps, statefulsets.apps, daemonsets.apps, replicasets.apps, controllerrevisions.apps]',
  'resources: [jobs.batch, cronjobs.batch]',
  'resources: [events, events.events.k8s.io]',
  'resources: [ingresses.networking.k8s.io, ingressclasses.networking.k8s.io]',
  'resources: [ingresses.networking.k8s.io, ingresses.extensions]',
  'resources: [deployments.apps, deployments.extensions]',
  'resources: [deployments.apps/scale, deployments.extensions/scale]',
  'resources: [selfsubjectaccessreviews.authorization.k8s.io], verbs: [create]',
  'resources: [componentstatuses], verbs: [get, list]',
  'resources: [bindings], verbs: [create]',
  'resources: [namespaces/finalize]',
  'resources: [namespaces/finalize], verbs: [update]',
  'resources: [nodes/proxy, services/proxy, pods/proxy]',
  'resources: [pods/ephemeralcontainers], verbs: [update, patch]',
  'resources: [pods/resize], verbs: [patch]',
  'resources: [pods/eviction, pods/binding], verbs: [create]',
  'resources: [certificatesigningrequests.certificates.k8s.io/approval]',
  'resources: [certificatesigningrequests.certificates.k8s.io/status]',
  'resources: [serviceaccounts/token], verbs: [create]',
  'resources: ["*"]',
  'resources: ["*/*"]',
  'resources: ["*/scale"]',
  'resources: ["*/status"]',
  'resources: ["*/proxy"]',
  'resources: ["*/token"]',
  'resources: ["*.apps"]',
  'resources: ["*.apps/status", "*.apps/*"]',
  'resources: ["*.rbac.authorization.k8s.io"]',
  'resources: ["*.cert-manager.io"]',
  'resources: ["pods/*"]',
  'resources: ["deployments.apps/*"]',
  'resources: [configmaps, "configmaps/*"]',
  'resources: [pods.metrics.k8s.io, nodes.metrics.k8s.io]',
  'resources: ["*.custom.metrics.k8s.io"]',
  'resources: [certificates.cert-manager.io, certificates.cert-manager.io/status]',
  'resources: [applications.argoproj.io, rollouts.argoproj.io/scale]',
  'resources: [helmreleases.helm.toolkit.fluxcd.io]',
  'resources: [services.serving.knative.dev]',
  'resources: [jobs.batch.volcano.sh]',
  'resources: [ingresses.networking.internal.knative.dev]',
  'resources: [deployments.apps.openshift.io]',
  'resources: [deploymentconfigs.apps.openshift.io/scale, deploymentconfigs.apps.openshift.io/rollback]',
  'resources: [virtualmachineinstances.subresources.kubevirt.io/console]',
  'resources: [gateways.gateway.networking.k8s.io, httproutes.gateway.networking.k8s.io]',
  'resources: [volumesnapshots.snapshot.storage.k8s.io]',
  'resources: [widgets.example.com]',
  'resources: [clusters.management]',
  'resources: [networkpolicies.crd.projectcalico.org, ciliumnetworkpolicies.cilium.io]',
  'resources: [podgroups.scheduling.k8s.io, workloads.scheduling.k8s.io]',
  'resources: [resourceclaims.resource.k8s.io/status, devicetaintrules.resource.k8s.io]',
  'resources: [ipaddresses.networking.k8s.io], names: ["2001:db8::1"]',
  'resources: [clusterroles.rbac.authorization.k8s.io], names: ["My Role", "system:node"]',
  'resources: [certificatesigningrequests.certificates.k8s.io/approval], names: [node-csr-c69HXe7a_YcqkS]',
  'resources: [poddisruptionbudgets.policy, events], names: [Shop_Web]',
  'names: [Anything_Goes]',
  'resources: [widgets.example.com], names: [Some_Name]',
  'resources: [services/proxy], names: ["https:web:8443"]',
  'resources: [namespaces], namespaces: ["kube-*"]',
  'resources: [nodes, namespaces], verbs: [delete]',
  'resources: ["*"], namespaces: ["*"]',
  'resources: [pods], namespaces: ["*-prod", "prod-*", "p*d"]',
  'namespaces: [""]',
  'resources: [nodes], namespaces: [""]',
  'nonResourceURLs: [/, /api, "/api/*", /apis, "/apis/*", /apis/apps, /apis/apps/v1, /version, "/openapi/*"]',
  'nonResourceURLs: [/.well-known/openid-configuration, /openid/v1/jwks], verbs: [get, head]',
  'nonResourceURLs: ["*"], verbs: [get, post, put, patch, delete, head]',
  'verbs: [get], resources: ["*"], nonResourceURLs: ["*"]',
  'verbs: [reveal], resources: [secrets]',
  'verbs: [proxy], resources: ["*", "*/*"]',
  'verbs: [get, list, watch, create, update, patch, delete, deletecollection], resources: [pods, pods/exec, namespaces]',
  'verbs: ["*"], resources: [pods/exec]',
  'verbs: [deletecollection]',
  'impersonation: {as: {users: [bob], groups: [dev], serviceAccounts: ["ci:*", "*:default", "*"]}}',
  'impersonation: {as: {serviceAccounts: ["kube-*"]}}',
  'actsAs: {any: true, strong: true, through: [pod, exec]}',
  'resources: [secrets], not: {namespaces: ["*"]}',
  'resources: [secrets], not: {resources: [secrets], names: [flags]}',
  'resources: ["*"], not: [{resources: [secrets]}, {namespaces: [shop]}]',
];

describe('what platform engineers write', () => {
  it('is a table of some size', () => {
    expect(MISTAKES.length).toBeGreaterThan(60);
    expect(RIGHT.length).toBeGreaterThan(60);
  });

  it.each(MISTAKES)('%s is refused once, and the message says what to write', (match, says) => {
    const problems = problemsIn(rule(match));
    expect(problems.map(({ line, message }) => [line, message])).toEqual([[6, expect.stringContaining(says)]]);
  });

  it.each(RIGHT)('%s is fine', (match) => {
    expect(problemsIn(rule(match))).toEqual([]);
    expect(warningsIn(rule(match))).toEqual([]);
  });
});

describe('what an old, a newer or an extended cluster could have', () => {
  it.each([
    ['resources: [ingresses.extensions]', 'from Kubernetes 1.22 on; write ingresses.networking.k8s.io'],
    ['resources: [deployments.extensions/scale]', 'write deployments.apps/scale'],
    ['resources: [podsecuritypolicies.policy]', 'from Kubernetes 1.25 on'],
    ['resources: ["*.extensions"]', 'has no group extensions any more'],
    ['resources: [ingresss.networking.k8s.io]', 'did you mean ingresses.networking.k8s.io?'],
    ['resources: ["*/exce"]', 'write */exec'],
    ['resources: ["*/finalizers"]', 'RBAC alone'],
    ['resources: ["secrets/*"]', 'secrets has no subresources'],
    ['resources: [deployments.apps/rollback]', 'earlier versions'],
    ['verbs: [get, list], resources: [pods, pods/exec]', '"pods/exec" matches nothing with the verbs get, list'],
    ['verbs: [delete], resources: [selfsubjectreviews.authentication.k8s.io]', 'the verbs of its requests are create'],
    ['verbs: [post, delete], resources: [pods]', 'of resources it is create'],
    ['resources: [pods, nodes], namespaces: [shop]', '"nodes" belongs to the whole cluster'],
  ])('%s is taken with a warning', (match, says) => {
    expect(problemsIn(rule(match))).toEqual([]);
    expect(warningsIn(rule(match))).toMatchObject([{ rule: 'p/r', line: 6, message: expect.stringContaining(says) }]);
  });
});
