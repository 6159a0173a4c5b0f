import { type JsonObject, nameOf, namespaceOf, objectsAt, textAt, uidOf } from '../../../demo/store/json.ts';
import { ContainerFiles, containersOf, type RunningContainer } from '../../../demo/streams/running-container.ts';
import type { AdminClient } from './admin-client.ts';

/** The pods of the test's node, as far as kwok leaves them to us. */
export interface KubeletPods {
  /** Null when there is no such pod. */
  find(namespace: string, name: string): Promise<JsonObject | null>;
  /** Null when the pod has no such container. */
  container(pod: JsonObject, name: string): Promise<RunningContainer | null>;
  close(): void;
}

interface List {
  readonly items: readonly JsonObject[];
}

const podPath = (pod: JsonObject): string => `/api/v1/namespaces/${namespaceOf(pod)}/pods/${nameOf(pod)}`;

/** Also runs the ephemeral containers of `kubectl debug`, of which kwok knows nothing. */
export function createKubeletPods(client: AdminClient): KubeletPods {
  const files = new ContainerFiles();
  const stopWatching = client.watch<{ readonly object: JsonObject }>('/api/v1/pods?watch=1', ({ object }) => {
    const known = objectsAt(object, 'status', 'ephemeralContainerStatuses').map((status) => status['name']);
    const fresh = objectsAt(object, 'spec', 'ephemeralContainers').filter(({ name }) => !known.includes(name ?? ''));
    if (fresh.length > 0) void run(object, fresh).catch(() => undefined);
  });

  async function run(pod: JsonObject, containers: readonly JsonObject[]): Promise<void> {
    const startedAt = new Date().toISOString();
    const fresh = containers.map((container) => ({
      ...{ name: textAt(container, 'name'), image: textAt(container, 'image'), imageID: '', ready: false },
      ...{ restartCount: 0, state: { running: { startedAt } } },
    }));
    const ephemeralContainerStatuses = [...objectsAt(pod, 'status', 'ephemeralContainerStatuses'), ...fresh];
    await client.patch(`${podPath(pod)}/status`, { status: { ephemeralContainerStatuses } });
  }

  async function find(namespace: string, name: string): Promise<JsonObject | null> {
    const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
    return (await client.status(path)) === 200 ? client.get<JsonObject>(path) : null;
  }

  /** What had the container's input open is gone, and its process with it. */
  async function ended(pod: JsonObject, name: string, code: number): Promise<void> {
    const live = await find(namespaceOf(pod), nameOf(pod));
    if (!live || uidOf(live) !== uidOf(pod)) return;
    const main = objectsAt(live, 'spec', 'containers').some((container) => container['name'] === name);
    if (main && textAt(live, 'spec', 'restartPolicy') === 'Always') return;
    const list = main ? 'containerStatuses' : 'ephemeralContainerStatuses';
    const terminated = { exitCode: code, reason: code === 0 ? 'Completed' : 'Error' };
    const statuses = objectsAt(live, 'status', list).map((status) =>
      status['name'] === name ? { ...status, ready: false, state: { terminated } } : status,
    );
    const phase = main ? { phase: code === 0 ? 'Succeeded' : 'Failed' } : {};
    await client.patch(`${podPath(live)}/status`, { status: { ...phase, [list]: statuses } });
  }

  return {
    find,
    async container(pod, name) {
      const container = containersOf(pod).find((each) => each['name'] === name);
      if (!container) return null;
      const namespace = namespaceOf(pod);
      const [secrets, configMaps] = await Promise.all(
        ['secrets', 'configmaps'].map((kind) => client.get<List>(`/api/v1/namespaces/${namespace}/${kind}`)),
      );
      const kept = new Map(
        [
          ...(secrets?.items ?? []).map((item) => ({ ...item, kind: 'Secret' })),
          ...(configMaps?.items ?? []).map((item) => ({ ...item, kind: 'ConfigMap' })),
        ].map((object: JsonObject) => [`${textAt(object, 'kind')}/${nameOf(object)}`, object]),
      );
      const objects = { find: (kind: string, _namespace: string, wanted: string) => kept.get(`${kind}/${wanted}`) };
      return {
        pod,
        container,
        objects,
        files: files.of(objects, pod, container),
        alive: async () => (await find(namespace, nameOf(pod))) !== null,
        ended: (code) => void ended(pod, name, code).catch(() => undefined),
      };
    },
    close: stopWatching,
  };
}
