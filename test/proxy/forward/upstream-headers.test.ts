import { describe, expect, it } from 'vitest';
import { impersonationHeaders, upstreamHeaders } from '../../../proxy/forward/upstream-headers.ts';
import type { ApiRequest, Impersonation } from '../../../proxy/request/api-request.ts';
import { HeaderList } from '../../../proxy/request/header-list.ts';
import { loopbackCluster, loopbackCredential } from '../fixtures/loopback-tls.ts';

const cluster = loopbackCluster(6443, null);
const choices = { auditId: 'audit-1', accept: null, compression: true, bodyBytes: null };

function request(headers: ReadonlyArray<readonly [string, string]>, change: Partial<ApiRequest> = {}): ApiRequest {
  return {
    method: 'GET',
    target: '/api/v1/pods',
    query: [],
    info: {
      isResourceRequest: true,
      path: '/api/v1/pods',
      verb: 'list',
      apiPrefix: 'api',
      apiGroup: '',
      apiVersion: 'v1',
      namespace: '',
      resource: 'pods',
      subresource: '',
      name: '',
      parts: ['pods'],
      fieldSelector: '',
      labelSelector: '',
    },
    policyVerb: 'list',
    headers: new HeaderList(headers),
    impersonation: null,
    upgrade: null,
    contentType: '',
    kubectlSession: null,
    kubectlCommand: null,
    ...change,
  };
}

const alice: Impersonation = {
  user: 'alice',
  uid: '',
  groups: ['a', 'b, system:masters'],
  extra: new Map([['acme.com/project', ['one', 'two, three']]]),
};

describe('the header block for the API server', () => {
  it('case 1: sends one line for each group and never joins or splits them', () => {
    expect(impersonationHeaders(alice)).toEqual([
      ['Impersonate-User', 'alice'],
      ['Impersonate-Group', 'a'],
      ['Impersonate-Group', 'b, system:masters'],
      ['Impersonate-Extra-acme.com%2Fproject', 'one'],
      ['Impersonate-Extra-acme.com%2Fproject', 'two, three'],
    ]);
  });

  it('writes names of all letters as the bytes of their UTF-8, one character each', () => {
    const lines = impersonationHeaders({
      user: 'Größe',
      uid: 'ü',
      groups: ['開発'],
      extra: new Map([['a', ['č\u010d']]]),
    });
    expect(lines.map(([name, value]) => [name, Buffer.from(value, 'latin1').toString('utf8')])).toEqual([
      ['Impersonate-User', 'Größe'],
      ['Impersonate-Uid', 'ü'],
      ['Impersonate-Group', '開発'],
      ['Impersonate-Extra-a', 'č\u010d'],
    ]);
    expect(lines.every(([, value]) => /^[\x20-\xff]+$/.test(value))).toBe(true);
  });

  it.each([' alice', 'alice ', '\talice', 'alice\t'])(
    'refuses %j in words: HTTP would make another name of it',
    (name) => {
      const group = request([], { impersonation: { ...alice, groups: [name] } });
      const user = request([], { impersonation: { ...alice, user: name } });
      const extra = request([], { impersonation: { ...alice, extra: new Map([['k', [name]]]) } });
      for (const sent of [group, user, extra]) {
        expect(() => upstreamHeaders(sent, cluster, loopbackCredential(null), choices)).toThrow(
          expect.objectContaining({
            code: 'impersonation-malformed',
            message: expect.stringContaining('begins or ends with a space'),
          }),
        );
      }
    },
  );

  it('case 7: keeps the identity whatever Connection names', () => {
    const hostile = request(
      [
        ['Connection', ''],
        ['Connection', 'close, Impersonate-User, Impersonate-Group, Authorization'],
      ],
      { impersonation: alice },
    );
    const names = upstreamHeaders(hostile, cluster, loopbackCredential(null, 'token'), choices).map(([name]) => name);
    expect(names.filter((name) => name === 'Impersonate-User')).toHaveLength(1);
    expect(names).toContain('Authorization');
    expect(names).not.toContain('Connection');
  });

  it.each([
    'X-Remote-User',
    'X-Remote-Group',
    'X-Remote-Extra-Scopes',
    'X-Forwarded-For',
    'X-Forwarded-Proto',
    'Forwarded',
    'Cookie',
    'Proxy-Authorization',
    'Authorization',
    'Audit-ID',
    'Impersonate-Foo',
    'Transfer-Encoding',
    'Sec-WebSocket-Extensions',
  ])('cases 8, 13 and 43: leaves the client’s %s behind', (name) => {
    const lines = upstreamHeaders(request([[name, 'from-client']]), cluster, loopbackCredential(null), choices);
    expect(lines.map(([, value]) => value)).not.toContain('from-client');
  });

  it('sends nothing where a value would hold a character that HTTP forbids, whoever it is from', () => {
    const forbidden = [...Array.from({ length: 0x20 }, (_, code) => code).filter((code) => code !== 0x09), 0x7f];
    for (const code of forbidden) {
      const value = `a${String.fromCharCode(code)}b`;
      const agent = request([['User-Agent', value]]);
      const as = request([], { impersonation: { ...alice, groups: [value] } });
      for (const sent of [agent, as]) {
        expect(() => upstreamHeaders(sent, cluster, loopbackCredential(null), choices), `code ${code}`).toThrow(
          expect.objectContaining({ code: 'internal-error' }),
        );
      }
    }
    const tab = request([['User-Agent', 'a\tb']]);
    expect(upstreamHeaders(tab, cluster, loopbackCredential(null), choices)).toContainEqual(['User-Agent', 'a\tb']);
  });

  it('sends the upstream credential, its own Audit-ID and the constant authority', () => {
    const lines = upstreamHeaders(request([['Host', 'evil']]), cluster, loopbackCredential(null, 'secret'), choices);
    expect(lines[0]).toEqual(['Host', '127.0.0.1:6443']);
    expect(lines).toContainEqual(['Audit-ID', 'audit-1']);
    expect(lines).toContainEqual(['Authorization', 'Bearer secret']);
  });

  it('asks for an uncompressed answer where it will be masked', () => {
    const lines = upstreamHeaders(request([['Accept-Encoding', 'gzip']]), cluster, loopbackCredential(null), {
      ...choices,
      compression: false,
    });
    expect(lines).toContainEqual(['Accept-Encoding', 'identity']);
  });

  it('keeps repeated X-Stream-Protocol-Version lines apart on an upgrade', () => {
    const upgrade = request(
      [
        ['X-Stream-Protocol-Version', 'v4.channel.k8s.io'],
        ['X-Stream-Protocol-Version', 'v3.channel.k8s.io'],
      ],
      { method: 'POST', upgrade: 'SPDY/3.1' },
    );
    const lines = upstreamHeaders(upgrade, cluster, loopbackCredential(null), choices);
    expect(lines.filter(([name]) => name === 'X-Stream-Protocol-Version').map(([, value]) => value)).toEqual([
      'v4.channel.k8s.io',
      'v3.channel.k8s.io',
    ]);
    expect(lines).toContainEqual(['Upgrade', 'SPDY/3.1']);
  });

  it('refuses a block whose values could break out of their line', () => {
    const split = request([], { impersonation: { ...alice, user: 'alice\r\nX-Remote-User: admin' } });
    expect(() => upstreamHeaders(split, cluster, loopbackCredential(null), choices)).toThrowError(/sent nothing on/);
  });
});
