import type { Sign } from '../../../model/sign.ts';
import { isJsonObject, type JsonValue } from '../../request/json-value.ts';
import { said, saidEntries, saidList, saidText } from './said-object.ts';
import { type FindSigns, nameWords, sign } from './written.ts';

const CONTROL_PLANE = /^node-role\.kubernetes\.io\/(?:control-plane|master)$/;
/** What kube2iam, kiam and the pod identities of clouds read of a pod. */
const ROLE_OF_POD = /^(?:iam\.amazonaws\.com\/(?:role|external-id)|aadpodidbinding|azure\.workload\.identity\/use)$/;

/** Where the pods of an object would run, against what the scheduler would have chosen. @param path to its pod's template */
export function podSigns(...path: readonly string[]): FindSigns {
  return ({ object }) => {
    const template = said(object, ...path);
    const spec = said(template, 'spec');
    const node = saidText(spec, 'nodeName');
    const tolerations = saidList(spec, 'tolerations');
    const keys = [...saidEntries(spec, 'nodeSelector'), ...tolerations.map(keyOf)].map(([key]) => key);
    return [
      ...(node === '' ? [] : [placedOn(node)]),
      ...(keys.some((key) => CONTROL_PLANE.test(key))
        ? [sign('pod-on-control-plane', 'the pods may run on the machines of the control plane')]
        : []),
      ...(tolerations.some(toleratesEverything)
        ? [sign('pod-tolerates-everything', 'the pods run on any node, whatever it is kept free for')]
        : []),
      ...cloudRolesOf(template, ROLE_OF_POD, 'the pods'),
    ];
  };
}

/** What the scheduler itself writes. */
export const bindingSigns: FindSigns = ({ object }) => [placedOn(saidText(object, 'target', 'name'))];

/** Labels and annotations by which clouds hand their own identities to what runs in a cluster. */
export function cloudRolesOf(object: JsonValue | undefined, roles: RegExp, whose: string): Sign[] {
  const said = [...saidEntries(object, 'metadata', 'annotations'), ...saidEntries(object, 'metadata', 'labels')];
  return said
    .filter(([key, value]) => roles.test(key) && value !== null && value !== '')
    .map(([key]) => sign('cloud-role', `${whose} may act as an identity of the cloud (${key})`));
}

function placedOn(node: string): Sign {
  return sign('pod-placed-on-node', `the pods are put on node ${nameWords(node)}, past the scheduler`);
}

function toleratesEverything(toleration: JsonValue): boolean {
  return (
    isJsonObject(toleration) && saidText(toleration, 'key') === '' && saidText(toleration, 'operator') === 'Exists'
  );
}

function keyOf(toleration: JsonValue): [string] {
  return [saidText(toleration, 'key')];
}
