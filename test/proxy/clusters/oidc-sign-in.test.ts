import { chmod, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { readKubeconfigFile } from '../../../proxy/clusters/kubeconfig-file.ts';
import { OidcSignIn } from '../../../proxy/clusters/oidc-sign-in.ts';
import { CLIENT, type OidcFixture, startOidcProvider } from './oidc-fixture.ts';

let provider: OidcFixture;
let folder: string;
let file: string;
let logged: unknown[];
beforeAll(async () => {
  provider = await startOidcProvider();
});
afterAll(() => provider.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-oidc-'));
  file = join(folder, 'config');
  logged = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const note = (...said: unknown[]): void => {
  logged.push(...said);
};
const log = { info: note, warn: note, error: note };

/** A token as providers sign it, but for the signature, which is the API server's to check. */
function idToken(expires: number, claims: object = {}): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ exp: expires / 1000, ...claims })}.${part({})}`;
}

const EXPIRED = idToken(Date.now() - 3_600_000);

function config(change: Record<string, string | null> = {}): Record<string, string> {
  const whole = {
    'idp-issuer-url': provider.issuer,
    'client-id': CLIENT.id,
    'client-secret': CLIENT.secret,
    'idp-certificate-authority-data': Buffer.from(provider.certificate).toString('base64'),
    'id-token': EXPIRED,
    ...change,
  };
  return Object.fromEntries(Object.entries(whole).filter((entry): entry is [string, string] => entry[1] !== null));
}

/** As somebody keeps it: with comments, an order of their own, and another user beside. */
function kubeconfig(values: Record<string, string>): string {
  const lines = Object.entries(values).map(([name, value]) => `        ${name}: ${JSON.stringify(value)}   # kept\n`);
  return `# mine\nusers:\n- name: other\n  user: {token: x}\n- name: dana\n  user:\n    auth-provider:\n      config:\n${lines.join('')}      name: oidc\ncontexts: []   # none\n`;
}

async function signIn(text: string): Promise<OidcSignIn> {
  await writeFile(file, text);
  return again();
}

async function again(): Promise<OidcSignIn> {
  const user = (await readKubeconfigFile(file)).users.find(({ name }) => name === 'dana');
  if (user === undefined) throw new Error('nobody');
  return new OidcSignIn(user, log);
}

function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

async function valueOnDisk(name: string): Promise<string | undefined> {
  const user = (await readKubeconfigFile(file)).users.find((candidate) => candidate.name === 'dana');
  return user?.['auth-provider']?.config[name];
}

describe('a fresh ID token', () => {
  it('is used as it is, and nobody is asked', async () => {
    const token = idToken(Date.now() + 60_000);
    const before = provider.asked.length;
    expect((await (await signIn(kubeconfig(config({ 'id-token': token })))).token(Date.now())).token).toBe(token);
    expect(provider.asked.length).toBe(before);
  });

  it('counts as expired ten seconds early', async () => {
    const token = idToken(Date.now() + 9_000);
    const failing = (await signIn(kubeconfig(config({ 'id-token': token })))).token(Date.now());
    await expect(failing).rejects.toThrow('its id-token has expired and there is no refresh-token; sign in again');
  });

  it('may say its end with parts of a second, or as text', async () => {
    const until = Math.trunc(Date.now() / 1000) + 60;
    for (const exp of [until + 0.75, String(until)]) {
      const token = idToken(0, { exp });
      const given = await (await signIn(kubeconfig(config({ 'id-token': token })))).token(Date.now());
      expect(given.until).toBe(until * 1000 - 10_000);
    }
  });

  it.each([
    ['text', 'hunter2'],
    ['a token of two parts', 'a.b'],
    ['a token without claims', 'a.b.c'],
    ['a token without an end', `a.${Buffer.from('{}').toString('base64url')}.c`],
  ])('that is %s is refused, and not quoted', async (_what, token) => {
    const failing = (await signIn(kubeconfig(config({ 'id-token': token })))).token(Date.now());
    await expect(failing).rejects.toThrow(/^the id-token is not a JSON Web Token[^2]*$/);
  });
});

