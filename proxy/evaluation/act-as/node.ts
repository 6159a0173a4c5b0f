import { at, objectsIn, specified, textAt, textsAt } from '../fields.ts';
import type { Change } from './change.ts';
import { isHarmless, Mounts } from './host-paths.ts';
import { anyone, type Gained } from './service-account.ts';

const CAPABILITIES = new Set(['ALL', 'SYS_ADMIN', 'SYS_MODULE', 'SYS_RAWIO', 'BPF', 'DAC_READ_SEARCH']);
/** It reaches other processes, so it leads to the node only where one of them is root there; `kubectl debug` adds it. */
const PTRACE = 'SYS_PTRACE';

/** Root on the machine, for a workload that was not so before: privileged, the host's processes, the host's files. */
export function gainedByHostAccess({ resource, before, after }: Change): Gained[] {
  const had = waysToHost(before, resource);
  const ways = [...waysToHost(after, resource)].filter((way) => !had.has(way));
  return ways.length === 0 ? [] : [anyone('node', `root on the node that runs its pods (${ways.join(', ')})`)];
}

/** How whoever is inside such a workload becomes root on its node, or gets at the node's files. */
export function waysToHost(object: unknown, resource: string): Set<string> {
  const ways = new Set<string>();
  const everything = [...objectsIn(specified(object))];
  const mounts = new Mounts();
  for (const fields of everything) mounts.add(fields);
  let traces = false;
  for (const fields of everything) {
    if (at(fields, 'hostPID') === true) ways.add('hostPID');
    if (at(fields, 'privileged') === true) ways.add('privileged');
    if (at(fields, 'hostProcess') === true) ways.add('hostProcess');
    if (at(fields, 'procMount') === 'Unmasked') ways.add('procMount');
    // The kubelet runs git there, hooks of the repository too (CVE-2024-10220), up to 1.32 without being told to.
    if (typeof at(fields, 'gitRepo', 'repository') === 'string') ways.add('gitRepo');
    const path = textAt(fields, 'hostPath', 'path') || textAt(fields, 'hostPath');
    if (path !== '' && !isHarmless(fields, mounts)) ways.add(`hostPath ${path}`);
    const local = resource === 'persistentvolumes' ? textAt(fields, 'local', 'path') : '';
    if (local !== '') ways.add(`local ${local}`);
    for (const capability of textsAt(fields, 'capabilities', 'add')) {
      const name = capability.toUpperCase().replace(/^CAP_/, '');
      if (CAPABILITIES.has(name)) ways.add(`capability ${name}`);
      if (name === PTRACE) traces = true;
    }
  }
  if (traces && (ways.has('hostPID') || ways.has('privileged'))) ways.add(`capability ${PTRACE}`);
  return ways;
}
