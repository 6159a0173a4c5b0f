import type { ClusterObjects } from '../store/cluster-objects.ts';
import { type JsonObject, nameOf, namespaceOf, numberAt, objectsAt, textAt, timestamp } from '../store/json.ts';
import { createPod, isDone, isReady, podsOf } from './pod-sets.ts';

function ended(job: JsonObject): boolean {
  return objectsAt(job, 'status', 'conditions').some(
    (condition) => ['Complete', 'Failed'].includes(String(condition['type'])) && condition['status'] === 'True',
  );
}

function conditions(types: readonly string[], reason: string, message: string): JsonObject[] {
  const now = timestamp();
  return types.map((type) => ({ type, status: 'True', lastProbeTime: now, lastTransitionTime: now, reason, message }));
}

/** Runs a Job's pods until enough succeeded, or the back-off limit is reached. */
export function reconcileJob(objects: ClusterObjects, job: JsonObject): void {
  if (ended(job)) return;
  const completions = numberAt(job, 1, 'spec', 'completions');
  const parallelism = numberAt(job, 1, 'spec', 'parallelism');
  const limit = numberAt(job, 6, 'spec', 'backoffLimit');
  const pods = podsOf(objects, job);
  const succeeded = pods.filter((pod) => textAt(pod, 'status', 'phase') === 'Succeeded').length;
  const failed = pods.filter((pod) => textAt(pod, 'status', 'phase') === 'Failed').length;
  const active = pods.filter((pod) => !isDone(pod)).length;
  const finished = succeeded >= completions || failed > limit;
  if (!finished) {
    const missing = Math.min(parallelism, completions - succeeded) - active;
    for (let index = 0; index < missing; index += 1) createPod(objects, job, { generateName: `${nameOf(job)}-` });
  }
  const running = podsOf(objects, job).filter((pod) => !isDone(pod));
  objects.amend('Job', namespaceOf(job), nameOf(job), (object) => {
    const started = textAt(object, 'status', 'startTime') || timestamp();
    const status: JsonObject = {
      startTime: started,
      ready: running.filter(isReady).length,
      terminating: 0,
      uncountedTerminatedPods: {},
    };
    if (running.length > 0) status['active'] = running.length;
    if (succeeded > 0) status['succeeded'] = succeeded;
    if (failed > 0) status['failed'] = failed;
    if (succeeded >= completions) {
      status['completionTime'] = timestamp();
      const message = 'Reached expected number of succeeded pods';
      status['conditions'] = conditions(['SuccessCriteriaMet', 'Complete'], 'CompletionsReached', message);
    } else if (finished) {
      const message = 'Job has reached the specified backoff limit';
      status['conditions'] = conditions(['FailureTarget', 'Failed'], 'BackoffLimitExceeded', message);
    }
    object['status'] = status;
  });
}
