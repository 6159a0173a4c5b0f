import type { Intent } from '../../model/approval.ts';
import type { RequestSummary } from '../../model/journal-record.ts';
import { resourceName, singular } from '../../model/request-words.ts';

/** `secrets stripe in namespace shop`: on what a request acts, for a person. */
function targetWords(request: RequestSummary): string {
  const resource = resourceName(request) || request.target;
  const one = singular(resource);
  const all = request.policyVerb === 'deletecollection' ? `all ${resource}` : resource;
  const what = request.name === '' ? all : `${one} ${request.name}`;
  // A namespace is its own namespace in RequestInfo; said twice it would read as two things.
  const inside = request.namespace !== '' && !(resource === 'namespaces' && request.name === request.namespace);
  return inside ? `${what} in namespace ${request.namespace}` : what;
}

const VERB_WORDS: Readonly<Record<string, string>> = {
  get: 'Read',
  list: 'List',
  watch: 'Watch',
  create: 'Create',
  update: 'Replace',
  patch: 'Change',
  delete: 'Delete',
  deletecollection: 'Delete',
};

/** What will happen when this is approved, as one sentence. */
export function consequence(intent: Intent): string {
  const { request } = intent;
  const as = intent.effective === null ? '' : ` as ${intent.effective.user}`;
  if (request.revealKey !== undefined) {
    return `Show the value of ${request.revealKey} of secret ${request.name} in namespace ${request.namespace}${as}`;
  }
  if (request.subresource === 'exec' || request.subresource === 'attach') {
    const act = request.subresource === 'exec' ? 'Run a command in' : 'Attach to';
    return `${act} pod ${request.name} in namespace ${request.namespace}${as}`;
  }
  // A create names its object in the body, not in the target.
  if (request.policyVerb === 'create' && request.name === '') {
    const where = request.namespace === '' ? '' : ` in namespace ${request.namespace}`;
    return `Create ${resourceName(request) || request.target}${where}${as}`;
  }
  const verb = VERB_WORDS[request.policyVerb] ?? request.policyVerb;
  return `${verb} ${targetWords(request)}${as}`;
}
