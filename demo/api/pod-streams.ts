import type { Duplex } from 'node:stream';
import { finishContainer } from '../controllers/kubelet.ts';
import { type JsonObject, nameOf, objectAt, objectsAt, textAt } from '../store/json.ts';
import { kindNamed } from '../store/resource-kinds.ts';
import { badRequest, type Cause, fieldInvalid, invalid } from '../store/status.ts';
import { serveAttach } from '../streams/attach.ts';
import type { CommandRequest } from '../streams/command-connection.ts';
import { serveExec } from '../streams/exec.ts';
import { sendLog } from '../streams/pod-log.ts';
import { servePortForward } from '../streams/port-forward.ts';
import { containerStatus, containersOf, type RunningContainer } from '../streams/running-container.ts';
import type { Upgrade } from '../streams/upgrade.ts';
import type { Call } from './call.ts';
import { readInteger } from './read-objects.ts';
import { queryTrue } from './request-target.ts';

/** The subresources of pods that are streams over an upgraded connection. */
export const streamSubresources: ReadonlySet<string> = new Set(['exec', 'attach', 'portforward']);

/**
 * The container that a request names, or the pod's only one.
 * @throws {ApiError} 400 when there is none of that name, or none is named and there are several.
 */
function findContainer(pod: JsonObject, asked: string): JsonObject {
  const containers = objectsAt(pod, 'spec', 'containers');
  if (asked === '' && containers.length > 1) {
    const names = containers.map((container) => textAt(container, 'name')).join(' ');
    throw badRequest(`a container name must be specified for pod ${nameOf(pod)}, choose one of: [${names}]`);
  }
  const found = asked === '' ? containers[0] : containersOf(pod).find((container) => container['name'] === asked);
  if (found) return found;
  throw badRequest(`container ${asked} is not valid for pod ${nameOf(pod)}`);
}

function podOf(call: Call): JsonObject {
  return call.cluster.objects.get(kindNamed('Pod'), call.info.namespace, call.info.name);
}

function runningContainer(call: Call, pod: JsonObject): RunningContainer {
  const { objects, containerFiles } = call.cluster;
  const container = findContainer(pod, call.query.get('container') ?? '');
  const { namespace, name } = call.info;
  return {
    pod,
    container,
    objects,
    files: containerFiles.of(objects, pod, container),
    alive: async () => objects.find('Pod', namespace, name) !== undefined,
    ended: (code) => finishContainer(objects, pod, textAt(container, 'name'), code),
  };
}

/** @throws {ApiError} 400: the pod is done, or has not begun; `verb` is said of one that is done. */
function requireRunning({ pod, container }: RunningContainer, verb: string): void {
  const phase = textAt(pod, 'status', 'phase');
  if (phase === 'Succeeded' || phase === 'Failed') {
    throw badRequest(`cannot ${verb} a container in a completed pod; current phase is ${phase}`);
  }
  if (phase === 'Running') return;
  throw badRequest(`container ${textAt(container, 'name')} is not running; current phase is ${phase}`);
}

function commandRequest(call: Call, command: readonly string[]): CommandRequest {
  const flag = (name: string) => queryTrue(call.query.get(name));
  return { command, tty: flag('tty'), stdin: flag('stdin'), stdout: flag('stdout'), stderr: flag('stderr') };
}

/**
 * Opens exec, attach or port-forward over an upgrade that was authorised.
 * @throws {ApiError} before the upgrade: no such pod or container, no command, no stream at all, a pod that is not running.
 */
export function openPodStream(call: Call, socket: Duplex, head: Buffer, auditId: string): void {
  const { request, query } = call;
  const upgrade: Upgrade = { request, socket, head, headerLines: [`Audit-Id: ${auditId}`] };
  const pod = podOf(call);
  if (call.info.subresource === 'portforward') {
    servePortForward(upgrade, pod, query);
    return;
  }
  const running = runningContainer(call, pod);
  if (call.info.subresource === 'attach') {
    requireRunning(running, 'attach to');
    serveAttach(upgrade, running, commandRequest(call, []));
    return;
  }
  const asked = commandRequest(call, query.getAll('command'));
  if (asked.command.length === 0) throw badRequest('you must specify at least one command for the container');
  requireRunning(running, 'exec into');
  serveExec(upgrade, running, asked);
}

function since(query: URLSearchParams): number {
  const seconds = query.get('sinceSeconds');
  if (seconds !== null) return Date.now() - readInteger(seconds) * 1000;
  return Date.parse(query.get('sinceTime') ?? '') || 0;
}

/** @throws {ApiError} 422 for numbers that make no sense, and for two beginnings. */
function checkLogOptions(call: Call): void {
  const { query, info } = call;
  const causes: Cause[] = ['tailLines', 'sinceSeconds', 'limitBytes'].flatMap((option) => {
    const value = query.has(option) ? readInteger(query.get(option)) : null;
    const least = option === 'tailLines' ? 0 : 1;
    if (value === null || value >= least) return [];
    return [fieldInvalid(option, value, `must be greater than ${least === 0 ? 'or equal to ' : ''}0`)];
  });
  if (query.has('sinceSeconds') && query.has('sinceTime')) {
    const message = 'Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified';
    causes.push({ reason: 'FieldValueForbidden', message, field: '[]' });
  }
  if (causes.length > 0) throw invalid({ group: '', kind: 'PodLogOptions' }, info.name, causes);
}

/**
 * Refuses exec, attach or port-forward without an upgrade: after what is wrong with the rest of the request.
 * @throws {ApiError} 400, 404
 */
export function requireUpgrade(call: Call): never {
  const pod = podOf(call);
  if (call.info.subresource !== 'portforward') findContainer(pod, call.query.get('container') ?? '');
  throw badRequest('Upgrade request required');
}

/**
 * GET on `pods/log`.
 * @throws {ApiError} 404, 400: no such pod or container, or it has not begun.
 */
export async function sendPodLog(call: Call): Promise<void> {
  const { query } = call;
  const pod = podOf(call);
  const running = runningContainer(call, pod);
  const name = textAt(running.container, 'name');
  if (textAt(pod, 'status', 'phase') === 'Pending') {
    throw badRequest(`container "${name}" in pod "${nameOf(pod)}" is waiting to start: ContainerCreating`);
  }
  const { lastState } = objectAt(containerStatus(pod, name));
  if (queryTrue(query.get('previous')) && Object.keys(objectAt(lastState)).length === 0) {
    throw badRequest(`previous terminated container "${name}" in pod "${nameOf(pod)}" not found`);
  }
  checkLogOptions(call);
  const integer = (option: string) => (query.has(option) ? readInteger(query.get(option)) : null);
  await sendLog(call.response, running, {
    follow: queryTrue(query.get('follow')),
    timestamps: queryTrue(query.get('timestamps')),
    tailLines: integer('tailLines'),
    since: since(query),
    limitBytes: integer('limitBytes'),
  });
}
