import type { ClusterObjects } from '../store/cluster-objects.ts';
import { type JsonObject, nameOf, namespaceOf, textAt, timestamp, uidOf } from '../store/json.ts';
import { shortName } from '../store/random-names.ts';
import { kindNamed } from '../store/resource-kinds.ts';

/** What an Event says. */
export interface EventText {
  readonly reason: string;
  readonly message: string;
  readonly type?: 'Normal' | 'Warning';
  readonly component?: string;
  readonly fieldPath?: string;
  readonly count?: number;
  readonly first?: Date;
  readonly last?: Date;
}

/** Events kept in one namespace; the real server forgets them after an hour. */
const limit = 200;

/** Writes an Event about an object. */
export function recordEvent(objects: ClusterObjects, about: JsonObject, text: EventText): void {
  const namespace = namespaceOf(about) || 'default';
  const home = objects.find('Namespace', '', namespace);
  if (!home || textAt(home, 'metadata', 'deletionTimestamp') !== '') return;
  const last = text.last ?? new Date();
  objects.create(kindNamed('Event'), namespace, {
    kind: 'Event',
    apiVersion: 'v1',
    metadata: { name: `${nameOf(about)}.${shortName(16)}` },
    involvedObject: {
      kind: about['kind'] ?? '',
      ...(namespaceOf(about) ? { namespace: namespaceOf(about) } : {}),
      name: nameOf(about),
      uid: uidOf(about),
      apiVersion: about['apiVersion'] ?? '',
      ...(text.fieldPath ? { fieldPath: text.fieldPath } : {}),
    },
    reason: text.reason,
    message: text.message,
    source: { component: text.component ?? 'kubelet' },
    firstTimestamp: timestamp(text.first ?? last),
    lastTimestamp: timestamp(last),
    count: text.count ?? 1,
    type: text.type ?? 'Normal',
    reportingComponent: text.component ?? 'kubelet',
    reportingInstance: '',
  });
  const events = objects.list('Event', namespace);
  if (events.length <= limit) return;
  const oldest = [...events].sort((left, right) =>
    textAt(left, 'lastTimestamp') < textAt(right, 'lastTimestamp') ? -1 : 1,
  )[0];
  if (oldest) objects.erase('Event', namespace, nameOf(oldest));
}
