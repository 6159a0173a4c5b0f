import type { Probe } from '../../forward/probe.ts';
import { Refusal } from '../../refusal.ts';
import type { ApiRequest } from '../../request/api-request.ts';
import { listAt, textAt } from '../fields.ts';
import { asGateway, readOf } from './derived-request.ts';
import { answeredStatus } from './unanswered.ts';

/**
 * Objects in one answer. `resourceVersion=0` would spare etcd the work, but the API server then takes no notice of a
 * limit (1.36.3), and a list of any length would have to be read in one piece.
 */
const PAGE = 500;
/** Pages; a cluster with more is not read to the end. */
const MOST_PAGES = 60;

/**
 * Everything of a kind that the gateway itself may list, of each what counts.
 * @returns null where it may not, or where there is too much of it.
 * @throws {Unanswered}
 */
export async function listAll<Item>(
  path: string,
  pick: (object: unknown) => Item,
  probe: Probe,
  request: ApiRequest,
): Promise<Item[] | null> {
  const items: Item[] = [];
  let next = '';
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const more = next === '' ? '' : `&continue=${encodeURIComponent(next)}`;
    const answer = await askedOnce(`${path}?limit=${PAGE}${more}`, probe, request);
    if (answer === null) return null;
    for (const item of listAt(answer, 'items')) items.push(pick(item));
    next = textAt(answer, 'metadata', 'continue');
    if (next === '') return items;
  }
  return null;
}

async function askedOnce(target: string, probe: Probe, request: ApiRequest): Promise<unknown> {
  try {
    const { status, object } = await probe.ask(asGateway(readOf(request, target)));
    return answeredStatus(status) === 200 && textAt(object, 'kind').endsWith('List') ? object : null;
  } catch (error) {
    // A page that is too large to be read.
    if (error instanceof Refusal && error.code === 'upstream-response-invalid') return null;
    throw error;
  }
}
