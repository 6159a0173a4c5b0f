// Longer than 300 lines: one table of the ways to write a mask back, on the same objects, with what each leaves there.
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CommandResult, kubectlPath, run } from '../environment/command.ts';
import type { RunningGateway } from '../environment/running-gateway.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests take objects apart
type Loose = any;

interface Stored {
  readonly data: Record<string, string>;
  readonly metadata: { readonly labels?: Record<string, string>; readonly annotations?: Record<string, string> };
  readonly immutable?: boolean;
}

/** The pinned kubectl, and the one on PATH where it is another: they differ in which calls are protobuf. */
function kubectlPrograms(): Array<[label: string, program: string]> {
  const versionOf = (program: string): string | undefined =>
    /v[0-9.]+/.exec(String(spawnSync(program, ['version', '--client']).stdout))?.[0];
  const pinned = versionOf(kubectlPath);
  const other = versionOf('kubectl');
  return [
    [`kubectl ${pinned}`, kubectlPath],
    ...(other === undefined || other === pinned ? [] : [[`kubectl ${other}`, 'kubectl'] as [string, string]]),
  ];
}

/** Case 37: a mask is never stored over a value, and comes back as the value it stands for. */
export function describeWritingMasksBack(environment: () => RunningGateway): void {
  describe('case 37: writing masks back', () => {
    const namespace = 'gatehouse-writes';
    const value = 'stored-value';

    const stored = async (): Promise<string> => {
      const { stdout } = await environment().directly([
        '-n',
        namespace,
        'get',
        'secret',
        'app',
        '-o',
        'jsonpath={.data.key}',
      ]);
      return Buffer.from(stdout, 'base64').toString();
    };
    const masked = async (...output: string[]): Promise<string> =>
      (await environment().kubectl(['-n', namespace, 'get', 'secret', 'app', ...output])).stdout;

    beforeAll(async () => {
      const { directly } = environment();
      await directly(['create', 'namespace', namespace]);
      await directly(['-n', namespace, 'create', 'secret', 'generic', 'app', `--from-literal=key=${value}`]);
    });
    afterAll(async () => {
      await environment().directly(['delete', 'namespace', namespace, '--wait=false']);
    });

    for (const [label, program] of kubectlPrograms()) {
      describe(`by ${label}`, () => {
        const through = async (args: readonly string[], input?: string) => {
          const { kubeconfig } = environment();
          return run(program, ['-n', namespace, ...args], { kubeconfig, ...(input === undefined ? {} : { input }) });
        };
        const shown = async (name: string, ...output: string[]) =>
          (await through(['get', 'secret', name, ...output])).stdout;
        /** `kubectl edit` with a person's hands: a script that changes the file. */
        const edited = async (name: string, expression: string) => {
          const { kubeconfig, folder } = environment();
          const editor = join(folder, 'editor');
          await writeFile(editor, `#!/bin/sh\nsed -i '${expression}' "$1"\n`, { mode: 0o700 });
          return run(program, ['-n', namespace, 'edit', 'secret', name], {
            kubeconfig,
            environment: { KUBE_EDITOR: editor },
          });
        };
        const asStored = async (name: string) => {
          const { stdout } = await environment().directly(['-n', namespace, 'get', 'secret', name, '-o', 'json']);
          expect(stdout).not.toMatch(/gatehouse-masked|Z2F0ZWhvdXNlLW1hc2tlZ/);
          const { data, metadata, immutable } = JSON.parse(stdout) as Stored;
          const values = Object.entries(data).map(([key, text]) => [key, Buffer.from(text, 'base64').toString()]);
          return {
            values: Object.fromEntries(values),
            labels: metadata.labels ?? {},
            annotations: metadata.annotations ?? {},
            immutable,
          };
        };
        const REAL = { key: value, other: 'second-value' };
        const file = JSON.stringify({ kind: 'Secret', apiVersion: 'v1', metadata: { name: 'app' }, stringData: REAL });

        beforeEach(async () => {
          const { directly } = environment();
          await directly(['-n', namespace, 'delete', 'secret', 'app', '--ignore-not-found']);
          const { code, stderr } = await directly(['-n', namespace, 'apply', '-f', '-'], { input: file });
          expect(code, stderr).toBe(0);
        });

        it.each<[string, () => Promise<CommandResult>, object]>([
          ['edit, of a label', () => edited('app', 's/^  name: app$/  name: app\\n  labels: {seen: "yes"}/'), REAL],
          ['edit, of one value', () => edited('app', 's/^  other: .*/  other: bmV3/'), { ...REAL, other: 'new' }],
          ['label', () => through(['label', 'secret', 'app', 'seen=yes']), REAL],
          ['annotate', () => through(['annotate', 'secret', 'app', 'seen=yes']), REAL],
          [
            'patch',
            () => through(['patch', 'secret', 'app', '-p', '{"stringData":{"other":"new"}}']),
            { ...REAL, other: 'new' },
          ],
          ['apply of the file', () => through(['apply', '-f', '-'], file), REAL],
          [
            'apply --server-side of the file',
            () => through(['apply', '--server-side', '--force-conflicts', '-f', '-'], file),
            REAL,
          ],
          ['apply set-last-applied', () => through(['apply', 'set-last-applied', '-f', '-'], file), REAL],
          [
            'replace of what was read',
            async () => through(['replace', '-f', '-'], await shown('app', '-o', 'yaml')),
            REAL,
          ],
          ['apply of what was read', async () => through(['apply', '-f', '-'], await shown('app', '-o', 'yaml')), REAL],
          [
            'apply --server-side of what was read',
            async () => {
              const read = JSON.parse(await shown('app', '-o', 'json')) as { metadata: { managedFields?: unknown } };
              delete read.metadata.managedFields;
              return through(['apply', '--server-side', '--force-conflicts', '-f', '-'], JSON.stringify(read));
            },
            REAL,
          ],
          [
            'replace without a version',
            async () => {
              const read = JSON.parse(await shown('app', '-o', 'json')) as { metadata: { resourceVersion?: string } };
              delete read.metadata.resourceVersion;
              return through(['replace', '-f', '-'], JSON.stringify(read));
            },
            REAL,
          ],
          [
            'replace with one key less and another value',
            async () => {
              const read = JSON.parse(await shown('app', '-o', 'json')) as { data: Record<string, string> };
              delete read.data.other;
              return through(['replace', '-f', '-'], JSON.stringify({ ...read, stringData: { third: 'new' } }));
            },
            { key: value, third: 'new' },
          ],
          [
            'replace that says the mask in stringData',
            async () => {
              const read = JSON.parse(await shown('app', '-o', 'json')) as { data: Record<string, string> };
              const { key = '', ...data } = read.data;
              const stringData = { key: Buffer.from(key, 'base64').toString() };
              return through(['replace', '-f', '-'], JSON.stringify({ ...read, data, stringData }));
            },
            REAL,
          ],
          [
            'replace of what base64 -d | base64 made of it, a line break behind it',
            async () => {
              const read = JSON.parse(await shown('app', '-o', 'json')) as { data: Record<string, string> };
              const key = Buffer.from(`${Buffer.from(read.data.key ?? '', 'base64').toString()}\n`).toString('base64');
              return through(['replace', '-f', '-'], JSON.stringify({ ...read, data: { ...read.data, key } }));
            },
            REAL,
          ],
          [
            'a JSON Patch that tests and replaces with masks',
            async () => {
              const mask = await shown('app', '-o', 'jsonpath={.data.key}');
              const patch = [
                { op: 'test', path: '/data/key', value: mask },
                { op: 'replace', path: '/data/key', value: mask },
                { op: 'add', path: '/metadata/labels', value: { seen: 'yes' } },
              ];
              return through(['patch', 'secret', 'app', '--type=json', '-p', JSON.stringify(patch)]);
            },
            REAL,
          ],
        ])('kubectl %s leaves real values only', async (_name, command, expected) => {
          const { code, stderr, stdout } = await command();
          expect(code, stderr + stdout).toBe(0);
          expect((await asStored('app')).values).toEqual(expected);
        });

        it('kubectl apply --server-side after apply writes last-applied from the masked answer, and real values arrive', async () => {
          const { code, stderr } = await through(['apply', '--server-side', '--force-conflicts', '-f', '-'], file);
          expect(code, stderr).toBe(0);
          const kept = (await asStored('app')).annotations['kubectl.kubernetes.io/last-applied-configuration'] ?? '';
          expect(kept).toMatch(/stored-value|c3RvcmVkLXZhbHVl/);
        });

        it('kubectl diff of the file shows no mask as a change, and writes nothing', async () => {
          const { stdout, code, stderr } = await through(['diff', '-f', '-'], file);
          expect(code, stderr).toBeLessThan(2);
          expect(stdout).not.toMatch(/stored-value/);
          expect((await asStored('app')).values).toEqual(REAL);
        });

        it('an immutable Secret is replaced by itself', async () => {
          const { directly } = environment();
          await directly(['-n', namespace, 'patch', 'secret', 'app', '-p', '{"immutable":true}']);
          const { code, stderr } = await through(['replace', '-f', '-'], await shown('app', '-o', 'yaml'));
          expect(code, stderr).toBe(0);
          expect(await asStored('app')).toMatchObject({ values: REAL, immutable: true });
        });

        it.each<[string, (read: Loose) => object, RegExp]>([
          [
            'a renamed key',
            (read) => ({ ...read, data: { renamed: read.data.key } }),
            /data\.renamed.*belongs to data\.key/,
          ],
          ['another key', (read) => ({ ...read, data: { key: read.data.other } }), /data\.key.*belongs to data\.other/],
          [
            'more around it',
            (read) => ({
              ...read,
              data: { key: Buffer.from(`x${Buffer.from(read.data.key, 'base64')}`).toString('base64') },
            }),
            /data\.key.*text around/,
          ],
          [
            'an annotation',
            (read) => ({
              ...read,
              metadata: { ...read.metadata, annotations: { a: Buffer.from(read.data.key, 'base64').toString() } },
            }),
            /metadata\.annotations\.a.*belongs to data\.key/,
          ],
        ])('a mask in the wrong place is refused, naming the field: %s', async (_name, change, said) => {
          const body = change(JSON.parse(await shown('app', '-o', 'json')));
          const { code, stderr } = await through(['replace', '-f', '-'], JSON.stringify(body));
          expect(code).not.toBe(0);
          expect(stderr).toMatch(said);
          expect((await asStored('app')).values).toEqual(REAL);
        });

        it('a stale mask is refused: the value was rotated since it was read', async () => {
          const read = JSON.parse(await shown('app', '-o', 'json')) as Loose;
          await environment().directly([
            '-n',
            namespace,
            'patch',
            'secret',
            'app',
            '-p',
            '{"stringData":{"key":"rotated"}}',
          ]);
          delete read.metadata.resourceVersion;
          const { code, stderr } = await through(['replace', '-f', '-'], JSON.stringify(read));
          expect(code).not.toBe(0);
          expect(stderr).toMatch(/data\.key.*stale/);
          expect((await asStored('app')).values.key).toBe('rotated');
        });

        it('the mask of another Secret, or of one with the same name elsewhere, is refused', async () => {
          const { directly } = environment();
          await directly(['-n', namespace, 'create', 'secret', 'generic', 'neighbour', '--from-literal=key=theirs']);
          await directly(['-n', 'default', 'create', 'secret', 'generic', 'app', '--from-literal=key=elsewhere']);
          const masks = [
            await shown('neighbour', '-o', 'jsonpath={.data.key}'),
            (await environment().kubectl(['-n', 'default', 'get', 'secret', 'app', '-o', 'jsonpath={.data.key}']))
              .stdout,
          ];
          await directly(['-n', 'default', 'delete', 'secret', 'app']);
          for (const mask of masks) {
            const patch = JSON.stringify({ data: { key: mask } });
            const { code, stderr } = await through(['patch', 'secret', 'app', '--type=merge', '-p', patch]);
            expect(code).not.toBe(0);
            expect(stderr).toMatch(
              /data\.key.*belongs to secrets (?:gatehouse-writes\/neighbour|default\/app) \(data\.key\)/,
            );
          }
          expect((await asStored('app')).values).toEqual(REAL);
        });

        it('create of what was read, under another name or in another namespace, is refused', async () => {
          const read = JSON.parse(await shown('app', '-o', 'json')) as Loose;
          for (const metadata of [
            { name: 'copy', namespace },
            { name: 'app', namespace: 'default' },
          ]) {
            const body = JSON.stringify({ ...read, metadata });
            const { kubeconfig } = environment();
            const { code, stderr } = await run(program, ['create', '-f', '-'], { kubeconfig, input: body });
            expect(code).not.toBe(0);
            expect(stderr).toMatch(/data\.key.*does not exist yet|data\.key.*belongs to secrets/);
          }
        });
      });
    }

    it('no value that was put back is in the journal, the log or anything else that the gateway wrote', async () => {
      const written = await environment().everythingWritten();
      for (const form of [value, Buffer.from(value).toString('base64'), 'second-value']) {
        expect(written.includes(form), form).toBe(false);
      }
    });

    it('each read for a write is a request of its own at the cluster, under the write’s Audit-ID and a number', async () => {
      const { cluster, records } = environment();
      const decided = new Set((await records()).map((record) => ('auditId' in record ? record.auditId : '')));
      const reads = (await cluster.auditLog()).filter(({ auditID }) => /\.\d+$/.test(auditID));
      expect(reads.length).toBeGreaterThan(0);
      for (const { auditID, verb } of reads) {
        expect(verb).toMatch(/^(?:get|list)$/);
        expect(decided.has(auditID.replace(/\.\d+$/, ''))).toBe(true);
      }
    });

    it('a mask in plain text, in another kind of object, is refused too', async () => {
      const token = Buffer.from(await masked('-o', 'jsonpath={.data.key}'), 'base64').toString();
      const { stderr, code } = await environment().kubectl([
        '-n',
        namespace,
        'create',
        'configmap',
        'copy',
        `--from-literal=key=${token}`,
      ]);
      expect(code).not.toBe(0);
      expect(stderr).toMatch(/mask/);
    });

    it('a typed create, which kubectl sends as protobuf, is refused too', async () => {
      const token = Buffer.from(await masked('-o', 'jsonpath={.data.key}'), 'base64').toString();
      const { code } = await environment().kubectl([
        '-n',
        namespace,
        'create',
        'secret',
        'generic',
        'copy',
        `--from-literal=key=${token}`,
      ]);
      expect(code).not.toBe(0);
      const { code: exists } = await environment().directly(['-n', namespace, 'get', 'secret', 'copy']);
      expect(exists).not.toBe(0);
    });

    it.each([
      ['copy', [{ op: 'copy', from: '/data/key', path: '/metadata/annotations/stolen' }]],
      ['move', [{ op: 'move', from: '/data/key', path: '/metadata/labels/stolen' }]],
      ['test', [{ op: 'test', path: '/data/key', value: Buffer.from(value).toString('base64') }]],
    ])('a JSON Patch %s on a Secret is refused', async (_name, patch) => {
      const { code, stderr } = await environment().kubectl([
        '-n',
        namespace,
        'patch',
        'secret',
        'app',
        '--type=json',
        '-p',
        JSON.stringify(patch),
      ]);
      expect(code).not.toBe(0);
      expect(stderr).toMatch(/Forbidden/);
      expect(await stored()).toBe(value);
    });

    it('a real new value passes', async () => {
      const patch = JSON.stringify({ stringData: { other: 'new' } });
      const { stdout, stderr } = await environment().kubectl([
        '-n',
        namespace,
        'patch',
        'secret',
        'app',
        '--type=merge',
        '-p',
        patch,
      ]);
      expect(stdout, stderr).toMatch(/patched/);
    });

    it.each([
      ['duplicate keys', '{"kind":"ConfigMap","kind":"Secret","metadata":{"name":"x"}}'],
      ['an escaped duplicate key', '{"metadata":{"name":"x"},"meta\\u0064ata":{"name":"y"}}'],
      ['something behind the document', '{"metadata":{"name":"x"}} {}'],
    ])('a body with %s is refused with a 400 that says so', async (_name, body) => {
      const answer = await environment().request(
        'POST',
        `/api/v1/namespaces/${namespace}/configmaps`,
        { 'Content-Type': 'application/json' },
        body,
      );
      expect(answer.status).toBe(400);
      expect(JSON.parse(answer.body)).toMatchObject({ kind: 'Status', reason: 'BadRequest' });
    });

    it('CBOR is answered with 415, so that clients fall back to JSON', async () => {
      const answer = await environment().request(
        'POST',
        `/api/v1/namespaces/${namespace}/configmaps`,
        { 'Content-Type': 'application/cbor' },
        'x',
      );
      expect(answer.status).toBe(415);
    });
  });
}
