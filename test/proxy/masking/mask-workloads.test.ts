// Longer than 300 lines: tables of answers, row by row as in the leak table.
import { describe, expect, it } from 'vitest';
import type { MaskObligation } from '../../../model/decision.ts';
import { maskDocument } from '../../../proxy/masking/mask-document.ts';
import { maskToken, REDACTED } from '../../../proxy/masking/tokens/mask-token.ts';
import { SeenValues } from '../../../proxy/redaction/seen-values.ts';
import type { RequestInfo } from '../../../proxy/request/api-request.ts';
import { apiRequest, arriving, KEY } from './requests.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** What the default policy asks for of everything but Secrets. */
const CREDENTIALS: MaskObligation = {
  resource: '*',
  fields: [],
  annotations: [],
  keep: [],
  patterns: ['builtin:credentials'],
};

const CANARY = 'hunter2-<c4n4ry>';
const JWT = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjNG40cnkifQ.c2lnbmF0dXJlLWM0bjRyeQ';
const PEM = '-----BEGIN RSA PRIVATE KEY-----\nc4n4ryc4n4ry\n-----END RSA PRIVATE KEY-----\n';

async function mask(
  object: object | string,
  info: Partial<RequestInfo> = {},
  obligations: readonly MaskObligation[] = [CREDENTIALS],
  seen = new SeenValues(),
) {
  const request = apiRequest({ verb: 'get', resource: 'pods', name: 'web', ...info });
  const text = typeof object === 'string' ? object : JSON.stringify(object);
  const outputs = await Promise.all(
    [[text], [...Buffer.from(text)].map((byte) => Buffer.from([byte]))].map(async (pieces) => {
      const masked = await maskDocument(arriving(...pieces), { request, obligations, seen }, { key: KEY });
      const rest: Uint8Array[] = [];
      if (masked.rest !== null) for await (const piece of masked.rest) rest.push(piece);
      return { text: Buffer.concat([...masked.chunks, ...rest]).toString('utf8'), report: masked.report };
    }),
  );
  const [whole, byByte] = outputs;
  if (whole === undefined) throw new Error('unreachable');
  expect(byByte?.text).toBe(whole.text);
  return whole;
}

const metadata = { name: 'web', namespace: 'team-a' };
const token = (fieldPath: string, value: string, kindClass = 'pods') =>
  maskToken(KEY, { kindClass, namespace: 'team-a', name: 'web', fieldPath }, Buffer.from(value));
const pod = (container: object, more: object = {}) => ({
  kind: 'Pod',
  metadata,
  spec: { containers: [{ name: 'app', image: 'nginx', ...container }] },
  ...more,
});

