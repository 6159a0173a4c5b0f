import type { ClusterObjects } from '../store/cluster-objects.ts';
import {
  type JsonObject,
  nameOf,
  namespaceOf,
  objectAt,
  objectsAt,
  textAt,
  textsAt,
  timestamp,
  uidOf,
} from '../store/json.ts';
import { contentName } from '../store/random-names.ts';
import { recordEvent } from './events.ts';
import { isGoing } from './owned-objects.ts';
import { isDone } from './pod-sets.ts';

/** How long the steps of a pod's life take, in milliseconds. */
export interface Pace {
  readonly start: number;
  readonly run: number;
  readonly stop: number;
}

/** A pace at which people see the steps and no one waits. */
export const livelyPace: Pace = { start: 700, run: 1_500, stop: 900 };

/** For tests that take many steps. */
export const briskPace: Pace = { start: 50, run: 100, stop: 50 };

/** For the seed: everything has long happened. */
export const instantPace: Pace = { start: 0, run: 0, stop: 0 };

function commandText(pod: JsonObject): string {
  return objectsAt(pod, 'spec', 'containers')
    .flatMap((container) => [...textsAt(container, 'command'), ...textsAt(container, 'args')])
    .join(' ');
}

/** A pod that ends by itself: `Always` keeps others running. */
function endsByItself(pod: JsonObject): boolean {
  return textAt(pod, 'spec', 'restartPolicy') !== 'Always';
}

/** Seconds that a pod's command sleeps, at most a quarter of an hour. */
function sleepMilliseconds(pod: JsonObject): number {
  const seconds = Number(/\bsleep (\d+)/.exec(commandText(pod))?.[1] ?? 0);
  return Math.min(seconds, 900) * 1000;
}

/** What the command would exit with: an explicit `exit N` or `false`; the demo runs nothing. */
function exitCode(pod: JsonObject): number {
  const text = commandText(pod);
  const code = /\bexit (\d+)\b/.exec(text)?.[1];
  return code !== undefined ? Number(code) : text === 'false' ? 1 : 0;
}

function conditionsOf(ready: boolean, reason = ''): JsonObject[] {
  const now = timestamp();
  return ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => {
    const holds = ready || type === 'PodScheduled' || type === 'Initialized';
    return {
      type,
      status: holds ? 'True' : 'False',
      lastProbeTime: null,
      lastTransitionTime: now,
      ...(holds || reason === '' ? {} : { reason }),
    };
  });
}

function containerStatusOf(pod: JsonObject, container: JsonObject, state: JsonObject, ready: boolean): JsonObject {
  const image = textAt(container, 'image');
  const hex = (seed: string) => Buffer.from(contentName(seed, 32)).toString('hex');
  const running = state['waiting'] === undefined;
  const containerID = `containerd://${hex(uidOf(pod) + textAt(container, 'name'))}`;
  return {
    name: textAt(container, 'name'),
    state,
    lastState: {},
    ready,
    restartCount: 0,
    image,
    imageID: running ? `${image.replace(/:.*$/, '')}@sha256:${hex(image)}` : '',
    ...(running ? { containerID } : {}),
    started: ready,
  };
}

function containerStatuses(pod: JsonObject, state: JsonObject, ready: boolean): JsonObject[] {
  return objectsAt(pod, 'spec', 'containers').map((container) => containerStatusOf(pod, container, state, ready));
}

/** A container whose input is open ends with what is attached to it, not by itself. */
function waitsForInput(pod: JsonObject): boolean {
  return objectsAt(pod, 'spec', 'containers').some((container) => container['stdin'] === true);
}

function terminatedState(code: number, startedAt: string): JsonObject {
  const reason = code === 0 ? 'Completed' : 'Error';
  return { exitCode: code, reason, startedAt, finishedAt: timestamp() };
}

function finishPod(objects: ClusterObjects, pod: JsonObject, code: number): void {
  objects.amend('Pod', namespaceOf(pod), nameOf(pod), (object) => {
    const started = textAt(objectsAt(object, 'status', 'containerStatuses')[0] ?? {}, 'state', 'running', 'startedAt');
    const terminated = terminatedState(code, started);
    object['status'] = {
      ...objectAt(object, 'status'),
      phase: code === 0 ? 'Succeeded' : 'Failed',
      conditions: conditionsOf(false, code === 0 ? 'PodCompleted' : 'PodFailed'),
      containerStatuses: containerStatuses(object, { terminated }, false),
    };
  });
}

/** The process of one container has ended: a debugging container's alone, or the pod's. */
export function finishContainer(objects: ClusterObjects, pod: JsonObject, container: string, code: number): void {
  const live = objects.find('Pod', namespaceOf(pod), nameOf(pod));
  if (!live || uidOf(live) !== uidOf(pod)) return;
  if (objectsAt(live, 'spec', 'containers').some((each) => each['name'] === container)) {
    if (endsByItself(live)) finishPod(objects, live, code);
    return;
  }
  objects.amend('Pod', namespaceOf(pod), nameOf(pod), (object) => {
    for (const status of objectsAt(object, 'status', 'ephemeralContainerStatuses')) {
      if (status['name'] !== container) continue;
      const started = textAt(status, 'state', 'running', 'startedAt');
      status['state'] = { terminated: terminatedState(code, started) };
    }
  });
}

/** Plays scheduler and kubelet: gives pods a node, runs, ends and removes them, each step when its time has come. */
export class DemoKubelet {
  readonly #objects: ClusterObjects;
  readonly #due = new Map<string, number>();
  #addresses = 10;

  constructor(objects: ClusterObjects) {
    this.#objects = objects;
  }

