import { isRecord } from '../../request/json-value.ts';
import { objectsIn, specified } from '../fields.ts';

/** Fields under which nothing is said of what runs: where, when, how much of it, and what it is called. */
const NO_CODE = new Set([
  ...['metadata', 'labels', 'annotations', 'matchLabels', 'matchExpressions', 'selector'],
  ...['nodeSelector', 'affinity', 'tolerations', 'topologySpreadConstraints', 'priorityClassName'],
  ...['limits', 'requests', 'schedule', 'timeZone', 'restartAt', 'imagePullPolicy', 'restartPolicy'],
  // Whose account it is counts by itself.
  ...['serviceAccountName', 'serviceAccount'],
]);
/** Fields, in small letters, by which something else may run. */
const CODE_FIELDS = new Set([
  ...['images', 'imagename', 'imagetag', 'imagerepository', 'tag', 'digest', 'envfrom', 'entrypoint'],
  ...['arguments', 'scripts', 'code', 'function', 'handler', 'module', 'program', 'inline', 'content', 'manifest'],
  ...['manifests', 'source', 'sources', 'uri', 'repourl', 'repository', 'git', 'chart', 'values', 'branch', 'revision'],
  ...['mainclass', 'mainapplicationfile', 'jar', 'jars', 'pyfiles', 'deps', 'files', 'config', 'params', 'parameters'],
  ...['hook', 'hooks', 'lifecycle', 'plugin', 'plugins', 'step', 'steps', 'task', 'tasks', 'job', 'jobs'],
  ...['container', 'containers', 'initcontainers', 'sidecars', 'templates', 'volumes', 'volumemounts', 'workingdir'],
]);
/** And what such fields are called at their end: `driverImage`, `sparkConf`, `pipelineSpec`, `podTemplate`. */
const CODE_ENDING = /(?:image|commands?|args|script|env|url|repo|conf|options|(?<=.)spec|template)$/;

/** True for a field that a body may change what runs by. */
export function isCodeField(field: string): boolean {
  const name = field.toLowerCase();
  return CODE_FIELDS.has(name) || CODE_ENDING.test(name);
}

/** True for an object that holds a pod's specification: containers with images. */
export function makesPods(object: unknown): boolean {
  for (const fields of objectsIn(specified(object))) {
    const { containers } = fields;
    if (Array.isArray(containers) && containers.some((container) => isRecord(container) && 'image' in container)) {
      return true;
    }
  }
  return false;
}

/**
 * Whether an object says in words what it did not say before, but for fields that tell nothing of what runs. Numbers and
 * switches (replicas, paused) are no code.
 */
export function codeChanges(before: unknown, after: unknown): boolean {
  const had = new Set(textsIn(before));
  return textsIn(after).some((text) => !had.has(text));
}

/** Every text with the field that holds it; without recursion, because the depth is the client's choice. */
function textsIn(object: unknown): string[] {
  const texts: string[] = [];
  const waiting: Array<readonly [field: string, value: unknown]> = specified(object).map((value) => ['', value]);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [field, value] = next;
    if (typeof value === 'string') texts.push(`${field}\n${value}`);
    else if (Array.isArray(value)) waiting.push(...value.map((one): [string, unknown] => [field, one]));
    else if (isRecord(value)) {
      waiting.push(...Object.entries(value).filter(([key]) => !NO_CODE.has(key)));
    }
  }
  return texts;
}
