import { isJsonObject, type JsonValue } from '../../request/json-value.ts';
import { said, saidList, saidText } from './said-object.ts';
import { type FindSigns, sign } from './written.ts';

/** Whom a NetworkPolicy lets its pods talk to, and be talked to by: anybody, or no longer kept apart at all. */
export const networkPolicySigns: FindSigns = ({ isWhole, object }) => {
  const spec = said(object, 'spec');
  return [
    ...(saidList(spec, 'egress').some((rule) => isForAnybody(rule, 'to'))
      ? [sign('network-policy-egress', 'the pods of this policy may talk to any address')]
      : []),
    ...(saidList(spec, 'ingress').some((rule) => isForAnybody(rule, 'from'))
      ? [sign('network-policy-ingress', 'any address may talk to the pods of this policy')]
      : []),
    ...(!isWhole && changesIsolation(spec)
      ? [sign('network-policy-isolation', 'which pods and directions this policy keeps apart changes')]
      : []),
  ];
};

/** A rule without peers, or with one that is everybody. */
function isForAnybody(rule: JsonValue, side: 'to' | 'from'): boolean {
  if (!isJsonObject(rule)) return false;
  const peers = said(rule, side);
  if (peers === undefined || peers === null || (Array.isArray(peers) && peers.length === 0)) return true;
  return saidList(rule, side).some((peer) => {
    if (/\/0+$/.test(saidText(peer, 'ipBlock', 'cidr'))) return true;
    const namespaces = said(peer, 'namespaceSelector');
    const pods = said(peer, 'podSelector');
    return isEverything(namespaces) && (pods === undefined || pods === null || isEverything(pods));
  });
}

function isEverything(selector: JsonValue | undefined): boolean {
  return isJsonObject(selector) && selector.size === 0;
}

/** A patch says what becomes different; one that names a direction only may have ended the other. */
function changesIsolation(spec: JsonValue | undefined): boolean {
  if (said(spec, 'podSelector') !== undefined) return true;
  const types = said(spec, 'policyTypes');
  if (types === undefined) return false;
  return !(Array.isArray(types) && types.includes('Egress') && types.includes('Ingress'));
}