  /** Moves every pod that is due; returns the milliseconds until the next step, or null when there is none. */
  pass(pace: Pace): number | null {
    let next: number | null = null;
    const living = new Set<string>();
    for (const pod of this.#objects.list('Pod')) {
      living.add(uidOf(pod));
      const wait = this.#step(pod, pace);
      if (wait !== null) next = next === null ? wait : Math.min(next, wait);
    }
    for (const key of this.#due.keys()) if (!living.has(key.split('/')[0] ?? '')) this.#due.delete(key);
    return next;
  }

  #step(pod: JsonObject, pace: Pace): number | null {
    if (isGoing(pod)) return this.#after(pod, 'stop', pace.stop, () => this.#stop(pod));
    const phase = textAt(pod, 'status', 'phase');
    if (phase === 'Pending') {
      if (Object.keys(objectAt(pod, 'status')).includes('startTime')) {
        return this.#after(pod, 'start', pace.start, () => this.#run(pod));
      }
      this.#schedule(pod);
      return pace.start;
    }
    if (phase === 'Running') this.#startDebuggers(pod);
    if (phase === 'Running' && endsByItself(pod) && !waitsForInput(pod) && !isDone(pod)) {
      return this.#after(pod, 'run', Math.max(pace.run, pace.run === 0 ? 0 : sleepMilliseconds(pod)), () =>
        finishPod(this.#objects, pod, exitCode(pod)),
      );
    }
    return null;
  }

  #after(pod: JsonObject, step: string, delay: number, act: () => void): number | null {
    const key = `${uidOf(pod)}/${step}`;
    const due = this.#due.get(key) ?? Date.now() + delay;
    this.#due.set(key, due);
    const wait = due - Date.now();
    if (wait > 0) return wait;
    this.#due.delete(key);
    act();
    return null;
  }

  #amend(pod: JsonObject, change: (object: JsonObject) => void): void {
    this.#objects.amend('Pod', namespaceOf(pod), nameOf(pod), change);
  }

  #schedule(pod: JsonObject): void {
    const nodes = this.#objects.list('Node').filter((node) => objectAt(node, 'spec')['unschedulable'] !== true);
    const workers = nodes.filter((node) => nameOf(node).includes('worker'));
    const choice = workers.length > 0 ? workers : nodes;
    const spread = [...uidOf(pod)].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
    const nodeName =
      textAt(pod, 'spec', 'nodeName') || nameOf(choice[spread % Math.max(1, choice.length)] ?? { metadata: {} });
    if (nodeName === '') return;
    this.#amend(pod, (object) => {
      objectAt(object, 'spec')['nodeName'] = nodeName;
      object['status'] = {
        ...objectAt(object, 'status'),
        phase: 'Pending',
        conditions: conditionsOf(false, 'ContainersNotReady'),
        hostIP: this.#nodeAddress(nodeName),
        startTime: timestamp(),
        containerStatuses: containerStatuses(object, { waiting: { reason: 'ContainerCreating' } }, false),
      };
    });
    const where = `Successfully assigned ${namespaceOf(pod)}/${nameOf(pod)} to ${nodeName}`;
    recordEvent(this.#objects, pod, { reason: 'Scheduled', message: where, component: 'default-scheduler' });
  }

  #nodeAddress(nodeName: string): string {
    const node = this.#objects.find('Node', '', nodeName);
    return textAt(objectsAt(node, 'status', 'addresses')[0] ?? {}, 'address');
  }

  #run(pod: JsonObject): void {
    this.#addresses += 1;
    const address = `10.244.${Math.floor(this.#addresses / 250)}.${(this.#addresses % 250) + 2}`;
    this.#amend(pod, (object) => {
      const host = textAt(object, 'status', 'hostIP');
      object['status'] = {
        ...objectAt(object, 'status'),
        phase: 'Running',
        conditions: conditionsOf(true),
        hostIPs: [{ ip: host }],
        podIP: address,
        podIPs: [{ ip: address }],
        containerStatuses: containerStatuses(object, { running: { startedAt: timestamp() } }, true),
      };
    });
    for (const container of objectsAt(pod, 'spec', 'containers')) {
      const fieldPath = `spec.containers{${textAt(container, 'name')}}`;
      const image = textAt(container, 'image');
      recordEvent(this.#objects, pod, {
        reason: 'Pulled',
        message: `Container image "${image}" already present on machine`,
        fieldPath,
      });
      recordEvent(this.#objects, pod, { reason: 'Started', message: 'Container started', fieldPath });
    }
  }

  /** Runs the ephemeral containers that have no status yet. */
  #startDebuggers(pod: JsonObject): void {
    const known = objectsAt(pod, 'status', 'ephemeralContainerStatuses');
    const fresh = objectsAt(pod, 'spec', 'ephemeralContainers').filter(
      (container) => !known.some((status) => status['name'] === container['name']),
    );
    if (fresh.length === 0) return;
    this.#amend(pod, (object) => {
      const state = { running: { startedAt: timestamp() } };
      objectAt(object, 'status')['ephemeralContainerStatuses'] = [
        ...known,
        ...fresh.map((container) => ({ ...containerStatusOf(pod, container, state, false), started: true })),
      ];
    });
  }

  #stop(pod: JsonObject): void {
    for (const container of objectsAt(pod, 'spec', 'containers')) {
      const name = textAt(container, 'name');
      const fieldPath = `spec.containers{${name}}`;
      recordEvent(this.#objects, pod, { reason: 'Killing', message: `Stopping container ${name}`, fieldPath });
    }
    this.#objects.erase('Pod', namespaceOf(pod), nameOf(pod));
  }
}
