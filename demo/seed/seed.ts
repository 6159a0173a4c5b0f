import type { DemoAuthority } from '../certificates.ts';
import type { Controllers } from '../controllers/controllers.ts';
import { recordEvent } from '../controllers/events.ts';
import type { ClusterObjects } from '../store/cluster-objects.ts';
import { type JsonObject, nameOf, namespaceOf, objectAt, objectsAt, textAt, timestamp, uidOf } from '../store/json.ts';
import { groupVersionOf, kindNamed, resourceKinds } from '../store/resource-kinds.ts';
import { access } from './access.ts';
import { namespaces, nodes, systemParts } from './cluster-parts.ts';
import { configuration, seedSecrets } from './configuration.ts';
import type { Planted } from './manifest.ts';
import { demoSecretValues } from './secret-values.ts';
import { workloads } from './workloads.ts';

const hour = 60 * 60 * 1000;

/** Who made an object of the seed: somebody with kubectl. */
function makerOf(object: JsonObject): string {
  const applied = textAt(object, 'metadata', 'annotations', 'kubectl.kubernetes.io/last-applied-configuration') !== '';
  return applied ? 'kubectl-client-side-apply' : 'kubectl-create';
}

function sow(objects: ClusterObjects, planted: readonly Planted[], ages: Map<string, number>): void {
  for (const { kind: kindName, namespace, object, hours } of planted) {
    const kind = kindNamed(kindName);
    const options = { dryRun: false, manager: makerOf(object), trusted: true };
    const created = objects.create(kind, namespace, { apiVersion: groupVersionOf(kind), ...object }, options);
    ages.set(uidOf(created), hours);
  }
}

function setTimes(object: JsonObject, moment: string): void {
  objectAt(object, 'metadata')['creationTimestamp'] = moment;
  for (const entry of objectsAt(object, 'metadata', 'managedFields')) entry['time'] = moment;
  const status = objectAt(object, 'status');
  for (const field of ['startTime', 'completionTime']) if (status[field] !== undefined) status[field] = moment;
  for (const condition of objectsAt(status, 'conditions')) {
    for (const field of ['lastTransitionTime', 'lastUpdateTime'])
      if (condition[field] !== undefined) condition[field] = moment;
  }
  for (const container of objectsAt(status, 'containerStatuses')) {
    for (const state of Object.values(objectAt(container, 'state'))) {
      for (const field of ['startedAt', 'finishedAt'])
        if (objectAt(state)[field] !== undefined) objectAt(state)[field] = moment;
    }
  }
}

/** Gives every object its age. What controllers made is younger than its owner: the last rollout was some days ago. */
function backdate(objects: ClusterObjects, ages: ReadonlyMap<string, number>): void {
  const known = new Map(ages);
  for (const name of ['ReplicaSet', 'Pod']) {
    for (const object of objects.list(name)) {
      const owner = objectsAt(object, 'metadata', 'ownerReferences')[0];
      const hours = owner ? (known.get(textAt(owner, 'uid')) ?? 24) : 24;
      known.set(
        uidOf(object),
        name === 'Pod' ? Math.min(hours, 30 + (objects.list('Pod').indexOf(object) % 50)) : hours,
      );
    }
  }
  for (const kind of resourceKinds) {
    if (kind.kind === 'Event') continue;
    for (const object of objects.store.list(kind.storage)) {
      const hours = known.get(uidOf(object)) ?? 500 * 24;
      const moment = timestamp(new Date(Date.now() - hours * hour));
      objects.amend(kind.kind, namespaceOf(object), nameOf(object), (copy) => setTimes(copy, moment));
    }
  }
}

/** When a daily schedule (`15 2 * * *`) last came; the last half hour for the others that the seed has. */
function lastRun(schedule: string): Date {
  const [minute = '', hours = ''] = schedule.split(' ');
  const half = hour / 2;
  if (hours === '*') return new Date(Math.floor(Date.now() / half) * half);
  const today = new Date();
  today.setUTCHours(Number(hours), Number(minute), 0, 0);
  return today.getTime() > Date.now() ? new Date(today.getTime() - 24 * hour) : today;
}

/** A few marks of a life before the demo started: restarts, a last schedule, an address, warnings. */
function addHistory(objects: ClusterObjects): void {
  const worker = objects.list('Pod', 'payments').find((pod) => nameOf(pod).startsWith('ledger-worker'));
  if (worker) {
    objects.amend('Pod', 'payments', nameOf(worker), (pod) => {
      const container = objectsAt(pod, 'status', 'containerStatuses')[0];
      if (!container) return;
      const finishedAt = timestamp(new Date(Date.now() - 3 * hour));
      container['restartCount'] = 2;
      container['lastState'] = {
        terminated: { exitCode: 137, reason: 'OOMKilled', startedAt: textAt(pod, 'status', 'startTime'), finishedAt },
      };
    });
    recordEvent(objects, worker, {
      type: 'Warning',
      reason: 'Unhealthy',
      message: 'Readiness probe failed: HTTP probe failed with statuscode: 503',
      count: 4,
      first: new Date(Date.now() - 3.1 * hour),
      last: new Date(Date.now() - 3 * hour),
    });
  }
  for (const job of objects.list('CronJob')) {
    const last = timestamp(lastRun(textAt(job, 'spec', 'schedule')));
    objects.amend('CronJob', namespaceOf(job), nameOf(job), (copy) => {
      copy['status'] = { lastScheduleTime: last, lastSuccessfulTime: last };
    });
  }
  objects.amend('Service', 'storefront', 'web', (service) => {
    service['status'] = { loadBalancer: { ingress: [{ ip: '203.0.113.40' }] } };
  });
  const deployment = objects.find('Deployment', 'storefront', 'web');
  if (deployment) {
    recordEvent(objects, deployment, {
      reason: 'ScalingReplicaSet',
      message: 'Scaled up replica set from 2 to 3',
      component: 'deployment-controller',
      last: new Date(Date.now() - 26 * 60 * 1000),
    });
  }
}

/** What the seed needs beside the store. */
export interface SeedOptions {
  readonly authority: DemoAuthority;
  readonly controllers: Controllers;
  readonly contractorToken: string;
}

/**
 * Fills the cluster with a company: Larkfield, a shop with a payments team, a data platform, CI and the things that grew
 * over the years. Returns every confidential value in it.
 */
export async function seedCluster(objects: ClusterObjects, options: SeedOptions): Promise<readonly string[]> {
  const ages = new Map<string, number>();
  const secrets = await seedSecrets(options.authority, options.contractorToken);
  sow(objects, [...namespaces, ...nodes], ages);
  options.controllers.settle();
  sow(objects, [...access, ...configuration, ...secrets.planted, ...systemParts, ...workloads], ages);
  options.controllers.settle();
  for (const event of objects.list('Event')) objects.erase('Event', namespaceOf(event), nameOf(event));
  backdate(objects, ages);
  addHistory(objects);
  return [...demoSecretValues, ...secrets.made];
}
