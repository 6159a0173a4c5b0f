import { describe, expect, it } from 'vitest';
import { Refusal, type RefusalCode } from '../../../proxy/refusal.ts';
import type { ApiRequest } from '../../../proxy/request/api-request.ts';
import { readRequest } from '../../../proxy/request/read-request.ts';

const FOO = '/api/v1/namespaces/foo';
const EXEC = `${FOO}/pods/p/exec?command=sh`;

/** Reads `METHOD target` with headers given as `Name: value`. */
function read(line: string, ...headers: string[]): ApiRequest {
  const space = line.indexOf(' ');
  const rawHeaders = headers.flatMap((header) => {
    const colon = header.indexOf(':');
    return [header.slice(0, colon), header.slice(colon + 1).trim()];
  });
  return readRequest({ method: line.slice(0, space), target: line.slice(space + 1), rawHeaders });
}

function refusal(line: string, ...headers: string[]): RefusalCode | 'read' {
  try {
    read(line, ...headers);
    return 'read';
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

describe('the hygiene gate: what the API server might read as something else', () => {
  it.each([
    ['an encoded slash', '/api/v1/namespaces/foo%2Fsecrets'],
    ['an encoded slash in small letters', `${FOO}/secrets%2fs1`],
    ['an encoded slash in the prefix', '/api%2Fv1/namespaces/foo/secrets'],
    ['an empty segment for the namespace', '/api/v1/namespaces//secrets'],
    ['an empty segment behind the prefix', '/api//v1/namespaces'],
    ['an empty segment for the resource', `${FOO}//secrets`],
    ['an empty segment for the name', `${FOO}/secrets//s1`],
    ['two trailing slashes', `${FOO}/secrets//`],
    ['case 31: a leading double slash', '//evil/api/v1/pods'],
    ['case 31: a dot segment', '/api/v1/./namespaces'],
    ['case 31: a double dot segment', '/api/v1/../namespaces'],
    ['case 31: an encoded double dot segment', '/api/v1/%2e%2e/namespaces'],
    ['case 31: a dot segment behind proxy', `${FOO}/services/s/proxy/../x`],
    ['case 31: a backslash', '/api\\v1/namespaces'],
    ['case 31: an encoded backslash', '/api/v1%5Cnamespaces'],
    ['case 31: absolute form', 'https://other.host/api/v1/namespaces/foo/secrets'],
    ['case 31: absolute form without TLS', 'http://evil/'],
    ['the asterisk', '*'],
    ['nothing', ''],
    ['a fragment', `${FOO}/secrets#frag`],
    ['a fragment in the query', `${FOO}/secrets?watch=1#frag`],
    ['an encoded NUL', `${FOO}/secrets%00`],
    ['an encoded newline', `${FOO}/secrets%0a`],
    ['an encoded DEL', `${FOO}/secrets%7f`],
    ['an encoded percent sign', `${FOO}/secrets%2566`],
    ['a broken escape', `${FOO}/secrets/%zz`],
    ['a cut escape', `${FOO}/secrets/%2`],
    ['an escape that is not UTF-8', `${FOO}/secrets/%ff`],
    ['a space', `${FOO}/secrets/a b`],
    ['bytes beyond ASCII', `${FOO}/secrets/\u00e4`],
    ['case 42: a semicolon in the query', `${FOO}/secrets?dryRun=All;x=1`],
    ['a broken escape in the query', `${FOO}/secrets?watch=%zz`],
    ['an escape in the query that is not UTF-8', `${FOO}/pods/p/exec?command=%ff`],
    ['a NUL in the query', `${FOO}/pods?labelSelector=a%00b`],
    ['a path that the API server cannot resolve', '/api/v1/watch'],
  ])('%s is refused', (_name, target) => {
    expect(refusal(`GET ${target}`)).toBe('target-not-canonical');
  });

  it.each([
    ['one trailing slash', `${FOO}/secrets/`, { resource: 'secrets', verb: 'list' }],
    ['the root', '/', { isResourceRequest: false, verb: 'get' }],
    ['an encoded letter, read decoded', `${FOO}/secr%65ts`, { resource: 'secrets', verb: 'list' }],
    ['an encoded query key', `${FOO}/secrets?%77atch=1`, { verb: 'watch' }],
    ['small letters matter', '/api/v1/Namespaces/foo', { resource: 'Namespaces' }],
    ['another prefix is no API path', '/API/v1/namespaces', { isResourceRequest: false }],
    ['empty segments behind proxy', `${FOO}/services/s/proxy//a//b`, { subresource: 'proxy', name: 's' }],
    ['a colon in a name', `${FOO}/services/https:web:443/proxy/x`, { name: 'https:web:443' }],
    ['an encoded semicolon', `${FOO}/pods/p/exec?command=a%3Bb`, { subresource: 'exec' }],
  ])('%s is read', (_name, target, info) => {
    const request = read(`GET ${target}`);
    expect(request.info).toMatchObject(info);
    // What goes upstream is what came in, byte for byte.
    expect(request.target).toBe(target);
  });

  it.each(['get', 'FOO', 'CONNECT', 'TRACE', 'OPTIONS', ''])('case 32: the method "%s" is a 405', (method) => {
    expect(refusal(`${method} /api/v1/pods`)).toBe('method-not-allowed');
    expect(new Refusal('method-not-allowed', '').status).toBe(405);
  });

  it.each([
    'Host',
    'Authorization',
    'Content-Type',
    'Content-Length',
    'Accept',
    'Impersonate-User',
    'Impersonate-Uid',
    'Upgrade',
  ])('a second %s line is refused, whatever its case', (name) => {
    expect(refusal(`POST ${FOO}/pods`, `${name}: 1`, `${name.toLowerCase()}: 1`)).toBe('header-repeated');
  });
});

describe('what is read beside RequestInfo', () => {
  it('exec, attach and port-forward mean create, whatever the method', () => {
    for (const subresource of ['exec', 'attach', 'portforward']) {
      const request = read(`GET ${FOO}/pods/p/${subresource}`);
      expect([request.info.verb, request.policyVerb]).toEqual(['get', 'create']);
    }
    expect(read(`GET ${FOO}/pods/p/log`).policyVerb).toBe('get');
    expect(read('GET /apis/example.com/v1/namespaces/foo/pods/p/exec').policyVerb).toBe('get');
  });

  it('the query keeps its order and repeats', () => {
    expect(read(`GET ${FOO}/pods/p/exec?command=sh&command=-c&command=a+b%20c&tty`).query).toEqual([
      ['command', 'sh'],
      ['command', '-c'],
      ['command', 'a b c'],
      ['tty', ''],
    ]);
  });

  it('the media type loses its parameters, and its case except on PATCH', () => {
    const type = 'Content-Type: Application/JSON ; charset=utf-8';
    expect(read(`POST ${FOO}/pods`, type).contentType).toBe('application/json');
    expect(read(`PATCH ${FOO}/pods/p`, type).contentType).toBe('Application/JSON ');
    expect(read(`POST ${FOO}/pods`).contentType).toBe('');
  });

  it('Kubectl-Session and Kubectl-Command are taken when plausible', () => {
    const session = 'f00dfeed-0000-4000-8000-000000000001';
    const request = read('GET /api', `Kubectl-Session: ${session}`, 'Kubectl-Command: kubectl get');
    expect([request.kubectlSession, request.kubectlCommand]).toEqual([session, 'kubectl get']);
    const forged = read('GET /api', 'Kubectl-Session: \u001b[31m', `Kubectl-Command: ${'x'.repeat(65)}`);
    expect([forged.kubectlSession, forged.kubectlCommand]).toEqual([null, null]);
  });
});

describe('upgrades', () => {
  const WEBSOCKET = ['Connection: Upgrade', 'Upgrade: websocket'];
  const SPDY = ['Connection: keep-alive, upgrade', 'Upgrade: SPDY/3.1'];

  it('exec, attach and port-forward upgrade to WebSocket by GET and to SPDY/3.1 by POST or GET', () => {
    expect(read(`GET ${EXEC}`, ...WEBSOCKET).upgrade).toBe('websocket');
    expect(read(`GET ${FOO}/pods/p/attach`, 'Connection: Upgrade', 'Upgrade: WebSocket').upgrade).toBe('websocket');
    expect(read(`POST ${FOO}/pods/p/portforward`, ...SPDY, 'Content-Length: 0').upgrade).toBe('SPDY/3.1');
    expect(read(`GET ${EXEC}`, 'Connection: Upgrade', 'Upgrade: spdy/3.1').upgrade).toBe('SPDY/3.1');
  });

  it('case 17: Connection: Upgrade without an Upgrade header changes nothing', () => {
    expect(read(`GET ${FOO}/pods`, 'Connection: Upgrade').upgrade).toBeNull();
  });

  it.each([
    ['case 18: h2c', `GET ${EXEC}`, ['Connection: Upgrade', 'Upgrade: h2c']],
    ['case 18: TLS/1.0', `GET ${EXEC}`, ['Connection: Upgrade', 'Upgrade: TLS/1.0']],
    [
      'case 18: HTTP2-Settings',
      `GET ${EXEC}`,
      ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk'],
    ],
    ['case 18: HTTP2-Settings alone', '/api'.replace(/^/, 'GET '), ['HTTP2-Settings: AAMAAABk']],
    ['case 47: an unknown token', `GET ${EXEC}`, ['Connection: Upgrade', 'Upgrade: foo']],
    ['case 47: a list', `GET ${EXEC}`, ['Connection: Upgrade', 'Upgrade: websocket, h2c']],
    ['case 47: an empty token', `GET ${EXEC}`, ['Connection: Upgrade', 'Upgrade:']],
    ['case 47: a watch', `GET ${FOO}/secrets?watch=1`, WEBSOCKET],
    ['case 47: logs', `GET ${FOO}/pods/p/log`, WEBSOCKET],
    ['case 47: discovery', 'GET /api', WEBSOCKET],
    ['case 47: proxy', `GET ${FOO}/pods/p/proxy/`, WEBSOCKET],
    ['case 47: exec of another group', 'GET /apis/example.com/v1/namespaces/foo/pods/p/exec', WEBSOCKET],
    ['Upgrade without Connection: upgrade', `GET ${EXEC}`, ['Upgrade: websocket']],
    ['a WebSocket by POST', `POST ${EXEC}`, WEBSOCKET],
    ['SPDY by DELETE', `DELETE ${EXEC}`, SPDY],
    ['a body', `POST ${EXEC}`, [...SPDY, 'Content-Length: 5']],
    ['a chunked body', `POST ${EXEC}`, [...SPDY, 'Transfer-Encoding: chunked']],
  ])('%s is refused', (_name, line, headers) => {
    expect(refusal(line, ...headers)).toBe('upgrade-not-allowed');
  });

  it.each([
    ['alone', 'base64url.bearer.authorization.k8s.io.QQ'],
    ['before the protocol', 'base64url.bearer.authorization.k8s.io.QQ, v5.channel.k8s.io'],
    ['in other letters', 'v5.channel.k8s.io,BASE64URL.bearer.authorization.k8s.io.QQ'],
  ])('case 14: a bearer token as a sub-protocol, %s, is refused', (_name, protocols) => {
    const headers = [...WEBSOCKET, 'Sec-WebSocket-Protocol: v4.channel.k8s.io', `Sec-WebSocket-Protocol: ${protocols}`];
    expect(refusal(`GET ${EXEC}`, ...headers)).toBe('bearer-in-subprotocol');
  });
});
