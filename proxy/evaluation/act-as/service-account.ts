import type { GainedIdentity, Road } from '../../../model/gained-identity.ts';
import { serviceAccountGroups, serviceAccountUser } from '../../policy/act-as.ts';
import type { ServiceAccount } from '../look/sight.ts';

/** What is known of an identity before anybody looked at how much it may do. */
export type Gained = Omit<GainedIdentity, 'strong'> & {
  /** The service account whose rights decide; null where the identity counts as strong whatever they are. */
  readonly account: ServiceAccount | null;
};

/** A service account of a namespace, gained by some road. */
export function serviceAccount(road: Road, namespace: string, name: string, how = ''): Gained {
  return {
    road,
    user: serviceAccountUser(namespace, name),
    groups: serviceAccountGroups(namespace),
    anyone: false,
    account: { namespace, name },
    says: `service account ${namespace}:${name}${how}`,
  };
}

/** An identity that cannot be named, or that can be anybody's. */
export function anyone(road: Road, says: string): Gained {
  return { road, user: '', groups: [], anyone: true, account: null, says };
}
