import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCertificateAuthority, issueClientCertificate } from '../../../proxy/access/certificate-authority.ts';
import { readKubeconfigs } from '../../../proxy/clusters/kubeconfig-files.ts';
import { listContexts } from '../../../proxy/clusters/list-contexts.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-kubeconfig-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

function kubeconfig(change: { cluster?: object; user?: object | null; context?: object } = {}): string {
  return JSON.stringify({
    'current-context': 'prod',
    clusters: [{ name: 'c', cluster: { server: 'https://k8s.example:6443', ...change.cluster } }],
    users: change.user === null ? [] : [{ name: 'u', user: change.user ?? { token: 'secret-token' } }],
    contexts: [{ name: 'prod', context: { cluster: 'c', user: 'u', namespace: 'shop', ...change.context } }],
  });
}

const PLUGIN = { apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never' };

const oidc = (config: Record<string, string>) => ({ 'auth-provider': { name: 'oidc', config } });

/** Nine lists of nine, each of the one before: 9^9 texts. */
const BILLION_LAUGHS = Array.from({ length: 9 }, (_, level) => {
  const held = level === 0 ? 'lol' : `*a${level - 1}`;
  return `a${level}: &a${level} [${Array.from({ length: 9 }, () => held).join(', ')}]\n`;
}).join('');

describe('several files', () => {
  it('are merged as kubectl does: for each name the first definition, the first current-context', async () => {
    const a = await file('a', 'clusters: [{name: c, cluster: {server: "https://a"}}]\n');
    const b = await file('b', kubeconfig());
    const merged = await readKubeconfigs([a, b]);
    expect(merged.clusters.get('c')?.server).toBe('https://a');
    expect(merged.contexts.get('prod')?.namespace).toBe('shop');
    expect(merged.currentContext).toBe('prod');
  });

  it('resolve relative paths beside their own file, and programs on PATH', async () => {
    await mkdir(join(folder, 'sub'));
    const path = await file(
      'sub/config',
      kubeconfig({
        cluster: { 'certificate-authority': 'ca.crt' },
        user: { tokenFile: '../token', exec: { command: './plugin' } },
      }),
    );
    const other = await file('other', kubeconfig({ user: { exec: { command: 'plugin' } } }).replaceAll('"u"', '"v"'));
    const merged = await readKubeconfigs([path, other]);
    expect(merged.clusters.get('c')?.['certificate-authority']).toBe(join(folder, 'sub/ca.crt'));
    expect(merged.users.get('u')?.tokenFile).toBe(join(folder, 'token'));
    expect(merged.users.get('u')?.exec?.command).toBe(join(folder, 'sub/plugin'));
    expect(merged.users.get('v')?.exec?.command).toBe('plugin');
  });

  it('that are missing, empty or lists of nothing are no trouble', async () => {
    const empty = await file('empty', '');
    const nulls = await file('nulls', 'clusters: null\nusers: []\ncontexts:\n');
    const merged = await readKubeconfigs([join(folder, 'none'), empty, nulls]);
    expect(merged.contexts.size).toBe(0);
    expect(merged.problems).toMatchObject([{ missing: true }]);
  });
});

describe('the list of contexts', () => {
  it('says what a usable context leads to', async () => {
    const path = await file('config', kubeconfig());
    expect(await listContexts([path])).toEqual([
      {
        context: 'prod',
        slug: 'prod',
        server: 'https://k8s.example:6443',
        user: 'u',
        namespace: 'shop',
        file: path,
        plugin: null,
        passedOver: [],
        problem: null,
      },
    ]);
  });

  it('is not spoilt by a bad file among good ones', async () => {
    const good = await file('good', kubeconfig());
    const bad = await file('bad', 'clusters:\n- name: c\n  cluster: {server: [\n');
    expect(await listContexts([join(folder, 'none'), good, bad])).toMatchObject([
      { context: 'prod', problem: null },
      { context: '', file: join(folder, 'none'), problem: expect.stringContaining('does not exist') },
      { context: '', file: bad, problem: expect.stringMatching(/bad, line \d+: not valid YAML/) },
    ]);
  });

  it('says of what comes after a bad file that the bad one may have defined it first', async () => {
    const good = await file('good', kubeconfig());
    const later = await file('later', kubeconfig().replaceAll('prod', 'later'));
    const bad = await file('bad', 'clusters: [');
    expect(await listContexts([good, bad, later])).toMatchObject([
      { context: 'prod', problem: null },
      {
        context: 'later',
        problem: expect.stringMatching(/bad, line 1: not valid YAML.*comes first, so what it says of context "later"/),
      },
      { context: '', file: bad },
    ]);
  });

  it('takes a file once, and none of an empty name', async () => {
    const path = await file('config', kubeconfig());
    expect(await listContexts([path, '', path])).toMatchObject([{ context: 'prod', problem: null }]);
  });

  it('loses one wrong entry alone, and says where it is and what kubectl makes of the file', async () => {
    const path = await file(
      'config',
      'clusters:\n- name: c\n  cluster: {server: "https://k"}\n- name: d\n  cluster:\n    server: 12\n' +
        'users:\n- name: u\n  user: {token: t}\n- name: unused\n  user: {token: yes}\n' +
        'contexts:\n- name: good\n  context: {cluster: c, user: u}\n- name: of-d\n  context: {cluster: d, user: u}\n' +
        '- name: wrong\n  context: {cluster: 1, user: u}\n- name: no\n  context: {cluster: c, user: u}\n',
    );
    const refused = 'kubectl reads nothing of this file until that is mended';
    const needsQuotes = 'must be text; a number, and words such as yes and no, need quotes';
    expect((await listContexts([path])).map(({ context, problem }) => [context, problem])).toEqual([
      ['good', null],
      ['of-d', `${path}, line 6: cluster "d": "server" ${needsQuotes}. ${refused}`],
      ['wrong', `${path}, line 18: context "wrong": "cluster" ${needsQuotes}. ${refused}`],
      ['', `${path}, line 11: user "unused": "token" ${needsQuotes}. ${refused}`],
      ['', `${path}, line 19: context: "name" ${needsQuotes}. ${refused}`],
    ]);
  });

  it('does not let a later file take the name of an entry that is wrong', async () => {
    const wrong = await file('wrong', 'users: [{name: u, user: {token: 1}}]');
    const [listing] = await listContexts([wrong, await file('good', kubeconfig())]);
    expect(listing).toMatchObject({ context: 'prod', problem: expect.stringContaining('wrong, line 1: user "u"') });
  });

  it.each([
    [
      'a name used twice',
      'contexts:\n- {name: x}\n- {name: x}\n',
      /line 2: context "x" is defined more than once \(line 2, 3\)/,
    ],
    [
      'a list where a text belongs',
      'users:\n- name: u\n  user:\n    token: [a]\n',
      /line 4: user "u": "token" must be text/,
    ],
    ['a text where a list belongs', 'contexts: hello\n', /line 1: "contexts" must be a list/],
    ['base64 that is none', 'users: [{name: u, user: {client-key-data: "%"}}]\n', /"client-key-data" is not base64/],
    ['an alias of nothing', 'users:\n- {name: u, user: *none}\n', /line 2: user "u": "user" is an alias of an anchor/],
    ['the same extension twice', 'extensions: [{name: a, extension: 1}, {name: a}]', /"extensions" has the same name/],
    ['another kind of object', 'apiVersion: v1\nkind: Secret\n', /line 2: not a kubeconfig, whose apiVersion is v1/],
    ['bytes that are no text', '\u0000\u0001', /is not text: it has bytes of zero/],
    ['a web page', '<!DOCTYPE html>\n<html><body>Sign in</body></html>', /not a kubeconfig, it is a web page or XML/],
    ['a certificate', '-----BEGIN CERTIFICATE-----\nMIIB\n', /not a kubeconfig, it is a certificate or a key in PEM/],
    ['a script', '#!/bin/sh\necho hello\n', /not a kubeconfig, it is a script/],
    [
      'JSON that is cut off',
      '{"apiVersion": "v1", "clusters": [',
      /line 1: not a kubeconfig, it is JSON that is cut off/,
    ],
    ['text', 'hello\n', /not a kubeconfig, it holds no fields/],
    ['a tab', 'clusters:\n\t- name: c\n', /line 2: not valid YAML: a tab where spaces belong \(TAB_AS_INDENT\)/],
    [
      'a quote that is not closed',
      'kind: "Config\n',
      /not valid YAML: a quote, a bracket, a comma or a colon is missing/,
    ],
    ['aliases that multiply', BILLION_LAUGHS, /too much by its aliases/],
    ['depth without end', `a: ${'['.repeat(100_000)}`, /nested more than 200 levels deep/],
    ['something else altogether', '%PDF-1.7', /config/],
  ])('says where a file is wrong, without quoting it: %s', async (_case, text, expected) => {
    const path = await file('config', text);
    expect((await listContexts([path]))[0]?.problem).toMatch(expected);
  });

  it.each([
    [
      'no cluster of that name',
      kubeconfig({ context: { cluster: 'x' } }),
      'Cluster "x" is in none of the kubeconfig files',
    ],
    ['no user of that name', kubeconfig({ user: null }), 'User "u" is in none of the kubeconfig files'],
    ['no user at all', kubeconfig({ context: { user: null } }), 'Context "prod" names no user'],
    ['plain http', kubeconfig({ cluster: { server: 'http://k8s' } }), 'does not start with https://'],
    ['no URL', kubeconfig({ cluster: { server: 'k8s' } }), 'is not a URL'],
    ['a URL with a password', kubeconfig({ cluster: { server: 'https://a:b@k8s' } }), 'only a host, a port and a path'],
    ['an unknown proxy', kubeconfig({ cluster: { 'proxy-url': 'ftp://a:hunter2@proxy' } }), 'begins with "ftp"'],
    [
      'a proxy that is no URL',
      kubeconfig({ cluster: { 'proxy-url': 'proxy' } }),
      'proxy-url of cluster "c" is not a URL',
    ],
    [
      'a missing CA file',
      kubeconfig({ cluster: { 'certificate-authority': '/nowhere/ca' } }),
      '/nowhere/ca does not exist',
    ],
    ['impersonation', kubeconfig({ user: { token: 'x', as: 'root' } }), 'impersonates somebody else'],
    ['a UID alone', kubeconfig({ user: { token: 'x', 'as-uid': '1' } }), 'impersonates somebody else'],
    ['extras alone', kubeconfig({ user: { token: 'x', 'as-user-extra': { a: ['b'] } } }), 'impersonates somebody else'],
    ['groups alone', kubeconfig({ user: { token: 'x', 'as-groups': ['a'] } }), 'impersonates somebody else'],
    ['an auth provider', kubeconfig({ user: { 'auth-provider': { name: 'gcp' } } }), 'auth provider "gcp"'],
    ['OIDC without a provider', kubeconfig({ user: oidc({ 'client-id': 'a' }) }), 'without idp-issuer-url'],
    ['OIDC without a client', kubeconfig({ user: oidc({ 'idp-issuer-url': 'https://i' }) }), 'without client-id'],
    [
      'OIDC in the clear',
      kubeconfig({ user: oidc({ 'idp-issuer-url': 'http://i', 'client-id': 'a' }) }),
      'whose idp-issuer-url does not start with https://',
    ],
    [
      'OIDC and a plugin',
      kubeconfig({ user: { ...oidc({}), exec: { ...PLUGIN, command: 'p' } } }),
      'both an auth provider and an exec plugin',
    ],
    [
      'an authority of OIDC somewhere',
      kubeconfig({
        user: oidc({ 'idp-issuer-url': 'https://i', 'client-id': 'a', 'idp-certificate-authority': 'ca.crt' }),
      }),
      'relative idp-certificate-authority',
    ],
    ['a password alone', kubeconfig({ user: { password: 'b' } }), 'password without a user name'],
    ['a token and a name', kubeconfig({ user: { username: 'a', token: 'b' } }), 'both a token and a user name'],
    ['a name with a colon', kubeconfig({ user: { username: 'a:b' } }), 'with a colon'],
    ['no credential', kubeconfig({ user: {} }), 'no credential that Gatehouse knows'],
    ['a certificate without a key', kubeconfig({ user: { 'client-certificate-data': 'eA==' } }), 'without its key'],
    ['a missing token file', kubeconfig({ user: { tokenFile: '/nowhere/token' } }), '/nowhere/token does not exist'],
    [
      'a missing plugin',
      kubeconfig({
        user: { exec: { ...PLUGIN, command: 'no-such-plugin', installHint: 'brew install it\nsecond line' } },
      }),
      'Exec plugin "no-such-plugin" of user "u" was not found: brew install it',
    ],
    [
      'a plugin that does not say whether it asks',
      kubeconfig({ user: { exec: { ...PLUGIN, command: 'plugin', interactiveMode: '' } } }),
      'Exec plugin "plugin" of user "u" has no interactiveMode',
    ],
    [
      'a certificate that is none',
      kubeconfig({ user: { 'client-certificate-data': 'eA==', 'client-key-data': 'eA==' } }),
      'is not a certificate in PEM form',
    ],
  ])('says why a context is unusable: %s', async (_case, text, expected) => {
    const [listing] = await listContexts([await file('config', text)]);
    expect(listing?.problem).toContain(expected);
    expect(listing?.problem).not.toMatch(/\n/);
  });

  it('has users of OIDC among those that can be used', async () => {
    const user = oidc({ 'idp-issuer-url': 'https://i', 'client-id': 'a', 'refresh-token': 'r' });
    expect(await listContexts([await file('config', kubeconfig({ user }))])).toMatchObject([{ problem: null }]);
  });

  it('says when a client certificate expired', async () => {
    const authority = await createCertificateAuthority();
    const { certificate, privateKey } = await issueClientCertificate(authority, {
      principal: { user: 'u', groups: [], session: { kind: 'headless', id: 'x' } },
      cluster: null,
      now: Date.parse('2020-05-01T00:00:00Z'),
      lifetime: 60_000,
    });
    const user = {
      'client-certificate-data': Buffer.from(certificate).toString('base64'),
      'client-key-data': Buffer.from(privateKey).toString('base64'),
    };
    const [listing] = await listContexts([await file('config', kubeconfig({ user }))]);
    expect(listing?.problem).toContain('expired on 2020-05-01');
  });

  it('finds plugins on the given PATH only, never in the current folder', async () => {
    const plugin = await file('plugin', '#!/bin/sh\n');
    const path = await file('config', kubeconfig({ user: { exec: { ...PLUGIN, command: 'plugin' } } }));
    expect((await listContexts([path], { path: folder }))[0]?.problem).toContain('not found');
    await chmod(plugin, 0o755);
    expect((await listContexts([path], { path: folder }))[0]?.problem).toBeNull();
    expect((await listContexts([path], { path: '.::' }))[0]?.problem).toContain('not found');
  });

  it('never shows a credential', async () => {
    const broken = await file(
      'broken',
      'users:\n- name: u\n  user: {token: hunter2secret, client-key-data: [hunter2secret]}\n',
    );
    const cut = await file('cut', 'users: [{name: u, user: {token: "hunter2secret');
    const listings = await listContexts([broken, cut, await file('good', kubeconfig())]);
    expect(JSON.stringify(listings)).not.toMatch(/hunter2secret|secret-token/);
  });
});
