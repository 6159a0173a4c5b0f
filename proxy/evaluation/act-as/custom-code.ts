import { isRecord } from '../../request/json-value.ts';
import { objectsIn, specified } from '../fields.ts';
import { type Place, Places, ROOT } from './place.ts';

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
  ...['run', 'ref', 'gitref', 'commit'],
]);
/** And what such fields are called at their end: `driverImage`, `sparkConf`, `pipelineSpec`, `podTemplate`. */
const CODE_ENDING =
  /(?:image|commands?|cmd|args|exec|script|shell|env|url|repo|registry|conf|options|(?<=.)spec|template)$/;

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

/** A text where it stands; of a list of texts all of them. */
interface Said {
  readonly field: string;
  readonly holder: Place;
  readonly text: string;
}

/**
 * Whether an object says in words, somewhere, what it did not say there before, or less of what runs; but for fields that
 * tell nothing of that. Numbers and switches (replicas, paused) are no code.
 */
export function codeChanges(before: unknown, after: unknown): boolean {
  const places = new Places();
  const had = textsIn(before, places).texts;
  const { texts: has, objects } = textsIn(after, places);
  return (
    [...has].some(([place, { text }]) => had.get(place)?.text !== text) ||
    [...had].some(([place, { field, holder }]) => !has.has(place) && objects.has(holder) && isCodeField(field))
  );
}

/** Without recursion, because the depth is the client's choice. */
function textsIn(object: unknown, places: Places): { readonly texts: Map<Place, Said>; readonly objects: Set<Place> } {
  const texts = new Map<Place, Said>();
  const objects = new Set<Place>();
  const waiting: Array<readonly [place: Place, value: unknown, field: string, holder: Place]> = [
    [ROOT, specified(object), '', ROOT],
  ];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [place, value, field, holder] = next;
    if (typeof value === 'string') texts.set(place, { field, holder, text: value });
    else if (Array.isArray(value)) {
      if (value.length > 0 && value.every((entry) => typeof entry === 'string')) {
        texts.set(place, { field, holder, text: JSON.stringify(value) });
      } else for (const [inside, entry] of places.entries(place, value)) waiting.push([inside, entry, field, holder]);
    } else if (isRecord(value)) {
      objects.add(place);
      for (const [key, inner] of Object.entries(value)) {
        if (!NO_CODE.has(key)) waiting.push([places.field(place, key), inner, key, place]);
      }
    }
  }
  return { texts, objects };
}
