import { isJsonObject, type JsonValue } from '../../request/json-value.ts';
import { said, saidEntries, saidList, saidText } from './said-object.ts';
import { type FindSigns, nameWords, sign, type WrittenObject } from './written.ts';

const SERVICE_LABEL = 'kubernetes.io/service-name';
/** By which load balancers let a Service choose its own address. */
const ADDRESS_ANNOTATION =
  /^(?:metallb\.(?:universe\.tf|io)\/(?:loadBalancerIPs|allow-shared-ip)|kube-vip\.io\/loadbalancerIPs|(?:io\.cilium|lbipam\.cilium\.io)\/(?:lb-ipam-ips|ips)|service\.beta\.kubernetes\.io\/(?:azure-load-balancer-ipv[46]|aws-load-balancer-(?:eip-allocations|private-ipv4-addresses)))$/;
const SNIPPET_ANNOTATION = /^(?:nginx\.ingress\.kubernetes\.io|nginx\.org)\/.*snippets?$/;

/** Addresses that a Service takes for itself, or sends its callers to (CVE-2020-8554). */
export const serviceSigns: FindSigns = (written) => {
  const { object, namespace, name } = written;
  const spec = said(object, 'spec');
  const external = saidList(spec, 'externalIPs').map(nameWords);
  const host = saidText(spec, 'externalName');
  const address =
    saidText(spec, 'loadBalancerIP') !== '' ||
    saidList(object, 'status', 'loadBalancer', 'ingress').length > 0 ||
    saidEntries(object, 'metadata', 'annotations').some(([key, value]) => ADDRESS_ANNOTATION.test(key) && !!value);
  return [
    ...(external.length > 0
      ? [sign('service-external-ips', `traffic to ${external.slice(0, 5).join(', ')} goes to this service`)]
      : []),
    ...(host === '' ? [] : [sign('service-external-name', `the service is another name for ${nameWords(host)}`)]),
    ...(address
      ? [sign('service-load-balancer-address', 'the service chooses the address that its load balancer answers at')]
      : []),
    ...(isApiServer(namespace, name) && isJsonObject(spec) ? [apiServer()] : []),
  ];
};

/** Addresses that a person, not the endpoints controller, puts behind a Service. */
export const endpointsSigns: FindSigns = (written) => {
  const subsets = said(written.object, 'subsets');
  if (subsets === undefined) return [];
  const targets = saidList(subsets === null ? undefined : subsets).flatMap((subset) => [
    ...saidList(subset, 'addresses'),
    ...saidList(subset, 'notReadyAddresses'),
  ]);
  return behind(written, written.name, targets);
};

/** The same for a slice, which says in a label which Service it is of. */
export const endpointSliceSigns: FindSigns = (written) => {
  const { object, name } = written;
  const service = said(object, 'metadata', 'labels', SERVICE_LABEL);
  const endpoints = said(object, 'endpoints');
  if (endpoints === undefined && service === undefined) return [];
  // A patch that does not repeat the label: the controller names slices after their Service.
  const of = typeof service === 'string' ? service : name.replace(/-[a-z0-9]{5}$/, '');
  return behind(written, of, saidList(endpoints));
};

export const ingressSigns: FindSigns = ({ object }) =>
  saidEntries(object, 'metadata', 'annotations').some(([key, value]) => SNIPPET_ANNOTATION.test(key) && !!value)
    ? [sign('ingress-snippet', 'the ingress controller takes configuration from this as it is written')]
    : [];

function behind({ namespace }: WrittenObject, service: string, targets: readonly JsonValue[]) {
  const elsewhere = targets
    .map((target) => saidText(target, 'targetRef', 'namespace'))
    .filter((other) => other !== '' && other !== namespace);
  return [
    isApiServer(namespace, service)
      ? apiServer()
      : sign('service-endpoints', `traffic of the service ${nameWords(service)} goes where this says`),
    ...(elsewhere.length > 0
      ? [
          sign(
            'service-endpoints-elsewhere',
            `and to pods in ${[...new Set(elsewhere)].slice(0, 5).map(nameWords).join(', ')}`,
          ),
        ]
      : []),
  ];
}

function isApiServer(namespace: string, service: string): boolean {
  return namespace === 'default' && service === 'kubernetes';
}

function apiServer() {
  return sign('api-server-address', 'what pods of the whole cluster take for the API server changes');
}
