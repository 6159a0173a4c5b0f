import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoSecretValues } from '../../demo/cluster.ts';
import { DemoFixture } from './demo-fixture.ts';

let demo: DemoFixture;
const table = 'application/json;as=Table;v=v1;g=meta.k8s.io';
const merge = 'application/merge-patch+json';
const secrets = '/api/v1/namespaces/api-test/secrets';

beforeAll(async () => {
  demo = await DemoFixture.start();
  await demo.sendJson('POST', '/api/v1/namespaces', { metadata: { name: 'api-test' } });
  await demo.sendJson('POST', secrets, { metadata: { name: 's1' }, stringData: { password: 'canary-1' } });
});
afterAll(() => demo.stop());

describe('deleting', () => {
  it.each(['default', 'kube-system', 'kube-public'])(
    'keeps the namespace %s, as the real server does',
    async (name) => {
      const { status, json } = await demo.send('DELETE', `/api/v1/namespaces/${name}`);
      expect([status, json['message']]).toEqual([
        403,
        `namespaces "${name}" is forbidden: this namespace may not be deleted`,
      ]);
    },
  );
});

describe('reading', () => {
  it('folds stringData into data', async () => {
    const { json } = await demo.send('GET', `${secrets}/s1`);
    expect(json.data).toEqual({ password: Buffer.from('canary-1').toString('base64') });
    expect(json).not.toHaveProperty('stringData');
  });

  it.each([
    ['application/json', 200, 'application/json'],
    ['*/*', 200, 'application/json'],
    ['application/vnd.kubernetes.protobuf,application/json', 200, 'application/json'],
    ['application/yaml', 200, 'application/yaml'],
    ['application/vnd.kubernetes.protobuf', 406, 'application/json'],
    ['application/*', 406, 'application/json'],
    ['application/xml', 406, 'application/json'],
  ])('with Accept: %s answers %d in %s', async (accept, status, type) => {
    const answer = await demo.send('GET', `${secrets}/s1`, { headers: { Accept: accept } });
    expect([answer.status, answer.headers['content-type']]).toEqual([status, type]);
  });

  it('gives a Table, and metadata alone, where they are asked for', async () => {
    const asTable = await demo.send('GET', secrets, { headers: { Accept: table } });
    expect(asTable.json).toMatchObject({ kind: 'Table', rows: [{ cells: ['s1', 'Opaque', 1, expect.any(String)] }] });
    const accept = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io';
    const partial = await demo.send('GET', secrets, { headers: { Accept: accept } });
    expect(partial.json).toMatchObject({ kind: 'PartialObjectMetadataList', items: [{ metadata: { name: 's1' } }] });
    expect(partial.text).not.toContain('password":"');
  });

  it('walks a long list page by page', async () => {
    const names: string[] = [];
    let token = '';
    do {
      const page = await demo.send('GET', `/api/v1/secrets?limit=4&continue=${token}`);
      expect(page.json.items.length).toBeLessThanOrEqual(4);
      names.push(
        ...page.json.items.map(
          (item: { metadata: { namespace: string; name: string } }) =>
            `${item.metadata.namespace}/${item.metadata.name}`,
        ),
      );
      token = page.json.metadata.continue ?? '';
    } while (token !== '');
    expect(names).toEqual([...new Set(names)].sort());
    expect(names).toContain('payments/payments-db');
  });

  it.each([
    [`${secrets}/nope`, 404, 'secrets "nope" not found'],
    ['/api/v1/nope', 404, 'the server could not find the requested resource'],
    [`${secrets}?limit=abc`, 400, 'strconv.ParseInt: parsing "abc": invalid syntax'],
    [`${secrets}?fieldSelector=foo%3Db`, 400, 'field label not supported: foo'],
    [
      `${secrets}?continue=rubbish`,
      400,
      'invalid continue token: continue key is not valid: decoded token is malformed',
    ],
  ])('refuses %s with %d', async (target, status, message) => {
    const answer = await demo.send('GET', target);
    expect([answer.status, answer.json.message]).toEqual([status, message]);
  });
});

describe('odd targets, answered as the real server answers them', () => {
  it.each([
    ['/api/v1/namespaces/payments%2Fsecrets', 200],
    ['/api/v1/namespaces//secrets', 200],
    ['/api/v1/namespaces/payments/secr%65ts/', 200],
    ['//api/v1/namespaces/payments/secrets', 404],
    ['/api/v1/Namespaces/payments/secrets', 404],
    ['/api/v1/namespaces/payments/secrets/%zz', 400],
    ['/api/v1/watch', 500],
  ])('%s: %d', async (target, status) => {
    expect((await demo.send('GET', target)).status).toBe(status);
  });
});

