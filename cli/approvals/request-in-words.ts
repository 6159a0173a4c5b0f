import type { EffectiveIdentity, RequestSummary } from '../../model/journal-record.ts';
import type { Session, SessionKind } from '../../model/principal.ts';

/** `delete deployments.apps shop/web`, `create pods/exec shop/web-0 -- sh -c id`, `reveal secrets shop/db key password`. */
export function requestInWords(request: RequestSummary): string {
  const { resource, subresource, apiGroup, namespace, newName = '' } = request;
  const name = request.name === '' ? newName : request.name;
  const verb = request.revealKey === undefined ? request.policyVerb : 'reveal';
  if (resource === '') return `${verb} ${request.target}`;
  const kind = `${resource}${apiGroup === '' ? '' : `.${apiGroup}`}${subresource === '' ? '' : `/${subresource}`}`;
  // The API server counts a namespace as lying in itself; people do not.
  const ownNamespace = namespace === '' || (resource === 'namespaces' && namespace === name);
  const object = ownNamespace ? name : `${namespace}/${name === '' ? '*' : name}`;
  const key = request.revealKey === undefined ? '' : ` key ${request.revealKey}`;
  return `${verb} ${kind} ${object}${key}${commandOf(request)}`.trimEnd();
}

/** The command of an exec, as a person would have typed it behind `--`. */
function commandOf({ subresource, target }: RequestSummary): string {
  if (subresource !== 'exec') return '';
  const [, query = ''] = target.split('?', 2);
  const words = new URLSearchParams(query).getAll('command');
  return words.length === 0 ? '' : ` -- ${words.map(quoted).join(' ')}`;
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Which objects of a collection are meant: `-l app=web --field-selector status.phase=Failed`; empty: all of them. */
export function selectorsInWords({ target, resource, name }: RequestSummary): string {
  if (resource === '' || name !== '') return '';
  const query = new URLSearchParams(target.split('?', 2)[1] ?? '');
  const given = [
    ['-l', query.get('labelSelector')],
    ['--field-selector', query.get('fieldSelector')],
  ].flatMap(([flag, value]) => (value ? [`${flag} ${quoted(value)}`] : []));
  return given.join(' ');
}

/** As whom a request runs at the API server; `-` where it is the upstream credential itself. */
export function identityInWords(effective: EffectiveIdentity | null): string {
  if (effective === null) return '-';
  const groups = effective.groups.length === 0 ? '' : ` [${effective.groups.join(', ')}]`;
  return `${effective.user}${groups}`;
}

/** `scopes=a,b team=x`: what goes with such an identity. */
export function extraInWords(effective: EffectiveIdentity | null): string {
  return Object.entries(effective?.extra ?? {})
    .map(([key, values]) => `${key}=${values.join(',')}`)
    .join(' ');
}

const SESSIONS: Readonly<Record<SessionKind, string>> = {
  inAppTerminal: 'a terminal of the app',
  outside: 'a terminal outside the app',
  app: "the app's own screens",
  headless: 'a client of this gateway',
};

/** Where a client is: `a terminal of the app (t-3)`. */
export function sessionInWords({ kind, id }: Session): string {
  return `${SESSIONS[kind]} (${id})`;
}
