import type { Road } from '../../../model/gained-identity.ts';
import { isCustom, roadsToEvaluate } from '../../policy/act-as.ts';
import type { PolicyQuestion } from '../../policy/policy-question.ts';
import type { ApiRequest } from '../../request/api-request.ts';
import { isJsonObject, type JsonValue } from '../../request/json-value.ts';
import { JSON_PATCH } from '../../request/media-types.ts';
import { isBootstrapName } from './bootstrap-token.ts';
import { suspectedOfConfigMap } from './control-data.ts';
import { suspectedOfCustomResource } from './custom-suspects.ts';
import { fields, mentions } from './words.ts';

type Words = Partial<Readonly<Record<Road, RegExp>>>;

/** A strategic merge patch takes away what is not listed under it. */
const RETAIN_KEYS = '\\$retainKeys';
/** What is nothing new where it is so already, and gives a token where another write has just taken it away. */
const GIVES_BACK = fields('automountServiceAccountToken', 'serviceAccountToken', 'podCertificate');

/** What a body must mention to lead anywhere by a road. Roads that are not here are always looked at: they are rare. */
const MENTIONS: Words = {
  pod: /serviceAccount(?!Token)/i,
  node: /hostPath|gitRepo|privileged|hostPID|hostProcess|procMount|capabilities|^local$/,
  secret: /service-account|bootstrap(?:\.kubernetes\.io|-token)/,
  webhook: /webhook/i,
};
/** And what is enough in a write to a workload that is there: fields by their whole names, in JSON Pointers too. */
const MENTIONS_OF_CHANGE: Words = {
  pod: fields('secret', 'secretName', 'secretKeyRef', 'secretRef'),
  node: fields('volumeMounts'),
  exec: fields(
    ...['image', 'command', 'args', 'env', 'envFrom', 'exec', 'source', 'workingDir', 'volumes', 'volumeMounts'],
    ...['volumeDevices', 'securityContext', 'runtimeClassName', 'automountServiceAccountToken'],
    RETAIN_KEYS,
  ),
};
/** A write of a whole object takes away what it does not mention. */
const MENTIONS_OF_WHOLE: Words = { exec: fields('containers', 'initContainers') };
const APPLY = 'application/apply-patch+yaml';

/**
 * The roads to another identity that a request may take, whatever its body says. `kubectl diff` of another image runs
 * nothing: of what is built in the API server itself keeps nothing of a dry run.
 */
export function roadsOf(question: PolicyQuestion, { info, query }: ApiRequest): readonly Road[] {
  const roads = roadsToEvaluate(question);
  const dryRun = query.filter(([name]) => name === 'dryRun');
  const isDryRun = dryRun.length > 0 && dryRun.every(([, value]) => value === 'All');
  const runsNothing = isDryRun && info.subresource === '' && !isCustom(info.apiGroup);
  return runsNothing ? roads.filter((road) => road !== 'exec') : roads;
}

/**
 * The roads to another identity that a request may take, judged by the words of its body: a write can only bring what
 * it says, so `kubectl scale` or `rollout restart` cost no question to the API server. What admission adds on its own is
 * the cluster's doing, not the request's.
 * @param body null where it was not read as JSON or YAML: then it may say anything.
 */
export function suspectedRoads(question: PolicyQuestion, request: ApiRequest, body: JsonValue): readonly Road[] {
  const roads = roadsOf(question, request);
  if (body === null || roads.length === 0) return roads;
  // `copy` and `move` bring values that the patch does not hold.
  if (request.contentType === JSON_PATCH && copies(body)) return roads;
  const { resource, apiGroup } = question;
  if (apiGroup === '' && resource === 'configmaps') return suspectedOfConfigMap(question, request, roads, body);
  if (isCustom(apiGroup)) return suspectedOfCustomResource(question, request, roads, body);
  return roads.filter((road) => mayLead(road, request, body));
}

/**
 * True for a write whose effect its own words do not tell: what it brings or takes away depends on what is there, such
 * as the account that it leaves out, or a token that is there already.
 * @param body null where it was not read.
 */
export function dependsOnWhatIsThere(request: ApiRequest, body: JsonValue): boolean {
  if (body === null || isWhole(request)) return true;
  if (request.contentType === JSON_PATCH && copies(body)) return true;
  return mentions(body, [fields(RETAIN_KEYS), GIVES_BACK]);
}

function isWhole({ method, contentType }: ApiRequest): boolean {
  return method === 'PUT' || contentType === APPLY;
}

function mayLead(road: Road, request: ApiRequest, body: JsonValue): boolean {
  const { method, info } = request;
  const { namespace, name, subresource } = info;
  // Such a Secret is good again when its time is taken away, by a word less.
  if (road === 'secret' && isBootstrapName(namespace, name)) return true;
  const isIntoPod = subresource !== '';
  const isChange = method !== 'POST';
  const whole = isWhole(request);
  if (road === 'exec' && (isIntoPod || whole)) return true;
  const lists = [
    MENTIONS,
    ...(isChange || road === 'exec' ? [MENTIONS_OF_CHANGE] : []),
    ...(whole ? [MENTIONS_OF_WHOLE] : []),
  ];
  const words = lists.flatMap((list) => list[road] ?? []);
  return words.length === 0 || mentions(body, words);
}

function copies(patch: JsonValue): boolean {
  if (!Array.isArray(patch)) return true;
  return (patch as readonly JsonValue[]).some((operation) => {
    const op = isJsonObject(operation) ? operation.get('op') : undefined;
    return op !== 'add' && op !== 'replace' && op !== 'remove' && op !== 'test';
  });
}
