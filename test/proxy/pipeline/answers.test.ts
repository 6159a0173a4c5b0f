import { describe, expect, it } from 'vitest';
import { base64, failure, PASSWORD, PODS_PATH, SECRET_PATH, SECRETS_PATH, secret, secretList } from './objects.ts';
import type { ClientRequest, Reply } from './outer-edges.ts';
import { ALLOW_ALL, MASK_SECRETS, pipeline } from './pipeline.ts';

const SERVICE_PROXY = '/api/v1/namespaces/shop/services/web/proxy/';
const MASKED = ALLOW_ALL + MASK_SECRETS;
const ABOUT_BYTES = [
  ['Content-Type', 'application/json'],
  ['Content-Length', '412'],
  ['ETag', '"a1"'],
] as const;

/** One answer of a cluster, by way of the gateway. */
async function answered(asked: ClientRequest, reply: Reply, { rules = MASKED, seen = '' } = {}) {
  const gate = pipeline({ rules, cluster: () => reply });
  if (seen !== '') gate.noteSeen(seen);
  const got = await gate.serve(asked);
  return { got, gate, finished: gate.finished()[0], sent: gate.sent[0] };
}

describe('an answer with a Secret', () => {
  it('is masked, counted, of its own length, and says so', async () => {
    const { got, gate, finished } = await answered({ target: SECRET_PATH }, { headers: ABOUT_BYTES, body: secret() });
    expect(got.body).not.toContain(secret().data.password);
    expect(Object.keys(got.json().data)).toEqual(['password']);
    expect(got.header('Content-Length')).toEqual([String(got.body.length)]);
    expect(got.header('ETag')).toEqual([]);
    expect(got.header('Warning')).toEqual([expect.stringContaining('1 value masked in secret shop/db')]);
    expect(finished).toMatchObject({ status: 200, code: null, maskedValues: 1, ended: null });
    expect(gate.seen()).toEqual([PASSWORD]);
  });

  it('of a write is masked too', async () => {
    const asked = { method: 'POST', target: SECRETS_PATH, body: secret() };
    const { got, finished } = await answered(asked, { status: 201, body: secret() });
    expect([got.status, finished?.maskedValues]).toEqual([201, 1]);
    expect(got.body).not.toContain(secret().data.password);
  });

  it('is masked throughout a list', async () => {
    const { got, finished } = await answered({ target: SECRETS_PATH }, { body: secretList(50) });
    expect(finished?.maskedValues).toBe(50);
    expect(got.json().items).toHaveLength(50);
    expect(got.body).not.toContain(base64(PASSWORD).slice(0, 16));
  });

  it.each<[string, ClientRequest, Reply]>([
    ['a HEAD', { method: 'HEAD', target: SECRET_PATH }, { headers: ABOUT_BYTES, body: '' }],
    ['a 204', { method: 'DELETE', target: SECRET_PATH }, { status: 204, headers: ABOUT_BYTES, body: '' }],
    ['a HEAD of an error', { method: 'HEAD', target: SECRET_PATH }, { status: 404, headers: ABOUT_BYTES, body: '' }],
  ])('%s does not tell how long its values are', async (_, asked, reply) => {
    const { got } = await answered(asked, reply);
    expect(got.status).toBe(reply.status ?? 200);
    expect(got.header('Content-Type')).toEqual(['application/json']);
    expect([...got.header('Content-Length'), ...got.header('ETag')]).toEqual([]);
  });

  it('a HEAD of what is not masked keeps its length', async () => {
    const { got } = await answered({ method: 'HEAD', target: PODS_PATH }, { headers: ABOUT_BYTES, body: '' });
    expect(got.header('Content-Length')).toEqual(['412']);
  });

  it('a 304 keeps what the client’s copy is known by', async () => {
    const { got } = await answered({ target: SECRET_PATH }, { status: 304, headers: [['ETag', '"a1"']], body: '' });
    expect([got.status, got.header('ETag'), got.body]).toEqual([304, ['"a1"'], '']);
  });
});

describe('an error', () => {
  const quoting = failure(422, `Secret "db" is invalid: data.password: Invalid value: "${PASSWORD}"`, { name: 'db' });

  it('about a Secret has its texts withheld', async () => {
    const { got } = await answered({ target: SECRET_PATH }, { status: 422, headers: ABOUT_BYTES, body: quoting });
    expect(got.body).not.toContain(PASSWORD);
    expect(got.json()).toMatchObject({ kind: 'Status', code: 422, details: { name: 'db' } });
    expect(got.header('Content-Length')).toEqual([String(got.body.length)]);
  });

  it('about anything else has what was seen of Secrets taken out', async () => {
    const options = { seen: PASSWORD };
    const reply = { status: 422, headers: ABOUT_BYTES, body: quoting };
    const { got, finished } = await answered({ method: 'POST', target: PODS_PATH, body: {} }, reply, options);
    expect(got.body).not.toContain(PASSWORD);
    expect(got.json()).toMatchObject({ code: 422, message: expect.stringContaining('is invalid') });
    expect(got.header('Content-Length')).toEqual([String(got.body.length)]);
    expect(finished).toMatchObject({ status: 422, code: null });
  });

  it('quotes nothing of a body that a rule with patterns would mask', async () => {
    const target = '/api/v1/namespaces/shop/configmaps';
    const url = `postgres://app:${PASSWORD}@db/app`;
    const rules = `${ALLOW_ALL}  - id: patterns
    effect: none
    match: {resources: [configmaps]}
    obligations: {mask: [{resource: configmaps, patterns: ["builtin:credentials"]}]}
`;
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data: { url, DB_PASSWORD: PASSWORD } };
    const reply = { status: 422, body: failure(422, `the value ${PASSWORD} is not wanted`) };
    const { got } = await answered({ method: 'POST', target, body }, reply, { rules });
    expect(got.json().message).toMatch(/^the value (?!.*hunter2)/);
  });

  it('of a backend behind a proxy goes out byte for byte', async () => {
    const body = `<h1>500</h1> ${PASSWORD}`;
    const reply = { status: 500, headers: [['Content-Type', 'text/html']] as const, body };
    const { got } = await answered({ target: SERVICE_PROXY }, reply, { seen: PASSWORD });
    expect([got.status, got.body]).toEqual([500, body]);
  });
});

