import { FileTree } from '../shell/file-tree.ts';
import { containerFiles, containerVariables, type ObjectLookup } from '../shell/pod-environment.ts';
import type { Machine } from '../shell/process.ts';
import { type JsonObject, nameOf, objectsAt, textAt, textsAt, uidOf } from '../store/json.ts';

/** A container that people exec into, attach to, or read the log of. */
export interface RunningContainer {
  readonly pod: JsonObject;
  readonly container: JsonObject;
  /** The Secrets and ConfigMaps that it refers to. */
  readonly objects: ObjectLookup;
  /** Its files, which live as long as its pod's cluster. */
  readonly files: FileTree;
  /** Whether its pod is still there. */
  alive(): Promise<boolean>;
  /** The shell that was its main process has ended. */
  ended(code: number): void;
}

/** Every container of a pod: those that debug it, too. */
export function containersOf(pod: JsonObject): JsonObject[] {
  return ['containers', 'ephemeralContainers', 'initContainers'].flatMap((list) => objectsAt(pod, 'spec', list));
}

/** The status of one of a pod's containers. */
export function containerStatus(pod: JsonObject, name: string): JsonObject | undefined {
  return ['containerStatuses', 'ephemeralContainerStatuses', 'initContainerStatuses']
    .flatMap((list) => objectsAt(pod, 'status', list))
    .find((status) => status['name'] === name);
}

/** The files of containers, by pod and container: what shells change in them stays. */
export class ContainerFiles {
  readonly #trees = new Map<string, FileTree>();

  of(objects: ObjectLookup, pod: JsonObject, container: JsonObject): FileTree {
    const key = `${uidOf(pod)}/${textAt(container, 'name')}`;
    const tree = this.#trees.get(key) ?? new FileTree(containerFiles(objects, pod, container));
    this.#trees.set(key, tree);
    return tree;
  }
}

/** Command and arguments that a container starts with; empty when its image decides. */
export function mainCommand(container: JsonObject): string[] {
  return [...textsAt(container, 'command'), ...textsAt(container, 'args')];
}

/** The imaginary machine inside a container. */
export function machineOf({ pod, container, files }: RunningContainer): Machine {
  const command = mainCommand(container).join(' ') || `/app/${textAt(container, 'name')}`;
  return { hostname: nameOf(pod), files, mainCommand: command };
}

/** Its environment variables. */
export function variablesOf({ pod, container, objects }: RunningContainer): Record<string, string> {
  return containerVariables(objects, pod, container);
}
