import { type JsonObject, listAt, numberAt, objectAt, objectsAt, textAt } from '../store/json.ts';
import { age } from './column.ts';

/** What `kubectl get pods` says of a pod. */
export interface PodStatus {
  readonly ready: string;
  readonly status: string;
  readonly restarts: string;
}

function containerReason(status: JsonObject): string {
  const waiting = textAt(status, 'state', 'waiting', 'reason');
  if (waiting !== '') return waiting;
  const terminated = objectAt(status, 'state', 'terminated');
  if (Object.keys(terminated).length === 0) return '';
  return textAt(terminated, 'reason') || `ExitCode:${numberAt(terminated, 0, 'exitCode')}`;
}

/** The phase, overridden by what its containers wait or ended for, and by deletion. */
export function podStatus(pod: JsonObject): PodStatus {
  const containers = objectsAt(pod, 'status', 'containerStatuses');
  const total = listAt(pod, 'spec', 'containers').length;
  const ready = containers.filter((container) => container['ready'] === true).length;
  const restarts = containers.reduce((sum, container) => sum + numberAt(container, 0, 'restartCount'), 0);
  const reasons = containers.map(containerReason).filter((reason) => reason !== '');
  const running = containers.some((container) => Object.keys(objectAt(container, 'state', 'running')).length > 0);
  let status = textAt(pod, 'status', 'reason') || textAt(pod, 'status', 'phase');
  const reason = reasons.at(-1);
  if (reason !== undefined) status = reason === 'Completed' && running ? 'Running' : reason;
  if (textAt(pod, 'metadata', 'deletionTimestamp') !== '') status = 'Terminating';
  const last = containers
    .map((container) => textAt(container, 'lastState', 'terminated', 'finishedAt'))
    .filter((moment) => moment !== '')
    .sort()
    .at(-1);
  return {
    ready: `${ready}/${total}`,
    status,
    restarts: restarts > 0 && last !== undefined ? `${restarts} (${age(last)} ago)` : String(restarts),
  };
}
