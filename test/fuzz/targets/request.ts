import { readTarget, TargetError } from '../../../demo/api/request-target.ts';
import { upstreamHeaders } from '../../../proxy/forward/upstream-headers.ts';
import { Refusal } from '../../../proxy/refusal.ts';
import type { ApiRequest } from '../../../proxy/request/api-request.ts';
import { readRequest } from '../../../proxy/request/read-request.ts';
import { loopbackCluster, loopbackCredential } from '../../proxy/fixtures/loopback-tls.ts';
import { allow, type FuzzTarget, must } from '../fuzz-target.ts';
import { REQUESTS } from '../seeds/requests.ts';

/** Header names that may reach the API server, whatever the client sent. */
const UPSTREAM_NAMES =
  /^(?:host|user-agent|if-none-match|kubectl-command|kubectl-session|x-stream-protocol-version|sec-websocket-(?:key|version|protocol)|accept|accept-encoding|content-type|content-length|connection|upgrade|audit-id|authorization|impersonate-(?:user|uid|group|extra-[a-z0-9%._-]+))$/;

const cluster = loopbackCluster(6443, null);
const credential = loopbackCredential(null, 'the-upstream-token');

/**
 * A request's line and headers. What is accepted must mean the same to a second, independent reading (the demo cluster's),
 * and its header block must carry one identity and nothing of the client's that is not on the list.
 */
export const request: FuzzTarget = {
  name: 'request',
  share: 30,
  seeds: REQUESTS.map((text) => Buffer.from(text, 'latin1')),
  words: [
    ...['%2F', '%2f', '%5c', '%00', '%25', '%zz', '..', '.', '//', '/', '\\', ';', '#', '?', '&', '=', '%20', '+'],
    ...[
      '/api/v1',
      '/apis/apps/v1',
      '/watch',
      '/proxy',
      '/namespaces/',
      'secrets',
      'pods',
      '/exec',
      '/status',
      '/token',
    ],
    ...['watch=1', 'watch=false', 'fieldSelector=metadata.name%3Dx', 'dryRun=All', 'limit=1', 'labelSelector=a%3Db'],
    ...['GET ', 'POST ', 'DELETE ', 'PATCH ', 'OPTIONS ', 'get ', 'http://evil/', '//evil'],
    ...[
      '\nImpersonate-User: eve',
      '\nImpersonate-Group: system:masters',
      '\nImpersonate-Extra-a%2Fb: c',
      '\nImpersonate-Uid: 1',
    ],
    ...[
      '\nConnection: Upgrade',
      '\nUpgrade: websocket',
      '\nUpgrade: SPDY/3.1',
      '\nUpgrade: h2c',
      '\nAuthorization: Bearer x',
    ],
    ...[
      '\nX-Remote-User: eve',
      '\nHost: b',
      '\nContent-Type: a/b',
      '\nSec-WebSocket-Protocol: v5.channel.k8s.io',
      '\nAccept: */*',
    ],
  ],
  check(input) {
    const [line = '', ...lines] = input.toString('latin1').split('\n');
    const space = line.indexOf(' ');
    const rawHeaders = lines
      .filter((header) => header.includes(':'))
      .flatMap((header) => {
        const colon = header.indexOf(':');
        return [header.slice(0, colon), header.slice(colon + 1).trim()];
      });
    const [method, target] = space < 0 ? ['GET', line] : [line.slice(0, space), line.slice(space + 1)];
    const read = allow([Refusal], () => readRequest({ method, target, rawHeaders }));
    if (read === null) return;
    secondOpinion(read);
    const lowerCase = allow([Refusal], () =>
      upstreamHeaders(read, cluster, credential, { auditId: 'a', accept: null, compression: false, bodyBytes: null }),
    );
    if (lowerCase !== null) checkHeaders(read, lowerCase);
  },
};

/** Go's `url.ParseQuery` drops a pair whose escapes are broken, which `URLSearchParams` keeps, and keeps a leading `?`, which it drops. */
function asGoReads(query: string): string {
  const pairs = query.split('&').filter((pair) => !/%(?![0-9a-f]{2})/i.test(pair));
  return `&${pairs.join('&')}`;
}

function secondOpinion(read: ApiRequest): void {
  const [path = '', ...query] = read.target.split('?');
  const other = allow([TargetError], () =>
    readTarget(read.method, path, new URLSearchParams(asGoReads(query.join('?')))),
  );
  must(other !== null, 'a target was accepted that the second reading refuses');
  for (const field of [
    'isResourceRequest',
    'verb',
    'apiGroup',
    'apiVersion',
    'namespace',
    'resource',
    'subresource',
  ] as const) {
    must(read.info[field] === other[field], `${field} is ${read.info[field]} here and ${other[field]} there`);
  }
  // A name from a field selector has rules of its own, which the demo cluster reads more simply.
  if (!read.target.includes('fieldSelector') && !read.target.includes('%')) {
    must(read.info.name === other.name, `the name is ${read.info.name} here and ${other.name} there`);
  }
}

function checkHeaders(read: ApiRequest, lines: ReadonlyArray<readonly [string, string]>): void {
  const count = (name: string): number => lines.filter(([line]) => line.toLowerCase() === name).length;
  must(count('host') === 1 && count('authorization') === 1, 'not one Host and one Authorization');
  must(count('impersonate-user') === (read.impersonation === null ? 0 : 1), 'not the identity that was decided on');
  for (const [name, value] of lines) {
    must(UPSTREAM_NAMES.test(name.toLowerCase()), `the header ${name} goes upstream`);
    must(!/[\r\n\0]/.test(value), `a line break in ${name}`);
  }
}
