import { describe, expect, it } from 'vitest';
import { JSON_PATCH, MERGE, POD_PATH, SECRET_PATH, secret } from './objects.ts';
import { ALLOW_ALL, MASK_SECRETS, pipeline } from './pipeline.ts';

const cluster = () => ({ body: secret() });
const READS_ONLY = MASK_SECRETS.replace('match: {', 'match: {verbs: [get], ');

/** A pipeline whose client has read the Secret, and what it was shown of it. */
async function shown(rules = ALLOW_ALL + MASK_SECRETS) {
  const gate = pipeline({ rules, cluster });
  const { data } = (await gate.serve({ target: SECRET_PATH })).json();
  gate.sent.length = 0;
  return { gate, password: data.password as string };
}

describe('a mask in a body', () => {
  it.each([
    ['of a policy that masks everywhere', ALLOW_ALL + MASK_SECRETS],
    ['of a policy that masks reads only', ALLOW_ALL + READS_ONLY],
  ])('becomes the value that it stands for, read for this write: %s', async (_, rules) => {
    const { gate, password } = await shown(rules);
    const got = await gate.serve({
      method: 'PATCH',
      target: SECRET_PATH,
      headers: [MERGE],
      body: { data: { password } },
    });
    expect(got.status).toBe(200);
    const [read, write] = gate.sent;
    const { auditId = '' } = gate.decided().at(-1) ?? {};
    expect([read?.method, read?.header('Audit-ID')]).toEqual(['GET', `${auditId}.1`]);
    expect([write?.method, write?.header('Audit-ID')]).toEqual(['PATCH', auditId]);
    expect(JSON.parse(write?.body ?? '').data).toEqual(secret().data);
    expect(write?.header('Content-Length')).toBe(String(write?.body?.length));
  });

  it('is read as whom the write is made', async () => {
    const identity = '  - {id: eve, effect: allow, match: {impersonation: {any: true}}}\n';
    const { gate, password } = await shown(ALLOW_ALL + MASK_SECRETS + identity);
    const headers = [MERGE, 'Impersonate-User: eve'];
    await gate.serve({ method: 'PATCH', target: SECRET_PATH, headers, body: { data: { password } } });
    const onTheSecret = gate.sent.filter(({ target }) => target === SECRET_PATH);
    expect(onTheSecret.map(({ header }) => header('Impersonate-User'))).toEqual(['eve', 'eve']);
  });

  it('is refused in another object, which is told where it comes from', async () => {
    const { gate, password } = await shown();
    const body = { spec: { note: Buffer.from(password, 'base64').toString() } };
    const got = await gate.serve({ method: 'PATCH', target: POD_PATH, headers: [MERGE], body });
    expect([got.status, gate.finished().at(-1)?.code]).toEqual([422, 'mask-written-back']);
    expect(got.body).toContain('shop/db');
    expect(gate.sent.every(({ method }) => method === 'GET')).toBe(true);
  });

  it('is not got around by a patch that copies what is masked', async () => {
    const { gate } = await shown();
    const body = [{ op: 'copy', from: '/data/password', path: '/metadata/annotations/p' }];
    const got = await gate.serve({ method: 'PATCH', target: SECRET_PATH, headers: [JSON_PATCH], body });
    expect([got.status, got.code()]).toEqual([403, 'patch-reads-secret']);
    expect(gate.sent.every(({ method }) => method === 'GET')).toBe(true);
  });
});
