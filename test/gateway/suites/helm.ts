import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { helmPath, run } from '../environment/command.ts';
import type { RunningGateway } from '../environment/running-gateway.ts';
import { leaked, makeCanary } from './canaries.ts';

const FILES: Readonly<Record<string, string>> = {
  'Chart.yaml': 'apiVersion: v2\nname: tiny\nversion: 0.1.0\n',
  'values.yaml': 'size: small\ndb:\n  password: ""\n  user: app\n',
  'templates/settings.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
data:
  size: {{ .Values.size | quote }}
`,
  'templates/secret.yaml': `apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-db
data:
  password: {{ .Values.db.password | b64enc }}
  pair: {{ printf "%s:%s" .Values.db.user .Values.db.password | b64enc | quote }}
stringData:
  url: {{ printf "postgres://%s:%s@db/app" .Values.db.user .Values.db.password | quote }}
`,
  // What charts do that make up a password once and keep it.
  'templates/kept.yaml': `{{- $kept := lookup "v1" "Secret" .Release.Namespace (printf "%s-kept" .Release.Name) }}
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-kept
data:
  made: {{ if $kept }}{{ index $kept.data "made" }}{{ else }}{{ "made-0nce-and-kept" | b64enc }}{{ end }}
`,
  'templates/NOTES.txt': 'Log in as {{ .Values.db.user }} with {{ .Values.db.password }}\n',
};

/** helm through the gateway: releases masked from within, and what is stored stays what it is. */
export function describeHelm(environment: () => RunningGateway): void {
  describe('case 38: helm', () => {
    const namespace = 'gatehouse-helm';
    const password = makeCanary('release');
    const rotated = makeCanary('rotated-release');
    const everything: string[] = [];
    let chart = '';

    const directly = (...args: string[]) => {
      const { cluster } = environment();
      return run(helmPath, ['--kube-context', cluster.context, '-n', namespace, ...args], {
        kubeconfig: cluster.kubeconfig,
      });
    };
    const through = async (...args: string[]) => {
      const result = await environment().helm(['-n', namespace, ...args]);
      everything.push(result.stdout, result.stderr);
      expect(result.code, result.stderr).toBe(0);
      return result.stdout;
    };
    const stored = async (name: string): Promise<Record<string, string>> => {
      const { stdout } = await environment().directly(['-n', namespace, 'get', 'secret', name, '-o', 'json']);
      const { data } = JSON.parse(stdout) as { data: Record<string, string> };
      return Object.fromEntries(
        Object.entries(data).map(([key, text]) => [key, Buffer.from(text, 'base64').toString()]),
      );
    };
    const release = async (version: number) => {
      const { release: text = '' } = await stored(`sh.helm.release.v1.tiny.v${version}`);
      return gunzipSync(Buffer.from(text, 'base64')).toString();
    };

    beforeAll(async () => {
      chart = await mkdtemp(join(tmpdir(), 'gatehouse-chart-'));
      await mkdir(join(chart, 'templates'));
      for (const [name, text] of Object.entries(FILES)) await writeFile(join(chart, name), text);
      await environment().directly(['create', 'namespace', namespace]);
      const installed = await directly('install', 'tiny', chart, '--set-literal', `db.password=${password.value}`);
      expect(installed.code, installed.stderr).toBe(0);
    });
    afterAll(async () => {
      await environment().directly(['delete', 'namespace', namespace, '--wait=false']);
    });

    it.each([
      ['list', ['list'], /tiny-0\.1\.0/],
      ['history', ['history', 'tiny'], /deployed/],
      ['status', ['status', 'tiny'], /Log in as app with gatehouse-masked/],
      ['get values', ['get', 'values', 'tiny'], /password: gatehouse-masked/],
      ['get values --all', ['get', 'values', 'tiny', '--all'], /size: small/],
      ['get manifest', ['get', 'manifest', 'tiny'], /kind: ConfigMap[\s\S]*size: "small"/],
      ['get all', ['get', 'all', 'tiny'], /STATUS: deployed/],
    ])('%s works and shows masks', async (_name, args, seen) => {
      const before = everything.length;
      expect(await through(...args)).toMatch(seen);
      expect(leaked(everything.slice(before).join('\n'), [password])).toEqual([]);
    });

    it('upgrade --reuse-values renders masks, and stores and applies the values', async () => {
      const before = await stored('tiny-db');
      await through('upgrade', 'tiny', chart, '--reuse-values', '--set', 'size=big');
      expect(await stored('tiny-db')).toEqual(before);
      expect(before.url).toBe(`postgres://app:${password.value}@db/app`);
      const { stdout } = await environment().directly(['-n', namespace, 'get', 'configmap', 'tiny', '-o', 'yaml']);
      expect(stdout).toMatch(/size: big/);
      for (const version of [1, 2]) expect(await release(version)).not.toMatch(/gatehouse-masked/);
      const { config } = JSON.parse(await release(2)) as { config: { db: { password: string } } };
      expect(config.db.password).toBe(password.value);
      expect(JSON.parse(await release(1))).toMatchObject({ info: { status: 'superseded' } });
    });

    it('what a chart looks up in its own Secret stays what it was', async () => {
      expect(await stored('tiny-kept')).toEqual({ made: 'made-0nce-and-kept' });
    });

    it('the manifest that was rendered from masks is the one that the values give', async () => {
      const manifestOf = async (version: number) =>
        (await directly('get', 'manifest', 'tiny', '--revision', String(version))).stdout.replace('big', 'small');
      expect(await manifestOf(2)).toBe(await manifestOf(1));
    });

    it('upgrade with a new value stores the new one', async () => {
      await through('upgrade', 'tiny', chart, '--reuse-values', '--set-literal', `db.password=${rotated.value}`);
      expect((await stored('tiny-db')).password).toBe(rotated.value);
    });

    it('rollback brings the old value back, from the revision that holds it', async () => {
      await through('rollback', 'tiny', '2');
      expect((await stored('tiny-db')).password).toBe(password.value);
      expect(await through('history', 'tiny')).toMatch(/Rollback to 2/);
      for (const version of [1, 2, 3, 4]) expect(await release(version)).not.toMatch(/gatehouse-masked/);
    });

    it('a mask that is moved within a release, to where it would be shown, is refused', async () => {
      const args = ['-n', namespace, 'get', 'secret', 'sh.helm.release.v1.tiny.v4', '-o', 'json'];
      const secret = JSON.parse((await environment().kubectl(args)).stdout);
      const blob = JSON.parse(
        gunzipSync(Buffer.from(Buffer.from(secret.data.release, 'base64').toString(), 'base64')).toString(),
      );
      blob.config = { color: blob.config.db.password };
      blob.manifest = '';
      const text = Buffer.from(JSON.stringify(blob)).toString('base64');
      const body = { ...secret, data: { release: Buffer.from(text).toString('base64') } };
      const { code, stderr } = await environment().kubectl(['replace', '-f', '-'], { input: JSON.stringify(body) });
      expect(code).not.toBe(0);
      expect(stderr).toMatch(/data\.release/);
    });

    it('a mask of a release is refused in objects that the release does not render it into', async () => {
      const { stdout } = await environment().helm(['-n', namespace, 'get', 'values', 'tiny', '-o', 'json']);
      const mask = (JSON.parse(stdout) as { db: { password: string } }).db.password;
      for (const [kind, data] of [
        ['configmap', { size: mask }],
        ['secret', { made: Buffer.from(mask).toString('base64') }],
      ] as const) {
        const name = kind === 'secret' ? 'tiny-kept' : 'tiny';
        const patch = JSON.stringify({ data });
        const args = ['-n', namespace, 'patch', kind, name, '--type=merge', '-p', patch];
        const { code, stderr } = await environment().kubectl(args);
        expect(code, kind).not.toBe(0);
        expect(stderr).toMatch(/masked/);
      }
    });

    it('uninstall and install', async () => {
      await through('uninstall', 'tiny');
      expect(await through('list')).not.toMatch(/tiny-0/);
      const output = await through('install', 'tiny', chart, '--set-literal', `db.password=${password.value}`);
      expect(output).toMatch(/STATUS: deployed/);
      expect((await stored('tiny-db')).password).toBe(password.value);
    });

    it('an ordinary list of Secrets shows no value of a release', async () => {
      const { stdout, code, stderr } = await environment().kubectl(['-n', namespace, 'get', 'secrets', '-o', 'yaml']);
      expect(code, stderr).toBe(0);
      expect(stdout).toMatch(/helm\.sh\/release\.v1/);
      const blobs = [...stdout.matchAll(/release: (\S+)/g)].map(([, text = '']) =>
        gunzipSync(Buffer.from(Buffer.from(text, 'base64').toString(), 'base64')).toString(),
      );
      expect(blobs.length).toBeGreaterThan(0);
      expect(leaked([stdout, ...blobs].join('\n'), [password, rotated])).toEqual([]);
      expect(leaked(await environment().everythingWritten(), [password, rotated])).toEqual([]);
    });

    it('HELM_DRIVER=configmap: the same with releases in ConfigMaps', async () => {
      const driver = { HELM_DRIVER: 'configmap' };
      const { cluster } = environment();
      const installed = await run(
        helmPath,
        [
          '--kube-context',
          cluster.context,
          '-n',
          namespace,
          'install',
          'mapped',
          chart,
          '--set-literal',
          `db.password=${password.value}`,
        ],
        { kubeconfig: cluster.kubeconfig, environment: driver },
      );
      expect(installed.code, installed.stderr).toBe(0);
      const helm = (...args: string[]) => environment().helm(['-n', namespace, ...args], { environment: driver });
      const values = await helm('get', 'values', 'mapped');
      expect(values.stdout).toMatch(/password: gatehouse-masked/);
      const maps = await environment().kubectl(['-n', namespace, 'get', 'configmaps', '-o', 'yaml']);
      const upgraded = await helm('upgrade', 'mapped', chart, '--reuse-values', '--set', 'size=big');
      expect(upgraded.code, upgraded.stderr).toBe(0);
      expect((await stored('mapped-db')).password).toBe(password.value);
      const blobs = [...maps.stdout.matchAll(/release: (H4sI\S+)/g)].map(([, text = '']) =>
        gunzipSync(Buffer.from(text, 'base64')).toString(),
      );
      expect(blobs).toHaveLength(1);
      const seen = [...blobs, maps.stdout, values.stdout, values.stderr, upgraded.stdout, upgraded.stderr];
      expect(leaked(seen.join('\n'), [password])).toEqual([]);
    });

    it('helm template, which reads nothing, works as ever', async () => {
      expect(await through('template', 'tiny', chart)).toMatch(/size: "?small"?/);
    });
  });
}
