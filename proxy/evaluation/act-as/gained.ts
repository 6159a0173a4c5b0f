import type { Road } from '../../../model/gained-identity.ts';
import { isCustom } from '../../policy/act-as.ts';
import type { Change } from './change.ts';
import { gainedByCode } from './code.ts';
import { gainedByControlData } from './control-data.ts';
import { gainedByCertificate } from './csr.ts';
import { gainedByCustomResource } from './custom-resource.ts';
import { gainedByHostAccess } from './node.ts';
import { gainedByPod } from './pod.ts';
import { gainedByRights } from './rbac.ts';
import { gainedBySecret } from './secret.ts';
import { anyone, type Gained } from './service-account.ts';
import { gainedByConversion } from './webhook.ts';

const BY_ROAD: Partial<Readonly<Record<Road, (change: Change) => Gained[]>>> = {
  secret: gainedBySecret,
  pod: gainedByPod,
  exec: gainedByCode,
  node: gainedByHostAccess,
  csr: gainedByCertificate,
  rbac: gainedByRights,
  webhook: gainedByConversion,
};

/** Identities that a write would let its sender act as, by the roads given, and that the object did not give before. */
export function gainedByChange(roads: readonly Road[], change: Change): Gained[] {
  const { apiGroup = '', resource } = change;
  if (isCustom(apiGroup)) return gainedByCustomResource(roads, change);
  if (apiGroup === '' && resource === 'configmaps') return gainedByControlData(roads, change);
  return roads.flatMap((road) => BY_ROAD[road]?.(change) ?? []);
}

/** What has to be assumed of a write that the API server would not rehearse. */
export function gainedByUnknown(roads: readonly Road[]): Gained[] {
  return roads.map((road) =>
    anyone(road, 'an identity that cannot be told, because an admission webhook takes no part in dry runs'),
  );
}