describe('credentials that stand in workloads', () => {
  it.each<[string, object, string]>([
    [
      'a variable by its name',
      { env: [{ name: 'DB_PASSWORD', value: CANARY }] },
      'spec.containers[app].env[DB_PASSWORD].value',
    ],
    [
      'a variable whose value comes first',
      { env: [{ value: CANARY, name: 'DB_PASSWORD' }] },
      'spec.containers[app].env[DB_PASSWORD].value',
    ],
    ['a word of the command line', { args: ['serve', `--password=${CANARY}`] }, 'spec.containers[app].args[1]'],
    ['a word behind its flag', { command: ['serve', '--api-key', CANARY] }, 'spec.containers[app].command[2]'],
    [
      'the password of a URL',
      { env: [{ name: 'DB', value: `postgres://u:${CANARY}@db/x` }] },
      'spec.containers[app].env[DB].value',
    ],
    [
      'a header of a probe',
      { livenessProbe: { httpGet: { httpHeaders: [{ name: 'Authorization', value: CANARY }] } } },
      'spec.containers[app].livenessProbe.httpGet.httpHeaders[Authorization].value',
    ],
    [
      'a command of a hook',
      { lifecycle: { postStart: { exec: { command: ['curl', '--token', CANARY] } } } },
      'spec.containers[app].lifecycle.postStart.exec.command[2]',
    ],
  ])('%s gets the token of its place', async (_, container, field) => {
    const { text, report } = await mask(pod(container));
    expect(text).toContain(token(field, CANARY));
    expect(text).not.toContain('c4n4ry');
    expect(report).toMatchObject({ maskedValues: 1, maskedObjects: 1 });
  });

  it.each<[string, unknown]>([
    ['a JWT', JWT],
    ['a private key', PEM],
    ['a connection string', `Server=db;User Id=sa;Password=${CANARY};`],
    ['a shell command', `mysqldump --password=${CANARY} shop | gzip`],
    ['JSON', JSON.stringify({ client: { clientSecret: CANARY } })],
  ])('%s is found under any name', async (_, value) => {
    const { text } = await mask(pod({ env: [{ name: 'SETTINGS', value }], args: [value] }));
    expect(text).not.toContain('c4n4ry');
    expect(text).not.toContain(JWT.slice(0, 30));
    expect(() => JSON.parse(text)).not.toThrow();
  });

  it.each([
    ['DB_PASSWORD_FILE', '/run/secrets/db'],
    ['SECRET_NAME', 'payments-db'],
    ['TOKEN_URL', 'https://login.example.com/token'],
    ['MAX_TOKENS', '4096'],
    ['AUTH_TOKEN_ENABLED', 'true'],
    ['PASSWORD', '$(FROM_ELSEWHERE)'],
    ['LOG_LEVEL', 'debug'],
    ['COMPASS', 'north'],
    ['PUBLIC_URL', 'http://web.shop.svc:8080/a@b'],
  ])('%s=%s stays as it is', async (name, value) => {
    const object = pod({ env: [{ name, value }], args: ['--verbose', `--listen=${value}`] });
    expect((await mask(object)).text).toBe(JSON.stringify(object));
  });

  it('a reference to a Secret stays: it names the value and does not hold it', async () => {
    const object = pod({
      env: [{ name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }],
    });
    expect((await mask(object)).text).toBe(JSON.stringify(object));
  });

  const template = {
    metadata: { annotations: { 'vault/token': CANARY } },
    spec: pod({ env: [{ name: 'API_TOKEN', value: CANARY }] }).spec,
  };
  it.each<[string, string, string, object]>([
    ['deployments', 'apps', 'Deployment', { spec: { template } }],
    ['statefulsets', 'apps', 'StatefulSet', { spec: { template } }],
    ['daemonsets', 'apps', 'DaemonSet', { spec: { template } }],
    ['replicasets', 'apps', 'ReplicaSet', { spec: { template } }],
    ['replicationcontrollers', '', 'ReplicationController', { spec: { template } }],
    ['jobs', 'batch', 'Job', { spec: { template } }],
    ['cronjobs', 'batch', 'CronJob', { spec: { jobTemplate: { spec: { template } } } }],
    ['podtemplates', '', 'PodTemplate', { template }],
    ['controllerrevisions', 'apps', 'ControllerRevision', { data: { spec: { template } } }],
    ['rollouts', 'argoproj.io', 'Rollout', { spec: { template } }],
    [
      'workflows',
      'argoproj.io',
      'Workflow',
      { spec: { templates: [{ name: 'a', container: template.spec.containers[0] }] } },
    ],
  ])('leak row: templates in %s.%s', async (resource, apiGroup, kind, object) => {
    const whole = {
      kind,
      metadata: { ...metadata, annotations: { [LAST_APPLIED]: `${JSON.stringify({ kind, ...object })}\n` } },
      ...object,
    };
    for (const form of [
      whole,
      { kind: `${kind}List`, items: [whole] },
      { kind: 'Table', rows: [{ cells: ['web'], object: whole }] },
    ]) {
      const { text } = await mask(form, { resource, apiGroup });
      expect(text).not.toContain('c4n4ry');
      expect(Object.keys(JSON.parse(text))).toEqual(Object.keys(form));
    }
  });

  it('a value has the same token in the object and in what kubectl apply keeps of it', async () => {
    const object = pod({ env: [{ name: 'DB_PASSWORD', value: CANARY }] });
    const { text } = await mask({
      ...object,
      metadata: { ...metadata, annotations: { [LAST_APPLIED]: JSON.stringify(object) } },
    });
    const parts = text.split(token('spec.containers[app].env[DB_PASSWORD].value', CANARY));
    expect(parts).toHaveLength(3);
  });

  it('numbers, the order of keys, escapes and everything else stay byte for byte', async () => {
    const text = ` {"kind":"Pod","metadata":{"name":"web","generation":9007199254740993},"spec":{"containers":[{"env":[{"name":"A_TOKEN","value":"${'x'.repeat(9)}"}],"name":"a\\u0062","z":1.0e+00}] , "n":null}}\n`;
    const masked = (await mask(text)).text;
    expect(masked.replace(/gatehouse-masked[\w.-]+/, 'x'.repeat(9))).toBe(text);
  });
});

