import type { JsonObject } from '../store/json.ts';
import { type Planted, plant } from './manifest.ts';

const day = 24;

function node(name: string, address: string, role: string): Planted {
  const labels: JsonObject = {
    'kubernetes.io/arch': 'amd64',
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
    ...(role ? { [`node-role.kubernetes.io/${role}`]: '' } : {}),
  };
  const resources = { cpu: '8', memory: '32761216Ki', pods: '110', 'ephemeral-storage': '101430960Ki' };
  const ready = {
    type: 'Ready',
    status: 'True',
    reason: 'KubeletReady',
    message: 'kubelet is posting ready status',
    lastHeartbeatTime: new Date().toISOString().replace(/\.\d+/, ''),
    lastTransitionTime: '2026-06-01T08:00:00Z',
  };
  const status = {
    capacity: resources,
    allocatable: resources,
    conditions: [ready],
    addresses: [
      { type: 'InternalIP', address },
      { type: 'Hostname', address: name },
    ],
    nodeInfo: {
      architecture: 'amd64',
      containerRuntimeVersion: 'containerd://2.1.4',
      kernelVersion: '6.12.48',
      kubeletVersion: 'v1.36.3',
      kubeProxyVersion: '',
      operatingSystem: 'linux',
      osImage: 'Gatehouse demo (nothing runs here)',
      machineID: '',
      systemUUID: '',
      bootID: '',
    },
  };
  const spec = role ? { taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] } : {};
  return plant('Node', '', name, 400 * day, { spec, status }, { labels });
}

/** The machines. */
export const nodes: readonly Planted[] = [
  node('lark-control-1', '10.20.0.10', 'control-plane'),
  node('lark-worker-1', '10.20.0.21', ''),
  node('lark-worker-2', '10.20.0.22', ''),
  node('lark-worker-3', '10.20.0.23', ''),
];

function namespace(name: string, hours: number, labels: JsonObject = {}): Planted {
  return plant('Namespace', '', name, hours, {}, { labels });
}

/** The namespaces. */
export const namespaces: readonly Planted[] = [
  namespace('default', 500 * day),
  namespace('kube-system', 500 * day),
  namespace('kube-public', 500 * day),
  namespace('kube-node-lease', 500 * day),
  namespace('payments', 420 * day, { team: 'payments', 'larkfield.example/data': 'cardholder' }),
  namespace('storefront', 420 * day, { team: 'storefront' }),
  namespace('data-platform', 200 * day, { team: 'data' }),
  namespace('ci', 330 * day, { team: 'platform' }),
  namespace('monitoring', 360 * day, { team: 'platform' }),
];

function podTemplate(name: string, image: string): JsonObject {
  return { metadata: { labels: { 'k8s-app': name } }, spec: { containers: [{ name, image }] } };
}

/** What runs in kube-system, and the Service in front of the API server. */
export const systemParts: readonly Planted[] = [
  plant('Service', 'default', 'kubernetes', 500 * day, {
    spec: { clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443, targetPort: 6443 }] },
  }),
  plant('Deployment', 'kube-system', 'coredns', 500 * day, {
    spec: {
      replicas: 2,
      selector: { matchLabels: { 'k8s-app': 'coredns' } },
      template: podTemplate('coredns', 'registry.k8s.io/coredns/coredns:v1.13.1'),
    },
  }),
  plant('Service', 'kube-system', 'kube-dns', 500 * day, {
    spec: {
      clusterIP: '10.96.0.10',
      selector: { 'k8s-app': 'coredns' },
      ports: [{ name: 'dns', port: 53, protocol: 'UDP' }],
    },
  }),
  plant('DaemonSet', 'kube-system', 'kube-proxy', 500 * day, {
    spec: {
      selector: { matchLabels: { 'k8s-app': 'kube-proxy' } },
      template: podTemplate('kube-proxy', 'registry.k8s.io/kube-proxy:v1.36.3'),
    },
  }),
];
