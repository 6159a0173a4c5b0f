import type { Intent } from '../../../model/approval.ts';
import type { EffectiveIdentity, RequestSummary } from '../../../model/journal-record.ts';
import type { Principal, SessionKind } from '../../../model/principal.ts';
import { resourceName, singular } from '../../../model/request-words.ts';

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

/** A message of the gateway as a sentence: it is written to stand in kubectl's output, after the words that precede each refusal. */
export function sentence(message: string): string {
  const text = message.trim().replace(/^[a-z.]+( "[^"]*")? is forbidden: /, '');
  if (text === '') return '';
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}

/** `system:admin (groups system:masters)`. */
export function identityWords(effective: EffectiveIdentity | null): string | null {
  if (effective === null) return null;
  return effective.groups.length === 0 ? effective.user : `${effective.user} (groups ${effective.groups.join(', ')})`;
}

const SESSION_WORDS: Readonly<Record<SessionKind, string>> = {
  inAppTerminal: 'terminal',
  outside: 'outside the app',
  app: 'this app',
  headless: 'headless gateway',
};

export function sessionWords(principal: Principal): string {
  const kind = SESSION_WORDS[principal.session.kind];
  // The beginning of a terminal's id is enough to tell it from the others that are open.
  return principal.session.kind === 'inAppTerminal' ? `${kind} ${principal.session.id.slice(0, 10)}` : kind;
}