describe('leak row: values of Secrets that turn up elsewhere', () => {
  const seen = new SeenValues();
  seen.add(Buffer.from('s3cr3t-of-the-db'));
  seen.add(Buffer.from('postgres'));

  it('in a variable of any name, in a message, in a cell, in an annotation; in clear and in base64', async () => {
    const value = 's3cr3t-of-the-db';
    const encoded = Buffer.from(`x:${value}`).toString('base64');
    const message = `could not log in with ${value}`;
    const object = pod(
      {
        env: [
          { name: 'A', value: `a=${value}` },
          { name: 'B', value: encoded },
        ],
      },
      {
        status: { conditions: [{ message }], containerStatuses: [{ state: { terminated: { message } } }] },
        message,
        note: message,
      },
    );
    const annotated = { ...object, metadata: { ...metadata, annotations: { note: message } } };
    const { text } = await mask(
      { kind: 'Table', rows: [{ cells: [message, 1], object: annotated }] },
      {},
      [CREDENTIALS],
      seen,
    );
    expect(text).not.toContain(value);
    expect(text).not.toContain(encoded.slice(4, 20));
  });

  it('but not where they are ordinary words', async () => {
    const object = pod({ name: 'postgres', args: ['postgres'] }, { message: 'Started container postgres' });
    expect((await mask(object, {}, [CREDENTIALS], seen)).text).toBe(JSON.stringify(object));
  });

  it('what is masked is remembered, decoded', async () => {
    const found = new SeenValues();
    await mask(pod({ env: [{ name: 'DB_PASSWORD', value: 'c0rrect-horse-battery' }] }), {}, [CREDENTIALS], found);
    expect(found.values().map(String)).toEqual(['c0rrect-horse-battery']);
  });
});

describe('leak row: ConfigMaps', () => {
  const configMap = (data: object, more: object = {}) => ({ kind: 'ConfigMap', metadata, data, ...more });

  it('what has the form of a credential is masked, and the rest of the text stays', async () => {
    const object = configMap({ 'app.conf': `a = 1\nurl = amqp://u:${CANARY}@mq\n${PEM}b = 2\n` });
    const { data } = JSON.parse((await mask(object, { resource: 'configmaps' })).text);
    expect(data['app.conf']).not.toContain('c4n4ry');
    expect(data['app.conf']).toMatch(
      /^a = 1\nurl = amqp:\/\/u:gatehouse-masked[\w.-]+@mq\ngatehouse-masked[\w.-]+\nb = 2\n$/,
    );
  });

  it('a key that is the name of a credential, with one value', async () => {
    const object = configMap({ password: 'policy', DB_PASSWORD: 'hunter2', colour: 'blue', secretName: 'mine' });
    const { data } = JSON.parse((await mask(object, { resource: 'configmaps' })).text);
    const masked = expect.stringMatching(/^gatehouse-masked\.v1\./);
    expect(data).toEqual({ password: masked, DB_PASSWORD: masked, colour: 'blue', secretName: 'mine' });
  });

  it('a key that is called so says nothing of a file, unless a rule is about ConfigMaps', async () => {
    const object = configMap({ tokens: 'length: 8\nclasses: 2\n' });
    expect((await mask(object, { resource: 'configmaps' })).text).toBe(JSON.stringify(object));
    const named = { ...CREDENTIALS, resource: 'configmaps', patterns: ['builtin:credential-name'] };
    expect((await mask(object, { resource: 'configmaps' }, [named])).text).not.toContain('classes');
  });

  it('binary data is looked into, and masked as base64', async () => {
    const object = configMap({}, { binaryData: { key: Buffer.from(PEM).toString('base64') } });
    const { binaryData } = JSON.parse((await mask(object, { resource: 'configmaps' })).text);
    expect(Buffer.from(binaryData.key, 'base64').toString()).toMatch(/^gatehouse-masked\.v1\./);
  });
});

describe('leak row: volumes and storage classes', () => {
  it.each<[string, object]>([
    [
      'storageclasses',
      { parameters: { resturl: 'http://h', restuserkey: 'x', adminSecretName: 'a', password: CANARY } },
    ],
    ['persistentvolumes', { spec: { csi: { volumeAttributes: { password: CANARY, share: 'a' } } } }],
    ['persistentvolumes', { spec: { flexVolume: { options: { apiKey: CANARY } } } }],
  ])('parameters of %s', async (resource, object) => {
    const { text } = await mask({ metadata, ...object }, { resource, namespace: '' });
    expect(text).not.toContain('c4n4ry');
    expect(text).not.toContain('"adminSecretName":"gatehouse');
  });
});

