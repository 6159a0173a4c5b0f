import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { maskDocument } from '../../../proxy/masking/mask-document.ts';
import type { RequestInfo } from '../../../proxy/request/api-request.ts';
import { growth, LINEAR } from '../growth.ts';
import { arriving, KEY, MASK_SECRETS, secretsSubject } from './requests.ts';

async function mask(text: string, info: Partial<RequestInfo> = {}) {
  const { chunks, report } = await maskDocument(arriving(text), secretsSubject(info), { key: KEY });
  return { text: Buffer.concat(chunks).toString('utf8'), report };
}

const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64');
const store = (release: object) => base64(base64(gzipSync(JSON.stringify(release))));
const open = (text: string) =>
  JSON.parse(gunzipSync(Buffer.from(Buffer.from(text, 'base64').toString(), 'base64')).toString());
const TOKEN = /^gatehouse-masked\.v1\.k1\.[\w-]{22}$/;

const manifest = `---
# Source: web/templates/secret.yaml
apiVersion: v1
kind: Secret
metadata: {name: db}
data:
  password: ${base64('t0ps3cret-value')}
  user: "${base64('postgres')}"
stringData:
  quoted: "say \\"hi\\" to s0meone"
  block: |-
    first l1ne
    second l1ne
---
# Source: web/templates/web.yaml
kind: Deployment
metadata: {name: web}
spec:
  image: postgres:17
  env:
  - name: DB_PASSWORD
    value: hunter2
  - name: URL
    value: http://u:t0ps3cret-value@db/
`;
const release = {
  name: 'web',
  namespace: 'team-a',
  version: 3,
  info: { status: 'deployed', notes: 'Log in with t0ps3cret-value.' },
  config: { db: { password: 't0ps3cret-value', pwd: 4711, existingSecret: 'mine', port: 5432, enabled: true } },
  chart: {
    metadata: { name: 'web' },
    values: { db: { password: '', dsn: 'postgres://u:p4ss-word@h/' }, tokenTTL: 60, size: 'small' },
    templates: [{ name: 'x', data: base64('password: t0ps3cret-value\n') }],
  },
  manifest,
  hooks: [{ name: 'h', manifest: `kind: Secret\nstringData: {a: 'h00k-value'}\n`, weight: 1.5 }],
};
const secret = (data = store(release), version = 3) => ({
  data: { release: data },
  metadata: { name: `sh.helm.release.v1.web.v${version}`, namespace: 'team-a', labels: { owner: 'helm', name: 'web' } },
  type: 'helm.sh/release.v1',
});
const one = JSON.stringify({ kind: 'Secret', ...secret() });
const shown = async () => open(JSON.parse((await mask(one)).text).data.release);

