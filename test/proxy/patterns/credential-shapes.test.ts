import { describe, expect, it } from 'vitest';
import { choosesSecret, isCredentialName } from '../../../proxy/patterns/credential-name.ts';
import { findShapes, SHAPES, type Shape } from '../../../proxy/patterns/credential-shapes.ts';
import { growth, LINEAR } from '../growth.ts';

const found = (text: string, shapes: readonly Shape[] = SHAPES): string[] =>
  findShapes(text, new Set(shapes)).map(({ start, end }) => text.slice(start, end));

describe('names of credentials', () => {
  it.each([
    'password',
    'DB_PASSWORD',
    'dbPassword',
    'PGPASSWORD',
    'MYSQL_PWD',
    'apiKey',
    'API-KEY',
    'x-api-key',
    'client_secret',
    'clientsecret',
    'GITHUB_TOKEN',
    'privateKey',
    'SENTRY_DSN',
    'AZURE_STORAGE_CONNECTION_STRING',
    'connStr',
    'SAS',
    'aws_secret_access_key',
    'AWS_SESSION_TOKEN',
    'VAULT_SECRET_ID',
    'Authorization',
    '--api-token',
    'requirepass',
    'shared_key',
    'masterauth',
  ])('%s', (name) => {
    expect(isCredentialName(name)).toBe(true);
  });

  it.each([
    'cert-manager.io/inject-ca-from-secret',
    'passwordFromSecret',
    'PASSWORD_FILE',
    'secretName',
    'csi.storage.k8s.io/node-publish-secret-name',
    'TOKEN_URL',
    'TOKEN_TTL',
    'COMPASS',
    'PASSTHROUGH_HOST',
    'KEYBOARD',
    'PUBLIC_KEY',
    '--authorization-mode',
    'accessTokenLifespan',
    'cookie_samesite',
    'proxy_pass',
    'bypass',
    'disaster',
    'name',
    '',
  ])('not %s', (name) => {
    expect(isCredentialName(name)).toBe(false);
  });
});

describe('forms of credentials', () => {
  it.each<[string, string, string[]]>([
    ['a password in a URL', 'postgres://shop:s3cr3t@db:5432/shop', ['s3cr3t']],
    ['one with a slash that was not escaped', 'amqp://u:a/b@mq/x', ['a/b']],
    ['one with an @ that was not escaped', 'redis://:a@b@cache:6379', ['a@b']],
    ['two URLs', 'http://a:b1c@d, http://e:f2g@h', ['b1c', 'f2g']],
    ['the data source of a Go program', 'shop:s3cr3t@tcp(db:3306)/shop', ['s3cr3t']],
    ['a JSON Web Token', 'x eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.abc y', ['eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.abc']],
    ['a token of GitHub', `token ghp_${'a1'.repeat(18)}.`, [`ghp_${'a1'.repeat(18)}`]],
    ['an assignment', 'PASSWORD=s3cr3t ./run', ['s3cr3t']],
    ['a quoted assignment', 'export TOKEN="a b c"; x', ['a b c']],
    ['a flag', 'psql --password s3cr3t -h db', ['s3cr3t']],
    ['a connection string', 'Server=db;Password=s3cr3t;Port=1', ['s3cr3t']],
    ['a header', 'curl -H "Authorization: Bearer s3cr3t" x', ['Bearer s3cr3t']],
    ['curl -u', 'curl -u shop:s3cr3t http://x', ['s3cr3t']],
    ['JSON', '{"password": "a\\"b", "n": 1}', ['a\\"b']],
    ['JSON in JSON', '"{\\"password\\":\\"a\\\\\\"b\\",\\"n\\":1}"', ['a\\\\\\"b']],
  ])('%s', (_, text, expected) => {
    expect(found(text)).toEqual(expected);
  });

  it.each([
    'http://example.com:8080/a@b',
    'git@github.com:team/repo.git',
    'http://user@host/',
    'image@sha256:abc',
    '--password-file=/run/x',
    '--token=$(TOKEN)',
    '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
    'eyJ is how it begins',
    'key: value',
  ])('nothing in %s', (text) => {
    expect(found(text)).toEqual([]);
  });

  it('a private key to its end, and to the end of the text where it has none', () => {
    const key = '-----BEGIN EC PRIVATE KEY-----\nabc\n-----END EC PRIVATE KEY-----';
    expect(found(`a\n${key}\nb`)).toEqual([key]);
    expect(found('x -----BEGIN PRIVATE KEY-----\nabc')).toEqual(['-----BEGIN PRIVATE KEY-----\nabc']);
  });

  it.each<[string, string]>([
    ['starts of tokens', '-eyJ'],
    ['starts of tokens with dots', 'eyJaaaaaaaaa.'],
    ['assignments', 'password='],
    ['open quotes', 'password="'],
    ['flags', '--password '],
    ['URLs', 'a://b:c'],
    ['users', 'a:b'],
    ['escapes', '\\"password\\":\\"\\\\'],
    ['names', 'a-a.a_'],
    ['headers', 'x-token:  '],
    ['starts of keys', '-----BEGIN PRIVATE KEY-----'],
    ['no ends of keys', '-----BEGIN '],
  ])('takes its time from the length of a text and from nothing else: %s', async (_, piece) => {
    const find = (length: number) => findShapes(piece.repeat(Math.ceil(length / piece.length)), new Set(SHAPES));
    expect(await growth(find, 1_000_000)).toBeLessThan(LINEAR);
  });
});

describe('names that choose a Secret', () => {
  it.each<[string, string]>([
    ['existingSecret', 'web-db-2'],
    ['auth.existingSecret', 'x1'],
    ['secretName', 'x1'],
    ['imagePullSecrets', 'regcred'],
    ['secretKeys', ''],
    ['passwordKey', 'postgres-password'],
    ['existingSecretPasswordKey', 'redis-password'],
    ['nginx.ingress.kubernetes.io/auth-secret', 'basic-auth'],
  ])('%s: %s', (name, value) => {
    expect(choosesSecret(name, value)).toBe(true);
  });

  it.each<[string, string]>([
    ['secretKey', 'minio123'],
    ['password', 'orange'],
    ['secret', 'orange'],
    ['tokenKey', 'a1b2c3'],
    ['apiSecret', 'x'],
  ])('not %s: %s', (name, value) => {
    expect(choosesSecret(name, value)).toBe(false);
  });
});