describe('a warning of the cluster', () => {
  const quoting = ['Warning', `299 - "the password ${PASSWORD} is weak"`] as const;
  const json = ['Content-Type', 'application/json'] as const;
  const deprecated = ['Warning', '299 - "policy/v1beta1 PodDisruptionBudget is deprecated in v1.21+"'] as const;

  it.each<[string, ClientRequest, Reply]>([
    ['a Secret', { target: SECRET_PATH }, { headers: [json, quoting, deprecated], body: secret() }],
    ['a HEAD of a Secret', { method: 'HEAD', target: SECRET_PATH }, { headers: [json, quoting, deprecated], body: '' }],
    ['an error of a Secret', { target: SECRET_PATH }, { status: 404, headers: [json, quoting, deprecated] }],
    ['a watch of Secrets', { target: `${SECRETS_PATH}?watch=1` }, { headers: [json, quoting, deprecated], body: '' }],
  ])('with %s is withheld unless it is made of names', async (_, asked, reply) => {
    const { got } = await answered(asked, reply);
    const warnings = got.header('Warning').filter((line) => !line.startsWith('299 gatehouse'));
    expect(warnings).toEqual([expect.stringContaining('withheld'), deprecated[1]]);
  });

  it.each<[string, ClientRequest, Reply]>([
    ['any other answer', { target: PODS_PATH }, { headers: [json, quoting] }],
    ['any other error', { target: PODS_PATH }, { status: 404, headers: [json, quoting] }],
    ['the answer of a backend', { target: SERVICE_PROXY }, { headers: [json, quoting] }],
  ])('with %s has what was seen of Secrets taken out', async (_, asked, reply) => {
    const { got } = await answered(asked, reply, { seen: PASSWORD });
    expect(got.header('Warning')).toEqual([expect.stringMatching(/the password (?!.*hunter2).* is weak/)]);
  });
});

describe('what the cluster is asked for', () => {
  const MASK_WIDGETS = `${ALLOW_ALL}  - id: widgets
    effect: none
    match: {resources: [widgets.example.com]}
    obligations: {mask: [{resource: widgets.example.com, fields: [spec.password]}]}
`;
  const TABLE = ['Accept: application/json;as=Table;v=v1;g=meta.k8s.io'];
  const widget = { kind: 'Widget', metadata: { name: 'w' }, spec: { password: PASSWORD } };
  const table = { kind: 'Table', columnDefinitions: [], rows: [{ cells: ['w', PASSWORD], object: widget }] };
  const headers = ['Accept: application/vnd.kubernetes.protobuf, application/json', 'Accept-Encoding: gzip'];
  const asks = async (asked: ClientRequest) => {
    const { sent } = await answered({ ...asked, headers: [...headers, ...(asked.headers ?? [])] }, { body: secret() });
    return [sent?.header('Accept'), sent?.header('Accept-Encoding')];
  };

  it.each<[string, ClientRequest, [accept: string, encoding: string]]>([
    ['a Secret: JSON, not compressed', { target: SECRET_PATH }, ['application/json', 'identity']],
    ['a watch of Secrets', { target: `${SECRETS_PATH}?watch=1` }, ['application/json', 'identity']],
    ['another object: JSON, as the client takes it', { target: PODS_PATH }, ['application/json', 'gzip']],
    [
      'a log: as the client asks, not compressed',
      { target: `${PODS_PATH}/web-0/log` },
      [headers[0]?.slice(8) ?? '', 'identity'],
    ],
    ['a backend: as the client asks', { target: SERVICE_PROXY }, [headers[0]?.slice(8) ?? '', 'gzip']],
  ])('%s', async (_, asked, expected) => {
    expect(await asks(asked)).toEqual(expected);
  });

  it('at the path under which the cluster is served', async () => {
    const gate = pipeline({ basePath: '/k8s/clusters/c-1' });
    await gate.serve({ target: `${PODS_PATH}?limit=1` });
    expect(gate.sent.map(({ target }) => target)).toEqual([`/k8s/clusters/c-1${PODS_PATH}?limit=1`]);
    expect(gate.decided()[0]?.request.target).toBe(`${PODS_PATH}?limit=1`);
  });

  it('rows of a custom resource that may show a masked field: whole objects with them', async () => {
    const target = '/apis/example.com/v1/namespaces/shop/widgets?limit=500';
    const gate = pipeline({ rules: MASK_WIDGETS });
    await gate.serve({ target, headers: TABLE });
    expect(gate.sent.map((sent) => sent.target)).toEqual([`${target}&includeObject=Object`]);
    expect(gate.decided()[0]?.request.target).toBe(target);
  });

  it.each<[string, object | null]>([
    ['?includeObject=None', null],
    ['', { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: { name: 'w' } }],
  ])('and of these the client gets what it asked for itself: %s', async (query, object) => {
    const { got } = await answered(
      { target: `/apis/example.com/v1/namespaces/shop/widgets${query}`, headers: TABLE },
      { body: table },
      { rules: MASK_WIDGETS },
    );
    expect(got.json().rows).toEqual([{ cells: ['w', expect.not.stringContaining(PASSWORD)], object }]);
  });
});
