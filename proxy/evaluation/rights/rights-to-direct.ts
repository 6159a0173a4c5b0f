import type { Road } from '../../../model/gained-identity.ts';
import { CONTROL_NAMES } from '../../policy/act-as/control-config-maps.ts';
import { DEPUTY_KINDS } from '../../policy/act-as/deputies.ts';
import { type LeadingRight, WRITES } from './leading-right.ts';

/** What the writer of something reaches by whoever does as it says, for people. */
const REACHES: Partial<Readonly<Record<Road, string>>> = {
  rbac: 'hands out rights',
  node: 'directs what runs as root on nodes',
  webhook: 'changes what others send or run',
};

/**
 * Rights to write what something with rights of its own does as it says: the same kinds and the same ConfigMaps that are
 * asked about when somebody writes them.
 */
export const RIGHTS_TO_DIRECT: readonly LeadingRight[] = [
  ...CONTROL_NAMES.map(
    ({ namespace, names, road }): LeadingRight => ({
      says: isSignIn(road) ? 'changes who signs in' : 'directs the cluster by its ConfigMaps',
      group: '',
      resources: ['configmaps'],
      // They are there; whoever elects a leader creates others.
      verbs: ['update', 'patch'],
      namespace,
      names,
      // A right to all of them is told by the first.
      ...(isSignIn(road) ? {} : { unasked: true }),
    }),
  ),
  ...DEPUTY_KINDS.map(
    ({ group, resources, road, says }): LeadingRight => ({
      // The deputy's name, before what it does.
      says: REACHES[road] ?? `acts through ${says.split(',', 1)[0] ?? says}`,
      group,
      resources,
      verbs: WRITES,
      unasked: true,
    }),
  ),
];

function isSignIn(road: Road): boolean {
  return road === 'rbac';
}