describe('writing', () => {
  it.each([
    ['a name that is taken', { metadata: { name: 's1' } }, 409, 'secrets "s1" already exists'],
    [
      'data that is no base64',
      { metadata: { name: 'x' }, data: { a: 'b!' } },
      400,
      'Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte 1',
    ],
  ])('refuses %s', async (_title, body, status, message) => {
    const answer = await demo.sendJson('POST', secrets, body);
    expect([answer.status, answer.json.message]).toEqual([status, message]);
  });

  it('names unknown fields when validation is strict, and drops them otherwise', async () => {
    const body = { metadata: { name: 'strict' }, dota: {} };
    const strict = await demo.sendJson('POST', `${secrets}?fieldValidation=Strict`, body);
    expect(strict.json.message).toContain('strict decoding error: unknown field "dota"');
    const loose = await demo.sendJson('POST', `${secrets}?dryRun=All`, body);
    expect(loose.status).toBe(201);
    expect(loose.json).not.toHaveProperty('dota');
    expect((await demo.send('GET', `${secrets}/strict`)).status).toBe(404);
  });

  it('quotes the whole Secret in the 422 of a patch that breaks its type, as the real server does', async () => {
    const answer = await demo.sendJson('PATCH', `${secrets}/s1`, { data: { other: 5 } }, merge);
    expect(answer.status).toBe(422);
    expect(answer.json.message).toContain(Buffer.from('canary-1').toString('base64'));
    expect(answer.json.details.causes[0]).toMatchObject({ reason: 'FieldValueInvalid', field: 'patch' });
  });

  it('refuses a stale resourceVersion with a conflict', async () => {
    const answer = await demo.sendJson('PATCH', `${secrets}/s1`, { metadata: { resourceVersion: '1' } }, merge);
    expect([answer.status, answer.json.reason]).toEqual([409, 'Conflict']);
  });

  it('really deletes when a DELETE with a body has dryRun in its query alone', async () => {
    for (const name of ['kept', 'gone']) await demo.sendJson('POST', secrets, { metadata: { name } });
    await demo.send('DELETE', `${secrets}/kept?dryRun=All`);
    await demo.sendJson('DELETE', `${secrets}/gone?dryRun=All`, {});
    expect((await demo.send('GET', `${secrets}/kept`)).status).toBe(200);
    expect((await demo.send('GET', `${secrets}/gone`)).status).toBe(404);
  });

  it('applies a Scale: the manager owns the replicas, and another is told so', async () => {
    const target = '/apis/apps/v1/namespaces/payments/deployments/ledger-worker/scale';
    const apply = (manager: string, replicas: number, more = '') =>
      demo.sendJson(
        'PATCH',
        `${target}?fieldManager=${manager}${more}`,
        { apiVersion: 'autoscaling/v1', kind: 'Scale', spec: { replicas } },
        'application/apply-patch+yaml',
      );
    expect((await apply('one', 1, '&force=true')).json).toMatchObject({ kind: 'Scale', spec: { replicas: 1 } });
    const refused = await apply('two', 3);
    expect([refused.status, refused.json.details.causes[0].field]).toEqual([409, '.spec.replicas']);
    expect((await apply('two', 3, '&force=true')).json.spec.replicas).toBe(3);
  });

  it('says of what it leaves out that it is not in the demo cluster', async () => {
    const target = '/api/v1/namespaces/payments/pods/ledger-db-0/resize';
    const answer = await demo.sendJson('PATCH', target, {}, 'application/merge-patch+json');
    expect([answer.status, answer.json.reason]).toEqual([501, 'NotImplemented']);
    expect(answer.json.message).toBe('resizing pods is not in the demo cluster');
  });
});

describe('deleting a collection', () => {
  const maps = '/api/v1/namespaces/api-test/configmaps';
  const names = async (selector: string) =>
    (await demo.send('GET', `${maps}?labelSelector=${selector}`)).json.items.map(
      (item: { metadata: { name: string } }) => item.metadata.name,
    );

  beforeAll(async () => {
    for (const name of ['c1', 'c2', 'c3']) {
      await demo.sendJson('POST', maps, { metadata: { name, labels: { batch: name === 'c3' ? 'b' : 'a' } } });
    }
  });

  it('deletes nothing in a dry run, and answers what it would have deleted', async () => {
    const inBody = await demo.sendJson('DELETE', `${maps}?labelSelector=batch%3Da`, { dryRun: ['All'] });
    expect(inBody.json).toMatchObject({ kind: 'ConfigMapList', items: [{ metadata: { name: 'c1' } }, {}] });
    const inQuery = await demo.send('DELETE', `${maps}?labelSelector=batch%3Da&dryRun=All`);
    expect(inQuery.json.items).toHaveLength(2);
    expect(await names('batch')).toEqual(['c1', 'c2', 'c3']);
  });

  it('deletes what the selectors choose, and no other', async () => {
    const answer = await demo.send('DELETE', `${maps}?labelSelector=batch%3Da`);
    expect([answer.status, answer.json.items.length]).toEqual([200, 2]);
    expect(await names('batch')).toEqual(['c3']);
    await demo.send('DELETE', `${maps}?fieldSelector=metadata.name%3Dc3`);
    expect(await names('batch')).toEqual([]);
  });

  it.each([
    [`${secrets}?labelSelector=a%3D%3D%3Db`, 400],
    ['/api/v1/configmaps', 405],
    ['/api/v1/namespaces', 405],
  ])('refuses %s with %d', async (target, status) => {
    expect((await demo.send('DELETE', target)).status).toBe(status);
    expect((await demo.send('GET', `${secrets}/s1`)).status).toBe(200);
  });
});

