import type { Sign } from '../../../model/sign.ts';
import type { PolicyQuestion } from '../../policy/policy-question.ts';
import { readable, type Written } from '../look/body.ts';
import { networkPolicySigns } from './network-policy.ts';
import { bindingSigns, podSigns } from './placement.ts';
import { said, saidObject, saidText } from './said-object.ts';
import { endpointSliceSigns, endpointsSigns, ingressSigns, serviceSigns } from './service.ts';
import { cloudRoleSigns, namespaceSigns, serviceAccountSigns } from './standing.ts';
import { type FindSigns, sign } from './written.ts';

const NOTHING: readonly Sign[] = [];
const CHANGES = new Set(['create', 'update', 'patch']);
const DELETIONS = new Set(['delete', 'deletecollection']);

/** Who looks for signs in what, by `resource.group`. */
const FINDERS: ReadonlyMap<string, FindSigns> = new Map([
  ['networkpolicies.networking.k8s.io', networkPolicySigns],
  ['services.', serviceSigns],
  ['services/status.', serviceSigns],
  ['endpoints.', endpointsSigns],
  ['endpointslices.discovery.k8s.io', endpointSliceSigns],
  ['ingresses.networking.k8s.io', ingressSigns],
  ['pods.', podSigns()],
  ['pods/binding.', bindingSigns],
  ['bindings.', bindingSigns],
  ['podtemplates.', podSigns('template')],
  ['replicationcontrollers.', podSigns('spec', 'template')],
  ['deployments.apps', podSigns('spec', 'template')],
  ['replicasets.apps', podSigns('spec', 'template')],
  ['statefulsets.apps', podSigns('spec', 'template')],
  ['daemonsets.apps', podSigns('spec', 'template')],
  ['jobs.batch', podSigns('spec', 'template')],
  ['cronjobs.batch', podSigns('spec', 'jobTemplate', 'spec', 'template')],
  ['namespaces.', namespaceSigns],
  ['serviceaccounts.', serviceAccountSigns],
  ['azureidentities.aadpodidentity.k8s.io', cloudRoleSigns],
  ['azureidentitybindings.aadpodidentity.k8s.io', cloudRoleSigns],
  ['podidentityassociations.eks.services.k8s.aws', cloudRoleSigns],
]);
/** Policies about traffic, of Kubernetes and of those who enforce them, which guard until they are gone. */
const TRAFFIC_POLICIES = new Set([
  'networkpolicies.networking.k8s.io',
  'adminnetworkpolicies.policy.networking.k8s.io',
  'baselineadminnetworkpolicies.policy.networking.k8s.io',
  'ciliumnetworkpolicies.cilium.io',
  'ciliumclusterwidenetworkpolicies.cilium.io',
  'networkpolicies.crd.projectcalico.org',
  'globalnetworkpolicies.crd.projectcalico.org',
  'networkpolicies.projectcalico.org',
  'globalnetworkpolicies.projectcalico.org',
]);

/**
 * The tricks that a request may be part of, by its own words: the API server is asked nothing, and of the body only what
 * it says is known. So what a write leaves as it is, and what a server-side apply takes away by not saying it any more,
 * is not found.
 */
export function signsOf(question: PolicyQuestion, written: Written): readonly Sign[] {
  const { verb, namespace } = question;
  const kind = `${question.resource}.${question.apiGroup}`;
  if (DELETIONS.has(verb)) {
    if (!TRAFFIC_POLICIES.has(kind)) return NOTHING;
    return [sign('network-policy-deleted', 'what this policy kept apart may talk again')];
  }
  const find = CHANGES.has(verb) ? FINDERS.get(kind) : undefined;
  if (find === undefined) return NOTHING;
  const body = readable(written);
  if (body === null) return NOTHING;
  const { method, contentType } = written.request;
  const object = saidObject(written.request, body);
  const isWhole = method !== 'PATCH' || contentType === 'application/apply-patch+yaml';
  const name = question.name === '' ? saidText(said(object, 'metadata'), 'name') : question.name;
  return find({ verb, isWhole, namespace, name, object });
}