describe('leak row: custom resources by the fields of their kind', () => {
  const helmRelease = { resource: 'helmreleases', apiGroup: 'helm.toolkit.fluxcd.io' };
  const rule = (more: Partial<MaskObligation>): MaskObligation => ({
    resource: 'helmreleases.helm.toolkit.fluxcd.io',
    fields: ['spec.values.**'],
    annotations: [],
    keep: [],
    ...more,
  });
  const object = {
    kind: 'HelmRelease',
    metadata,
    spec: { chart: 'a', values: { db: { password: CANARY, port: 5432 }, list: ['c4n4ry'], size: 'small' } },
  };

  it('everything below a field', async () => {
    const { spec } = JSON.parse((await mask(object, helmRelease, [rule({})])).text);
    expect(spec.chart).toBe('a');
    expect(spec.values.db.port).toBe(5432);
    expect([spec.values.db.password, spec.values.list[0], spec.values.size]).toEqual([
      expect.stringMatching(/^gatehouse-masked/),
      expect.stringMatching(/^gatehouse-masked/),
      expect.stringMatching(/^gatehouse-masked/),
    ]);
  });

  it('without what is kept, or only what looks like a credential, or said as nothing', async () => {
    const kept = JSON.parse((await mask(object, helmRelease, [rule({ keep: ['spec.values.size'] })])).text);
    expect(kept.spec.values.size).toBe('small');
    const named = JSON.parse((await mask(object, helmRelease, [rule({ patterns: ['builtin:credential-name'] })])).text);
    expect(named.spec.values).toMatchObject({ size: 'small', list: ['c4n4ry'] });
    expect(named.spec.values.db.password).not.toContain('c4n4ry');
    const redacted = JSON.parse((await mask(object, helmRelease, [rule({ as: 'redact' })])).text);
    expect(redacted.spec.values.db.password).toBe(REDACTED);
  });

  it('a glob is for whole values', async () => {
    const globbed = JSON.parse((await mask(object, helmRelease, [rule({ patterns: ['glob:*<c4n4ry>'] })])).text);
    expect(globbed.spec.values).toMatchObject({
      list: ['c4n4ry'],
      db: { password: expect.stringMatching(/^gatehouse-masked/) },
    });
  });

  it('a step through lists', async () => {
    const widgets = { resource: 'widgets', apiGroup: 'example.com' };
    const field = rule({ resource: 'widgets.example.com', fields: ['spec.template.spec.containers[*].env[*].value'] });
    const text = (
      await mask({ metadata, spec: { template: pod({ env: [{ name: 'LOG', value: CANARY }] }) } }, widgets, [field])
    ).text;
    expect(text).toContain(token('spec.template.spec.containers[app].env[LOG].value', CANARY, 'widgets.example.com'));
  });

  it('a number under a field that a rule names alone is not sent', async () => {
    const pin = rule({ fields: ['spec.pin'] });
    await expect(mask({ metadata, spec: { pin: 1234 } }, helmRelease, [pin])).rejects.toMatchObject({
      code: 'response-not-maskable',
    });
  });

  it('a cell that shows what is masked in its row is redacted, and the row trimmed to what was asked for', async () => {
    const request = apiRequest({ verb: 'list', ...helmRelease });
    const row = { cells: ['web', `pw: ${CANARY}`, 'small', 5432], object };
    const text = JSON.stringify({ kind: 'Table', columnDefinitions: [], rows: [row] });
    const run = async (to: 'Metadata' | 'None' | null) => {
      const trim = to === null ? null : ({ of: 'rows', to, version: 'v1' } as const);
      const { chunks } = await maskDocument(
        arriving(text),
        { request, obligations: [rule({ keep: ['spec.values.size'] })], trim },
        { key: KEY },
      );
      return JSON.parse(Buffer.concat(chunks).toString()).rows[0];
    };
    expect(await run('Metadata')).toEqual({
      cells: ['web', REDACTED, 'small', 5432],
      object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata },
    });
    expect((await run('None')).object).toBeNull();
    expect((await run(null)).object.spec.values.db.password).toMatch(/^gatehouse-masked/);
  });
});

describe('leak row: reviews of tokens', () => {
  it('the token that was asked about is not repeated, whatever policy says', async () => {
    const { text } = await mask(
      { kind: 'TokenReview', spec: { token: JWT } },
      { verb: 'create', resource: 'tokenreviews', apiGroup: 'authentication.k8s.io', name: '' },
      [],
    );
    expect(JSON.parse(text).spec.token).toBe(REDACTED);
  });
});

describe('what other kinds may hold and Secrets may not', () => {
  it.each<[string, object]>([
    ['a field called items', { kind: 'Widget', metadata, items: { a: [1, null, 'x', ['y']] }, rows: 'three' }],
    ['a list of texts called items', { kind: 'Widget', items: ['a', 1, null, { b: [] }] }],
    ['odd keys', { kind: 'Widget', metadata, spec: { 'a<b': { 'c"d': 1 } } }],
    ['metadata that is none', { kind: 'Widget', metadata: 'x' }],
  ])('%s passes', async (_, object) => {
    const { text } = await mask(object, { resource: 'widgets', apiGroup: 'example.com' });
    expect(JSON.parse(text)).toEqual(object);
  });
});
