import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { helmPath, run } from '../environment/command.ts';
import type { RunningGateway } from '../environment/running-gateway.ts';
import { leaked, makeCanary } from './canaries.ts';

/** Two values: one that the release is given, and one that stands in the chart alone and is known by its place only. */
const VALUES = (form: string, fixed: string) => `
    password: {{ .Values.db.password | b64enc }}
    fixed: ${Buffer.from(`${form}${fixed}`).toString('base64')}
`;

/** The same Secret, in the ways that charts and people write one. */
const forms = (fixed: string): Readonly<Record<string, string>> => ({
  alone: `apiVersion: v1\nkind: Secret\nmetadata:\n  name: alone\ndata:${VALUES('alone', fixed)}`,
  list: `apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: beside}
  data: {size: {{ .Values.size | quote }}}
- apiVersion: v1
  kind: Secret
  metadata: {name: list}
  data:${VALUES('list', fixed)}`,
  secretlist: `apiVersion: v1\nkind: SecretList\nitems:\n- metadata: {name: secretlist}\n  data:${VALUES('secretlist', fixed)}`,
  hook: `apiVersion: v1
kind: Secret
metadata:
  name: hook
  annotations: {"helm.sh/hook": "pre-install,pre-upgrade,pre-rollback"}
data:${VALUES('hook', fixed)}`,
  escaped: `{"apiVersion": "v1", "kind": "\\u0053ecret", "metadata": {"name": "escaped"},
"d\\u0061ta": {"password": {{ .Values.db.password | b64enc | quote }}, "fixed": "${Buffer.from(`escaped${fixed}`).toString('base64')}"}}
`,
  alias: `apiVersion: v1
kind: Secret
metadata: {name: alias}
data:
    password: &p {{ .Values.db.password | b64enc }}
    again: *p
    fixed: ${Buffer.from(`alias${fixed}`).toString('base64')}
`,
  merge: `apiVersion: v1
kind: List
items:
- &one
  apiVersion: v1
  kind: Secret
  metadata: {name: merge-from}
  data: &values${VALUES('merge', fixed)}
- <<: *one
  metadata: {name: merge}
  data:
    <<: *values
    more: bW9yZQ==
`,
});

const WORKLOAD = `apiVersion: v1
kind: ConfigMap
metadata: {name: files}
data:
  size: {{ .Values.size | quote }}
  DB_PASSWORD: {{ .Values.db.password | quote }}
  app.properties: |
    size={{ .Values.size }}
    db.password={{ .Values.db.password }}
    colour=blue
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 0
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web, size: {{ .Values.size | quote }}}}
    spec:
      containers:
      - name: web
        image: nginx
        args: [{{ printf "--db-password=%s" .Values.db.password | quote }}]
        env:
        - name: DB_PASSWORD
          value: {{ .Values.db.password | quote }}
`;

/** Case 60: manifests and hooks stay masked however they are written, and helm goes on working with them. */
export function describeHelmManifests(environment: () => RunningGateway): void {
  describe('case 60: manifests of helm', () => {
    const namespace = 'gatehouse-manifests';
    const given = makeCanary('given');
    const rotated = makeCanary('given-anew');
    // Plain letters: no form of it but base64.
    const fixed = `f1xed${makeCanary('fixed').forms[2]}`;
    const charted = forms(fixed);
    const names = Object.keys(charted);
    let chart = '';

    const through = async (...args: string[]) => {
      const { code, stdout, stderr } = await environment().helm(['-n', namespace, ...args]);
      expect(code, stderr).toBe(0);
      const said = `${stdout}\n${stderr}`;
      expect(leaked(said, [given, rotated])).toEqual([]);
      for (const name of names) {
        expect(said).not.toContain(fixed);
        expect(said).not.toContain(Buffer.from(`${name}${fixed}`).toString('base64').slice(0, 20));
      }
      return stdout;
    };
    const objects = async (resource: string) => {
      const { stdout } = await environment().directly(['-n', namespace, 'get', resource, '-o', 'json']);
      const list = JSON.parse(stdout) as {
        items: Array<{ metadata: { name: string }; data?: Record<string, string>; spec?: unknown }>;
      };
      return new Map(list.items.map((object) => [object.metadata.name, object]));
    };
    const expectStored = async (value: string, size: string) => {
      const secrets = await objects('secrets');
      for (const name of names) {
        expect(secrets.get(name)?.data, name).toMatchObject({
          password: Buffer.from(value).toString('base64'),
          fixed: Buffer.from(`${name}${fixed}`).toString('base64'),
        });
      }
      const files = (await objects('configmaps')).get('files')?.data;
      expect(files).toEqual({
        size,
        DB_PASSWORD: value,
        'app.properties': `size=${size}\ndb.password=${value}\ncolour=blue\n`,
      });
      const web = JSON.stringify((await objects('deployments')).get('web')?.spec);
      expect(web).toContain(JSON.stringify(`--db-password=${value}`));
      for (const [name, { data }] of secrets) {
        if (!name.startsWith('sh.helm.release')) continue;
        const text = Buffer.from(Buffer.from(data?.release ?? '', 'base64').toString(), 'base64');
        expect(gunzipSync(text).toString(), name).not.toContain('gatehouse-masked');
      }
    };

    beforeAll(async () => {
      chart = await mkdtemp(join(tmpdir(), 'gatehouse-manifests-'));
      await mkdir(join(chart, 'templates'));
      const files = {
        'Chart.yaml': 'apiVersion: v2\nname: written\nversion: 0.1.0\n',
        'values.yaml': 'size: small\ndb:\n  password: ""\n',
        'templates/workload.yaml': WORKLOAD,
        ...Object.fromEntries(names.map((name) => [`templates/${name}.yaml`, charted[name] ?? ''])),
      };
      for (const [name, text] of Object.entries(files)) await writeFile(join(chart, name), text);
      await environment().directly(['create', 'namespace', namespace]);
      const { cluster } = environment();
      const args = ['--kube-context', cluster.context, '-n', namespace, 'install', 'written', chart];
      const installed = await run(helmPath, [...args, '--set-literal', `db.password=${given.value}`], {
        kubeconfig: cluster.kubeconfig,
      });
      expect(installed.code, installed.stderr).toBe(0);
      await expectStored(given.value, 'small');
    });
    afterAll(async () => {
      await environment().directly(['delete', 'namespace', namespace, '--wait=false']);
    });

    it.each([
      ['manifest', /kind: SecretList[\s\S]*db\.password=gatehouse-masked\S+\n\s+colour=blue/],
      ['hooks', /name: hook/],
      ['values', /password: gatehouse-masked/],
      ['all', /kind: Deployment/],
    ])('get %s shows no value, and everything else', async (what, shows) => {
      expect(await through('get', what, 'written')).toMatch(shows);
    });

    it('upgrade --reuse-values, with a new value, and rollback: each Secret holds what it should', async () => {
      await through('upgrade', 'written', chart, '--reuse-values', '--set', 'size=big');
      await expectStored(given.value, 'big');
      await through('upgrade', 'written', chart, '--reuse-values', '--set-literal', `db.password=${rotated.value}`);
      await expectStored(rotated.value, 'big');
      await through('rollback', 'written', '2');
      await expectStored(given.value, 'big');
      await through('rollback', 'written', '1');
      await expectStored(given.value, 'small');
    });

    it('uninstall and install', async () => {
      await through('uninstall', 'written');
      await through('install', 'written', chart, '--set-literal', `db.password=${given.value}`);
      await expectStored(given.value, 'small');
    });
  });
}
