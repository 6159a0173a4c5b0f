import { at, objectsIn, textAt, textsAt } from '../fields.ts';
import type { Change } from './change.ts';
import { anyone, type Gained } from './service-account.ts';

/** Folders of the host with which a pod becomes its node: the kubelet's and the control plane's files, sockets, devices. */
const SENSITIVE = [
  '/etc',
  '/var/lib/kubelet',
  '/var/lib/etcd',
  '/var/lib/docker',
  '/var/lib/containerd',
  '/var/lib/rancher',
  '/run',
  '/var/run',
  '/root',
  '/home',
  '/proc',
  '/sys',
  '/dev',
  '/boot',
];
const CAPABILITIES = new Set(['ALL', 'SYS_ADMIN', 'SYS_PTRACE', 'SYS_MODULE', 'SYS_RAWIO', 'BPF', 'DAC_READ_SEARCH']);

/** Root on the machine, for a workload that was not so before: privileged, the host's processes, the host's files. */
export function gainedByHostAccess({ before, after }: Change): Gained[] {
  const had = waysIn(before);
  const ways = [...waysIn(after)].filter((way) => !had.has(way));
  return ways.length === 0 ? [] : [anyone('node', `root on the node that runs its pods (${ways.join(', ')})`)];
}

function waysIn(object: unknown): Set<string> {
  const ways = new Set<string>();
  for (const part of ['spec', 'template', 'data']) {
    for (const fields of objectsIn(at(object, part) ?? null)) {
      if (at(fields, 'hostPID') === true) ways.add('hostPID');
      if (at(fields, 'privileged') === true) ways.add('privileged');
      if (at(fields, 'procMount') === 'Unmasked') ways.add('procMount');
      const path = textAt(fields, 'hostPath', 'path');
      if (isSensitive(path)) ways.add(`hostPath ${path}`);
      for (const capability of textsAt(fields, 'capabilities', 'add')) {
        const name = capability.toUpperCase().replace(/^CAP_/, '');
        if (CAPABILITIES.has(name)) ways.add(`capability ${name}`);
      }
    }
  }
  return ways;
}

/** Inside a sensitive folder, or around one: `/` and `/var` hold them all. */
function isSensitive(path: string): boolean {
  if (!path.startsWith('/')) return false;
  const folder = `${path.replace(/\/+/g, '/').replace(/\/$/, '')}/`;
  return (
    path.includes('/..') || SENSITIVE.some((known) => folder.startsWith(`${known}/`) || `${known}/`.startsWith(folder))
  );
}
