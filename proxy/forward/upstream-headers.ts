import type { Cluster, UpstreamCredential } from '../clusters/cluster.ts';
import { Refusal } from '../refusal.ts';
import type { ApiRequest, Impersonation } from '../request/api-request.ts';
import { identityBytes } from '../request/identity-text.ts';

type HeaderLine = readonly [name: string, value: string];

/**
 * What a client may say to the API server in its own words. Everything else is left behind: credentials, front-proxy
 * identities (`X-Remote-*`), forwarding claims, cookies, and whatever `Connection` names. A list of what to take cannot
 * be tricked by a header that removes another (golang/go#50580).
 */
const FROM_CLIENT = ['User-Agent', 'If-None-Match', 'Kubectl-Command', 'Kubectl-Session'] as const;
const FROM_CLIENT_WITH_UPGRADE = [
  'User-Agent',
  'Kubectl-Command',
  'Kubectl-Session',
  'X-Stream-Protocol-Version',
  'Sec-WebSocket-Key',
  'Sec-WebSocket-Version',
  'Sec-WebSocket-Protocol',
] as const;

export interface HeaderChoices {
  readonly auditId: string;
  /** The `Accept` line to send; null takes the client's first. */
  readonly accept: string | null;
  /** False where the answer will be masked: a compressed body cannot be spliced. */
  readonly compression: boolean;
  /** Bytes of the body, or null without one. */
  readonly bodyBytes: number | null;
}

/**
 * The header block for the API server, built from nothing: the request's own few headers first, identity last.
 * @throws {Refusal} `internal-error` when the block would not carry exactly the identity that was decided on.
 */
export function upstreamHeaders(
  request: ApiRequest,
  cluster: Cluster,
  credential: UpstreamCredential,
  choices: HeaderChoices,
): HeaderLine[] {
  const lines: HeaderLine[] = [['Host', authority(cluster)]];
  const names = request.upgrade === null ? FROM_CLIENT : FROM_CLIENT_WITH_UPGRADE;
  for (const name of names) for (const value of request.headers.all(name)) lines.push([name, value]);
  const accept = choices.accept ?? request.headers.first('Accept');
  if (accept !== undefined) lines.push(['Accept', accept]);
  if (request.upgrade === null) {
    const encoding = choices.compression ? request.headers.first('Accept-Encoding') : undefined;
    lines.push(['Accept-Encoding', encoding ?? 'identity']);
    const contentType = request.headers.first('Content-Type');
    if (contentType !== undefined && choices.bodyBytes !== null) lines.push(['Content-Type', contentType]);
  } else {
    lines.push(['Connection', 'Upgrade'], ['Upgrade', request.upgrade]);
  }
  if (choices.bodyBytes !== null) lines.push(['Content-Length', String(choices.bodyBytes)]);
  else if (request.method !== 'GET' && request.method !== 'HEAD') lines.push(['Content-Length', '0']);
  lines.push(['Audit-ID', choices.auditId]);
  if (credential.bearerToken !== null) lines.push(['Authorization', `Bearer ${credential.bearerToken}`]);
  else if (credential.basic) lines.push(['Authorization', `Basic ${credential.basic}`]);
  if (request.impersonation !== null) lines.push(...impersonationHeaders(request.impersonation));
  assertIdentity(lines, request.impersonation);
  return lines;
}

/** `Host` for the cluster's constant address; IPv6 in brackets (RFC 9110 section 7.2). */
function authority({ server }: Cluster): string {
  const host = server.host.includes(':') ? `[${server.host}]` : server.host;
  return server.port === 443 ? host : `${host}:${server.port}`;
}

/**
 * One line for each group and each extra value, as the API server reads them; extra keys percent-encoded, values as UTF-8 with
 * one character for each byte.
 * @throws {Refusal} `impersonation-malformed` for a name that HTTP would change on its way.
 */
export function impersonationHeaders(impersonation: Impersonation): HeaderLine[] {
  const line = (header: string, text: string): HeaderLine => [header, identityBytes(header, text)];
  const lines: HeaderLine[] = [line('Impersonate-User', impersonation.user)];
  if (impersonation.uid !== '') lines.push(line('Impersonate-Uid', impersonation.uid));
  for (const group of impersonation.groups) lines.push(line('Impersonate-Group', group));
  for (const [key, values] of impersonation.extra) {
    for (const value of values) lines.push(line(`Impersonate-Extra-${encodeURIComponent(key)}`, value));
  }
  return lines;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 9110 section 5.5 forbids exactly these in a field value
const FORBIDDEN_IN_VALUE = /[\u0000-\u0008\u000a-\u001f\u007f]/;

/** The last look before bytes go out. A lost `Impersonate-User` would run the request as the gateway's own credential. */
function assertIdentity(lines: readonly HeaderLine[], impersonation: Impersonation | null): void {
  const users = lines.filter(([name]) => name.toLowerCase() === 'impersonate-user');
  const wanted = impersonation === null ? [] : [identityBytes('Impersonate-User', impersonation.user)];
  const sameUser = users.length === wanted.length && users.every(([, value], index) => value === wanted[index]);
  const credentials = lines.filter(([name]) => name.toLowerCase() === 'authorization').length;
  const clean = lines.every(([, value]) => !FORBIDDEN_IN_VALUE.test(value));
  if (!sameUser || credentials > 1 || !clean) {
    throw new Refusal('internal-error', 'Gatehouse could not build a header block that it trusts, and sent nothing on');
  }
}
