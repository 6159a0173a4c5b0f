import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningGateway } from '../environment/running-gateway.ts';

/** Case 37: a mask is never stored over a value, whichever way it comes back. */
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

    it.each([
      ['replace', ['replace', '-f', '-']],
      ['apply', ['apply', '-f', '-']],
      ['apply --server-side', ['apply', '--server-side', '--force-conflicts', '-f', '-']],
    ])('kubectl %s of what was read is refused, naming the field', async (_name, args) => {
      const input = await masked('-o', 'yaml');
      const { stderr, code } = await environment().kubectl(args, { input });
      expect(code).not.toBe(0);
      expect(stderr).toMatch(/data\.key|last-applied-configuration/);
      expect(await stored()).toBe(value);
    });

    it('kubectl create of it under another name is refused', async () => {
      const input = (await masked('-o', 'json')).replace('"name": "app"', '"name": "copy"');
      const { stderr, code } = await environment().kubectl(['create', '-f', '-'], { input });
      expect(code).not.toBe(0);
      expect(stderr).toMatch(/data\.key/);
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
