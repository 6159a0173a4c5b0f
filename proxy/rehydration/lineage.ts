import type { ApiRequest } from '../request/api-request.ts';
import { jsonText, textAt, valueAt, withValueAt } from '../request/json-text.ts';
import { isJsonObject, type JsonValue } from '../request/json-value.ts';
import type { LiveObject, LiveObjects } from './live-objects.ts';
import { collectionPath } from './object-path.ts';
import type { Source } from './source.ts';

/** Where the revisions of a workload are kept, and where its pod template stands in one. */
const REVISIONS: Readonly<Record<string, { readonly resource: string; readonly from: string | null }>> = {
  deployments: { resource: 'replicasets', from: null },
  statefulsets: { resource: 'controllerrevisions', from: 'data' },
  daemonsets: { resource: 'controllerrevisions', from: 'data' },
};

/**
 * Other objects whose masks may come back in this one, as if they stood in it: the revisions that `kubectl rollout undo`
 * copies from, and the CronJob that `kubectl create job --from` copies.
 */
export async function lineageSources(
  request: ApiRequest,
  body: JsonValue,
  live: LiveObject | null,
  objects: LiveObjects,
): Promise<Source[]> {
  const { info } = request;
  const revisions = info.apiGroup === 'apps' ? REVISIONS[info.resource] : undefined;
  if (revisions !== undefined && live !== null && live.uid !== '') {
    return revisionSources(request, live, revisions, objects);
  }
  const makesJob = info.apiGroup === 'batch' && info.resource === 'jobs' && info.verb === 'create';
  return makesJob ? jobSources(request, body, objects) : [];
}

async function revisionSources(
  { info }: ApiRequest,
  live: LiveObject,
  { resource, from }: { readonly resource: string; readonly from: string | null },
  objects: LiveObjects,
): Promise<Source[]> {
  const labels = valueAt(live.plain, 'spec', 'selector', 'matchLabels');
  const selector = isJsonObject(labels) ? [...labels].map(([key, value]) => `${key}=${String(value)}`).join(',') : '';
  const query = selector === '' ? '' : `?labelSelector=${encodeURIComponent(selector)}`;
  const list = await objects.read(`${collectionPath(info, resource)}${query}`);
  return itemsOf(list)
    .filter(({ plain }) => isOwnedBy(plain, live.uid))
    .flatMap((item) => {
      const both = from === null ? item : partOf(item, from);
      const template = both === null ? null : partOf(both, 'spec', 'template');
      return template === null ? [] : [under(template, 'spec', 'template')];
    });
}

/**
 * A Job that says it is owned by a CronJob gets that CronJob's values, where it runs the very same pods: whoever may create Jobs must not give a value that he cannot see to a program of his own.
 */
async function jobSources({ info }: ApiRequest, body: JsonValue, objects: LiveObjects): Promise<Source[]> {
  const owners = valueAt(body, 'metadata', 'ownerReferences');
  const owner = (Array.isArray(owners) ? (owners as readonly JsonValue[]) : []).find(
    (reference) => textAt(reference, 'kind') === 'CronJob',
  );
  if (owner === undefined) return [];
  const cronJob = await objects.read(collectionPath(info, 'cronjobs', textAt(owner, 'name')));
  if (cronJob === null || cronJob.uid === '' || cronJob.uid !== textAt(owner, 'uid')) return [];
  const spec = partOf(cronJob, 'spec', 'jobTemplate', 'spec');
  if (spec === null || !runsTheSame(body, spec.masked)) return [];
  return [under(spec, 'spec')];
}

/**
 * The Job's pods are those of the CronJob, as the client is shown them: a probe, a volume over the program, a variable for
 * the loader or a neighbour in the same process namespace would give the values away as well as another command.
 */
function runsTheSame(job: JsonValue, spec: JsonValue): boolean {
  const pod = (value: JsonValue | undefined): string => saidBy(valueAt(value, 'template', 'spec') ?? null);
  return pod(valueAt(job, 'spec')) === pod(spec);
}

/** A value as text, keys in order and without what is empty: protobuf does not tell that from what is not there. */
function saidBy(value: JsonValue): string {
  if (isJsonObject(value)) {
    const said = [...value]
      .map(([key, inner]): [string, string] => [key, saidBy(inner)])
      .filter(([, text]) => !EMPTY.has(text))
      .sort(([one], [other]) => (one < other ? -1 : 1));
    return `{${said.map(([key, text]) => `${JSON.stringify(key)}:${text}`).join(',')}}`;
  }
  return Array.isArray(value) ? `[${(value as readonly JsonValue[]).map(saidBy).join(',')}]` : jsonText(value);
}

const EMPTY: ReadonlySet<string> = new Set(['null', '""', '0', 'false', '[]', '{}']);

/** The objects of a list. */
export function itemsOf(list: Source | null): Source[] {
  if (list === null) return [];
  const masked = valueAt(list.masked, 'items');
  const plain = valueAt(list.plain, 'items');
  if (!Array.isArray(masked) || !Array.isArray(plain)) return [];
  const real = plain as readonly JsonValue[];
  return (masked as readonly JsonValue[]).map((item, index) => ({ masked: item, plain: real[index] ?? null }));
}

function isOwnedBy(object: JsonValue, uid: string): boolean {
  const owners = valueAt(object, 'metadata', 'ownerReferences');
  return Array.isArray(owners) && (owners as readonly JsonValue[]).some((owner) => textAt(owner, 'uid') === uid);
}

function partOf(source: Source, ...keys: readonly string[]): Source | null {
  const masked = valueAt(source.masked, ...keys);
  const plain = valueAt(source.plain, ...keys);
  return masked === undefined || plain === undefined ? null : { masked, plain };
}

function under({ masked, plain }: Source, ...keys: readonly string[]): Source {
  return { masked: withValueAt(undefined, keys, masked), plain: withValueAt(undefined, keys, plain) };
}
