import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { kubectlPath, run } from '../environment/command.ts';
import type { RunningGateway } from '../environment/running-gateway.ts';
import { leaked, makeCanary } from './canaries.ts';

const NAMESPACE = 'gatehouse-files';

/** Files and variables as applications are given them. @param value of no Secret: it is known by its place alone. */
const filesWith = (value: string): Readonly<Record<string, string>> => ({
  'app.properties': `server.port=8080\ndb.password=${value}\ncolour=blue\n`,
  '.env': `DB_HOST=db\nDB_PASSWORD=${value}\n`,
  'app.ini': `[db]\nuser = app\npassword = ${value}\n`,
  'app.toml': `[db]\npassword = '${value}'\n`,
  'app.json': JSON.stringify({ db: { user: 'app', password: value } }),
  'app.yaml': `db:\n  user: app\n  password: ${JSON.stringify(value)}\n`,
  'app.xml': `<db user="app"><password>${value.replaceAll(/[<>&]/g, '-')}</password></db>`,
  'redis.conf': `port 6379\nrequirepass ${value.replaceAll('"', '-')}\n`,
  '.npmrc': `//registry.example.com/:_authToken=${value.replaceAll(/["<&>]/g, '-')}\n`,
  '.netrc': `machine a login b password ${value}\n`,
  'my.cnf': `[client]\nuser=root\npassword=${value}\n`,
  AWS_SECRET_ACCESS_KEY: value,
  DB_PASSWORD: value,
});

/** What is ordinary, and stays to be read. */
const ORDINARY = {
  'application.yml': 'spring:\n  datasource:\n    password: $' + '{DB_PASSWORD}\ntokenTTL: 3600\nsecretName: web\n',
  'grafana.ini': '[security]\n;admin_password = admin\ncookie_samesite = lax\n',
  'nginx.conf': 'location / {\n  proxy_pass http://web;\n  proxy_set_header Authorization $http_authorization;\n}\n',
  EXISTING_SECRET: 'web',
  PASSWORD_FILE: '/run/secrets/password',
};

/**
 * Case 60: what ConfigMaps hold in their files is masked by its name, and comes back when the file is written again.
 */
export function describeFilesOfConfigMaps(environment: () => RunningGateway): void {
  describe('case 60: files of ConfigMaps', () => {
    const canary = makeCanary('file');
    const files = filesWith(canary.value);
    const object = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'web', namespace: NAMESPACE },
      data: { ...files, ...ORDINARY },
      binaryData: { 'x.properties': Buffer.from(`password=${canary.value}\n\u0000`).toString('base64') },
    };
    const through = async (args: readonly string[], input?: string) => {
      const result = await environment().kubectl(['-n', NAMESPACE, ...args], input === undefined ? {} : { input });
      expect(leaked(result.stdout + result.stderr, [canary])).toEqual([]);
      return result;
    };
    const worked = async (args: readonly string[], input?: string) => {
      const result = await through(args, input);
      expect(result.code, result.stderr).toBe(0);
      return result.stdout;
    };
    const stored = async (): Promise<Record<string, string>> => {
      const { stdout } = await environment().directly(['-n', NAMESPACE, 'get', 'configmap', 'web', '-o', 'json']);
      return (JSON.parse(stdout) as { data: Record<string, string> }).data;
    };
    const edited = async (expression: string) => {
      const { kubeconfig, folder } = environment();
      const editor = join(folder, 'file-editor');
      await writeFile(editor, `#!/bin/sh\nsed -i '${expression}' "$1"\n`, { mode: 0o700 });
      return run(kubectlPath, ['-n', NAMESPACE, 'edit', 'configmap', 'web'], {
        kubeconfig,
        environment: { KUBE_EDITOR: editor },
      });
    };

    beforeAll(async () => {
      await environment().directly(['create', 'namespace', NAMESPACE]);
    });
    beforeEach(async () => {
      const { directly } = environment();
      await directly(['-n', NAMESPACE, 'delete', 'configmap', 'web', '--ignore-not-found']);
      const { stderr } = await directly(['create', '-f', '-'], { input: JSON.stringify(object) });
      expect(stderr).toBe('');
    });
    afterAll(async () => {
      await environment().directly(['delete', 'namespace', NAMESPACE, '--wait=false']);
    });

    it.each([
      ['as YAML', ['get', 'configmap', 'web', '-o', 'yaml']],
      ['in a list', ['get', 'configmaps', '-o', 'json']],
      ['by its path', ['get', 'configmap', 'web', '-o', 'jsonpath={.data}']],
      ['described', ['describe', 'configmap', 'web']],
      ['after a label', ['label', 'configmap', 'web', 'a=b', '-o', 'yaml']],
      ['raw', ['get', '--raw', `/api/v1/namespaces/${NAMESPACE}/configmaps/web`]],
    ])('are shown with masks: %s', async (_, args) => {
      expect(await worked(args)).toContain('gatehouse-masked');
    });

    it('each of them, and what is ordinary stays as it is', async () => {
      const { data } = JSON.parse(await worked(['get', 'configmap', 'web', '-o', 'json'])) as {
        data: Record<string, string>;
      };
      for (const key of Object.keys(files)) expect(data[key], key).toMatch(/gatehouse-masked/);
      expect(data).toMatchObject(ORDINARY);
      expect(data['app.properties']).toMatch(/^server\.port=8080\ndb\.password=gatehouse-masked\S+\ncolour=blue\n$/);
    });

    it.each([
      ['replace', ['replace', '-f', '-']],
      ['apply', ['apply', '-f', '-']],
      ['apply --server-side', ['apply', '--server-side', '--force-conflicts', '-f', '-']],
    ])('what was read comes back as it was: %s', async (_, args) => {
      const before = await stored();
      const shown = await worked(['get', 'configmap', 'web', '-o', 'yaml']);
      await worked(args, shown.replace('colour=blue', 'colour=red'));
      expect(await stored()).toEqual({
        ...before,
        'app.properties': files['app.properties']?.replace('blue', 'red'),
      });
    });

    it('kubectl edit of another line keeps the value; of the line itself it is refused', async () => {
      const before = await stored();
      const worksOn = await edited('s/colour=blue/colour=red/');
      expect(worksOn.code, worksOn.stderr).toBe(0);
      const after = { ...before, 'app.properties': files['app.properties']?.replace('blue', 'red') };
      expect(await stored()).toEqual(after);
      const refused = await edited('s/db\\.password=/db.color=/');
      expect(refused.stderr).toMatch(/masked/);
      expect(await stored()).toEqual(after);
      expect(leaked(worksOn.stdout + worksOn.stderr + refused.stdout + refused.stderr, [canary])).toEqual([]);
    });

    it('a mask under another key is refused', async () => {
      const before = await stored();
      const { data } = JSON.parse(await worked(['get', 'configmap', 'web', '-o', 'json'])) as {
        data: Record<string, string>;
      };
      const patch = JSON.stringify({ data: { colour: data.DB_PASSWORD } });
      const { code, stderr } = await through(['patch', 'configmap', 'web', '--type=merge', '-p', patch]);
      expect(code).not.toBe(0);
      expect(stderr).toMatch(/masked/);
      expect(await stored()).toEqual(before);
    });

    it('nothing of it is in the journal, the log, a recording or an approval', async () => {
      expect(leaked(await environment().everythingWritten(), [canary])).toEqual([]);
    });
  });
}