describe('case 38: helm releases are masked from within', () => {
  it('and stay what helm can read: names, status, numbers, and everything that is no credential', async () => {
    expect(await shown()).toMatchObject({
      name: 'web',
      namespace: 'team-a',
      version: 3,
      info: { status: 'deployed' },
      config: { db: { existingSecret: 'mine', port: 5432, enabled: true } },
      chart: { metadata: { name: 'web' }, values: { db: { password: '' }, tokenTTL: 60, size: 'small' } },
      hooks: [{ name: 'h', weight: 1.5 }],
    });
  });

  it('no value is left in it, in clear or in base64', async () => {
    const text = JSON.stringify(await shown());
    for (const value of ['t0ps3cret-value', 'h00k-value', 'p4ss-word', 'hunter2', '4711', 'first l1ne', 's0meone']) {
      expect(text).not.toContain(value);
      expect(text).not.toContain(base64(value).replace(/=+$/, ''));
    }
    expect(Buffer.from((await shown()).chart.templates[0].data, 'base64').toString()).toMatch(/^password: gatehouse-/);
  });

  it('values: by the name of the key, text or number', async () => {
    const { db } = (await shown()).config;
    expect(db.password).toMatch(TOKEN);
    expect(db.pwd).toMatch(TOKEN);
    expect((await shown()).chart.values.db.dsn).toMatch(TOKEN);
  });

  it('a value has one token wherever it stands, so that a chart rendered with it gives the manifest that is shown', async () => {
    const { config, manifest: text, info } = await shown();
    const token = config.db.password;
    expect(text).toContain(`password: ${base64(token)}\n`);
    expect(text).toContain(`http://u:${token}@db/`);
    expect(info.notes).toBe(`Log in with ${token}.`);
  });

  it('the manifest keeps its layout, and words that are no secret', async () => {
    const { manifest: text } = await shown();
    expect(text).toContain('# Source: web/templates/secret.yaml\napiVersion: v1\nkind: Secret\nmetadata: {name: db}\n');
    expect(text).toContain('image: postgres:17');
    expect(text.split('\n')).toHaveLength(manifest.split('\n').length - 2);
  });

  it('the same value has the same token in the next revision', async () => {
    const next = JSON.stringify({ kind: 'Secret', ...secret(store({ ...release, version: 4 }), 4) });
    const { config } = open(JSON.parse((await mask(next)).text).data.release);
    expect(config.db.password).toBe((await shown()).config.db.password);
  });

  it('in a list, and next to Secrets of another kind', async () => {
    const list = JSON.stringify({
      kind: 'SecretList',
      items: [secret(), { data: { k: 'djE=' }, metadata: { name: 'db' } }],
    });
    const { text, report } = await mask(list, { labelSelector: 'owner=helm' });
    expect(open(JSON.parse(text).items[0].data.release).config.db.password).toMatch(TOKEN);
    expect(report.maskedObjects).toBe(2);
  });

  it('what is no release, or cannot be read, is masked whole: helm cannot read it either', async () => {
    for (const data of ['SDRzSUFBQUE=', store({ no: 'manifest' }), base64('plain')]) {
      const { text } = await mask(JSON.stringify({ kind: 'Secret', ...secret(data) }));
      expect(Buffer.from(JSON.parse(text).data.release, 'base64').toString()).toMatch(TOKEN);
    }
  });

  it('a Secret in the manifest that cannot be read is replaced whole', async () => {
    const odd = { ...release, manifest: `kind: Secret\ndata: {a: [\n---\nkind: X\n` };
    const text = open(
      JSON.parse((await mask(JSON.stringify({ kind: 'Secret', ...secret(store(odd)) }))).text).data.release,
    );
    expect(text.manifest.trim()).toMatch(/^gatehouse-masked\.v1\.k1\.[\w-]{22}\s+---\s+kind: X$/);
  });

  it.each([
    ['a variable among braces that never close', `env: [{name: DB_PASSWORD, value: hunter2}, ${'['.repeat(5000)}`],
    ['a Secret too deep to be read', `kind: Secret\ndata: ${'{a: '.repeat(5000)}hunter2`],
  ])('%s: replaced whole', async (_, manifest) => {
    const text = JSON.stringify({ kind: 'Secret', ...secret(store({ ...release, manifest })) });
    expect(open(JSON.parse((await mask(text)).text).data.release).manifest).toMatch(
      /^gatehouse-masked\.v1\.k1\.[\w-]{22}$/,
    );
  });

  it.each(['{', 'value:', 'name: a', '['])('is read in a moment whatever a manifest repeats: %j', async (part) => {
    const read = (times: number) => {
      const manifest = `kind: Secret\ndata: x\nvalue: ${part.repeat(times)}`;
      return mask(JSON.stringify({ kind: 'Secret', ...secret(store({ ...release, manifest })) }));
    };
    // Many times as long, were what is left of the text looked at from every place in it.
    expect(await growth(read, 100_000)).toBeLessThan(LINEAR);
  });

  it('in a ConfigMap, where helm may keep them, by rules with patterns', async () => {
    const text = base64(gzipSync(JSON.stringify(release)));
    const map = { kind: 'ConfigMap', metadata: { name: 'sh.helm.release.v1.web.v3' }, data: { release: text } };
    const rule = { ...MASK_SECRETS, resource: 'configmaps', fields: [], keep: [], patterns: ['builtin:credentials'] };
    const subject = secretsSubject({ resource: 'configmaps', verb: 'get' }, [rule]);
    const { chunks } = await maskDocument(arriving(JSON.stringify(map)), subject, { key: KEY });
    const shownMap = JSON.parse(Buffer.concat(chunks).toString());
    const { config } = JSON.parse(gunzipSync(Buffer.from(shownMap.data.release, 'base64')).toString());
    expect(config.db.password).toMatch(TOKEN);
  });

  it('metadata of releases passes: there is nothing in it', async () => {
    const text = JSON.stringify({ kind: 'Table', rows: [{ object: { metadata: secret().metadata } }] });
    expect((await mask(text, { labelSelector: 'owner=helm' })).text).toBe(text);
  });
});