describe('an expired ID token', () => {
  it('is refreshed, and the new tokens go into the kubeconfig; all else of it stays byte by byte', async () => {
    const first = await provider.signIn('dana');
    const text = kubeconfig(config({ 'refresh-token': first }));
    await writeFile(file, text);
    await chmod(file, 0o640);
    const { token } = await (await again()).token(Date.now());
    expect(claimsOf(token)).toMatchObject({ sub: 'dana', iss: provider.issuer, aud: CLIENT.id });
    const second = (await valueOnDisk('refresh-token')) ?? '';
    expect(second).not.toBe(first);
    expect(await readFile(file, 'utf8')).toBe(text.replace(EXPIRED, token).replace(first, second));
    expect((await stat(file)).mode & 0o777).toBe(0o640);
    await expect(stat(`${file}.lock`)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(logged).toEqual([]);
  });

  it('is added where there was none, in every form that a map has', async () => {
    const forms: ((values: Record<string, string>) => string)[] = [
      kubeconfig,
      (values) => kubeconfig(values).replaceAll('\n', '\r\n'),
      (values) => `\ufeff${kubeconfig(values)}`,
      (values) =>
        JSON.stringify({ users: [{ name: 'dana', user: { 'auth-provider': { name: 'oidc', config: values } } }] }),
      (values) => `users: [{name: dana, user: {auth-provider: {name: oidc, config: ${JSON.stringify(values)}}}}]\n`,
    ];
    for (const form of forms) {
      const text = form(config({ 'id-token': null, 'refresh-token': await provider.signIn('dana') }));
      const { token } = await (await signIn(text)).token(Date.now());
      expect(await valueOnDisk('id-token'), text).toBe(token);
      expect(logged).toEqual([]);
    }
  });

  it('is refreshed by a token that somebody else put there meanwhile, since each is good once', async () => {
    const first = await provider.signIn('dana');
    const old = await signIn(kubeconfig(config({ 'refresh-token': first })));
    const { token } = await (await again()).token(Date.now());
    expect((await old.token(Date.now())).token).toBe(token);
    await writeFile(file, (await readFile(file, 'utf8')).replace(token, EXPIRED));
    expect(claimsOf((await (await again()).token(Date.now())).token)).toMatchObject({ sub: 'dana' });
  });

  it.each(['client_secret_post', 'none'])('is refreshed for a client that signs in otherwise (%s)', async (client) => {
    const refresh = await provider.signIn('dana', client);
    const secret = client === 'none' ? { 'client-secret': null } : {};
    const values = config({ 'client-id': client, 'refresh-token': refresh, ...secret });
    const { token } = await (await signIn(kubeconfig(values))).token(Date.now());
    expect(claimsOf(token)).toMatchObject({ sub: 'dana', aud: client });
  });

  it('is refreshed once for all clusters that one user is used for, though the kubeconfig cannot be written', async () => {
    const values = JSON.stringify(config({ 'refresh-token': await provider.signIn('dana') }));
    const text = `x: &c ${values}\nusers: [{name: dana, user: {auth-provider: {name: oidc, config: *c}}}]\n`;
    const both = [await signIn(text), await again()];
    const before = provider.asked.length;
    const [one, other] = await Promise.all(both.map((user) => user.token(Date.now())));
    expect(one?.token).toBe(other?.token);
    expect(provider.asked.slice(before)).toEqual(['GET /.well-known/openid-configuration', 'POST /token']);
    // An hour later and more than this test takes, and after the kubeconfig was read again.
    const later = await (await again()).token((one?.until ?? 0) + 600_000).catch((error: Error) => error);
    expect(String(later)).toMatch(/gave an id-token that has expired already/);
    expect(provider.asked.slice(before + 3)).toEqual(['POST /token']);
  });

  it('that a cluster rejects is refreshed once, before its time', async () => {
    const rejected = idToken(Date.now() + 600_000);
    const text = kubeconfig(config({ 'id-token': rejected, 'refresh-token': await provider.signIn('dana') }));
    const user = await signIn(text);
    expect((await user.token(Date.now())).token).toBe(rejected);
    user.rejected();
    const { token } = await user.token(Date.now());
    expect(claimsOf(token)).toMatchObject({ sub: 'dana' });
    expect((await user.token(Date.now())).token).toBe(token);
  });
});

describe('where a refresh fails', () => {
  it.each<[string, Record<string, string | null>, RegExp]>([
    [
      'the refresh token is worth nothing',
      { 'refresh-token': 'hunter2' },
      /refused to refresh the tokens \(invalid_grant/,
    ],
    ['the secret is wrong', { 'refresh-token': 'x', 'client-secret': 'hunter2' }, /\(invalid_client/],
    [
      'nobody vouches for the provider',
      { 'refresh-token': 'x', 'idp-certificate-authority-data': null },
      /cannot be asked \(DEPTH_ZERO/,
    ],
    [
      'nobody answers',
      { 'refresh-token': 'x', 'idp-issuer-url': 'https://127.0.0.1:1' },
      /https:\/\/127.0.0.1:1 cannot be asked \(ECONNREFUSED/,
    ],
    ['there is no provider', { 'refresh-token': 'x', 'idp-issuer-url': '/nothing' }, /answered 404/],
    [
      'its authority is not there',
      { 'refresh-token': 'x', 'idp-certificate-authority-data': null, 'idp-certificate-authority': '/nowhere/ca' },
      /\/nowhere\/ca/,
    ],
  ])('because %s, that is said, without secrets', async (_why, change, expected) => {
    const values = config(change);
    if (values['idp-issuer-url'] === '/nothing') values['idp-issuer-url'] = `${provider.issuer}/nothing`;
    const text = kubeconfig(values);
    const failing = (await signIn(text)).token(Date.now());
    await expect(failing).rejects.toThrow(expected);
    await expect(failing).rejects.not.toThrow(/hunter2/);
    expect(await readFile(file, 'utf8')).toBe(text);
  });
});

describe('a kubeconfig that cannot be written', () => {
  it.each<[string, (refresh: string) => Promise<void>, RegExp]>([
    [
      'because its user is written elsewhere in it',
      async (refresh) => {
        const values = JSON.stringify(config({ 'refresh-token': refresh }));
        await writeFile(
          file,
          `x: &c ${values}\nusers: [{name: dana, user: {auth-provider: {name: oidc, config: *c}}}]\n`,
        );
      },
      /not written out/,
    ],
    [
      'because a token is a block of text',
      async (refresh) => {
        const text = kubeconfig(config({ 'refresh-token': refresh }));
        await writeFile(file, text.replace(`id-token: "${EXPIRED}"   # kept`, `id-token: |-\n          ${EXPIRED}`));
      },
      /not text on a line/,
    ],
  ])('%s is left as it is, and the tokens are used all the same', async (_why, prepare, reason) => {
    const refresh = await provider.signIn('dana');
    await signIn(kubeconfig(config({ 'refresh-token': refresh })));
    await prepare(refresh);
    const before = await readFile(file, 'utf8');
    const user = await again();
    const { token } = await user.token(Date.now());
    expect(claimsOf(token)).toMatchObject({ sub: 'dana' });
    expect((await user.token(Date.now())).token).toBe(token);
    expect(await readFile(file, 'utf8')).toBe(before);
    expect(logged).toEqual([expect.objectContaining({ reason: expect.stringMatching(reason) }), expect.any(String)]);
    expect(JSON.stringify(logged)).not.toContain(token);
  });

  it('for a while, because kubectl is writing, is waited for', async () => {
    const user = await signIn(kubeconfig(config({ 'refresh-token': await provider.signIn('dana') })));
    await writeFile(`${file}.lock`, '');
    const before = provider.asked.length;
    const refreshing = user.token(Date.now());
    await vi.waitFor(() => expect(provider.asked.slice(before)).toContain('POST /token'));
    expect(await valueOnDisk('id-token')).toBe(EXPIRED);
    await rm(`${file}.lock`);
    const { token } = await refreshing;
    expect(await valueOnDisk('id-token')).toBe(token);
  });

  it('itself, but is a link to one that can be, is written where it leads', async () => {
    const real = join(folder, 'real');
    await writeFile(real, kubeconfig(config({ 'refresh-token': await provider.signIn('dana') })));
    await symlink(real, file);
    const { token } = await (await again()).token(Date.now());
    expect(await readFile(real, 'utf8')).toContain(token);
    expect((await stat(file)).isFile()).toBe(true);
  });
});
