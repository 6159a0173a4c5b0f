import { posix } from 'node:path';
import { at, objectsIn, specified, textAt, textsAt } from '../fields.ts';
import type { Change } from './change.ts';
import { anyone, type Gained } from './service-account.ts';

/**
 * Folders of the host with which a pod becomes its node: the kubelet's and the control plane's files, sockets, devices,
 * programs that the host runs; and logs, by which the kubelet's own log server reads any file (a symbolic link there).
 */
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
  '/bin',
  '/sbin',
  '/lib',
  '/lib64',
  '/usr',
  '/opt/cni',
  '/var/log',
  '/var/spool',
  '/var/lib/cloud',
  '/var/lib/cni',
  '/var/lib/containers',
];
const CAPABILITIES = new Set(['ALL', 'SYS_ADMIN', 'SYS_MODULE', 'SYS_RAWIO', 'BPF', 'DAC_READ_SEARCH']);
/** It reaches other processes, so it leads to the node only where one of them is root there; `kubectl debug` adds it. */
const PTRACE = 'SYS_PTRACE';

/** Root on the machine, for a workload that was not so before: privileged, the host's processes, the host's files. */
export function gainedByHostAccess({ resource, before, after }: Change): Gained[] {
  const had = waysToHost(before, resource);
  const ways = [...waysToHost(after, resource)].filter((way) => !had.has(way));
  return ways.length === 0 ? [] : [anyone('node', `root on the node that runs its pods (${ways.join(', ')})`)];
}

/** How whoever is inside such a workload becomes root on its node. */
export function waysToHost(object: unknown, resource: string): Set<string> {
  const ways = new Set<string>();
  let traces = false;
  for (const fields of objectsIn(specified(object))) {
    if (at(fields, 'hostPID') === true) ways.add('hostPID');
    if (at(fields, 'privileged') === true) ways.add('privileged');
    if (at(fields, 'hostProcess') === true) ways.add('hostProcess');
    if (at(fields, 'procMount') === 'Unmasked') ways.add('procMount');
    const paths = [textAt(fields, 'hostPath', 'path')];
    if (resource === 'persistentvolumes') paths.push(textAt(fields, 'local', 'path'));
    for (const path of paths) if (isSensitive(path)) ways.add(`hostPath ${path}`);
    for (const capability of textsAt(fields, 'capabilities', 'add')) {
      const name = capability.toUpperCase().replace(/^CAP_/, '');
      if (CAPABILITIES.has(name)) ways.add(`capability ${name}`);
      if (name === PTRACE) traces = true;
    }
  }
  if (traces && (ways.has('hostPID') || ways.has('privileged'))) ways.add(`capability ${PTRACE}`);
  return ways;
}

/** Inside a sensitive folder, or around one: `/` and `/var` hold them all. A path of Windows is one too. */
function isSensitive(path: string): boolean {
  if (path === '') return false;
  const folder = `${posix.normalize(path).replace(/\/$/, '')}/`;
  return (
    !path.startsWith('/') ||
    path.includes('/..') ||
    SENSITIVE.some((known) => folder.startsWith(`${known}/`) || `${known}/`.startsWith(folder))
  );
}
