import { nameOf, objectAt, textsAt } from '../store/json.ts';
import { kindNamed } from '../store/resource-kinds.ts';
import { answer } from './answer.ts';
import { readBody } from './body-codec.ts';
import { bodyOf, type Call, fieldValidation, readDryRun } from './call.ts';

const evictionKind = { group: 'policy', version: 'v1', kind: 'Eviction', message: 'policy.Eviction' };

/** POST on `pods/eviction`: deletes the pod; there are no disruption budgets to ask. */
export async function evictPod(call: Call): Promise<void> {
  const eviction = readBody(
    await bodyOf(call.request),
    call.headers.first('Content-Type'),
    evictionKind,
    fieldValidation(call),
  );
  const options = objectAt(eviction, 'deleteOptions');
  const grace = options['gracePeriodSeconds'];
  const dryRun = readDryRun([...call.query.getAll('dryRun'), ...textsAt(options, 'dryRun')], 'CreateOptions');
  const name = call.info.name || nameOf(eviction);
  call.cluster.objects.remove(kindNamed('Pod'), call.info.namespace, name, {
    dryRun,
    gracePeriodSeconds: typeof grace === 'number' ? grace : null,
    orphan: false,
    uid: '',
    resourceVersion: '',
  });
  answer(call, 201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 });
}