describe('watching', () => {
  /** The events of a watch until one of this type comes, and when one of another type was there first. */
  function watching(query: string, first: string, last: string) {
    let begin = (): void => undefined;
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const enough = (text: string): boolean => {
      if (text.includes(`"type":"${first}"`)) begin();
      return text.endsWith('\n') && text.includes(`"type":"${last}"`);
    };
    const events = demo.send('GET', `${secrets}?watch=1&${query}`, { enough }).then(({ text }) =>
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    );
    return { begun, events };
  }

  it('sends what is there, then the bookmark that ends it, then changes', async () => {
    const query = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
    const watch = watching(query, 'BOOKMARK', 'MODIFIED');
    await watch.begun;
    await demo.sendJson('PATCH', `${secrets}/s1`, { metadata: { labels: { seen: 'yes' } } }, merge);
    const events = await watch.events;
    expect(events.map((event) => event.type)).toEqual(expect.arrayContaining(['ADDED', 'BOOKMARK', 'MODIFIED']));
    const bookmark = events.find((event) => event.type === 'BOOKMARK');
    expect(bookmark.object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' });
    expect(events.at(-1)).toMatchObject({ type: 'MODIFIED', object: { metadata: { labels: { seen: 'yes' } } } });
  });

  it('of a selection shows an object that leaves it as DELETED', async () => {
    const watch = watching('labelSelector=seen%3Dyes', 'ADDED', 'DELETED');
    await watch.begun;
    await demo.sendJson('PATCH', `${secrets}/s1`, { metadata: { labels: { seen: 'no' } } }, merge);
    expect((await watch.events).map(({ type }) => type)).toEqual(['ADDED', 'DELETED']);
  });

  it('ends after the seconds asked for', async () => {
    expect((await demo.send('GET', `${secrets}?watch=1&timeoutSeconds=1`)).status).toBe(200);
  });

  it('from a revision that is no longer known is 410 in an ERROR event', async () => {
    const answer = await demo.send('GET', `${secrets}?watch=1&resourceVersion=1`);
    expect(JSON.parse(answer.text)).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired' } });
  });
});

describe('discovery', () => {
  it('is aggregated for those who ask, with a tag that saves the second answer', async () => {
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
    const first = await demo.send('GET', '/apis', { headers: { Accept: accept } });
    expect(first.json.kind).toBe('APIGroupDiscoveryList');
    const tag = String(first.headers['etag']);
    const second = await demo.send('GET', '/apis', { headers: { Accept: accept, 'If-None-Match': tag } });
    expect([second.status, second.headers['content-type']]).toEqual([304, undefined]);
  });

  it.each([
    ['/api', 'APIVersions'],
    ['/apis', 'APIGroupList'],
    ['/apis/apps', 'APIGroup'],
    ['/api/v1', 'APIResourceList'],
    ['/apis/rbac.authorization.k8s.io/v1', 'APIResourceList'],
  ])('at %s is plain otherwise: %s', async (path, kind) => {
    expect((await demo.send('GET', path)).json.kind).toBe(kind);
  });
});

describe('the audit list', () => {
  it('has who, as whom, what and the caller’s own Audit-ID, which is sent back', async () => {
    const headers = { 'Audit-ID': 'test-audit-1', 'Impersonate-User': 'break-glass-admin' };
    const answer = await demo.send('GET', '/api/v1/namespaces/payments/secrets/payments-db', { user: 'dana', headers });
    expect(answer.headers['audit-id']).toBe('test-audit-1');
    expect(demo.cluster.audit().find((entry) => entry.auditId === 'test-audit-1')).toMatchObject({
      verb: 'get',
      user: { username: 'dana.reyes@larkfield.example' },
      impersonatedUser: { username: 'break-glass-admin' },
      objectRef: { resource: 'secrets', namespace: 'payments', name: 'payments-db' },
      code: 200,
    });
  });
});

it('every confidential value of the seed is in some Secret', async () => {
  const { json } = await demo.send('GET', '/api/v1/secrets');
  const data = json.items.flatMap((item: { data?: Record<string, string> }) =>
    Object.values(item.data ?? {}).map((value) => Buffer.from(value, 'base64').toString()),
  );
  const missing = demo.cluster.secretValues.filter((value) => !data.some((text: string) => text.includes(value)));
  expect(missing).toEqual([]);
  expect(demo.cluster.secretValues).toEqual(expect.arrayContaining([...demoSecretValues]));
});
