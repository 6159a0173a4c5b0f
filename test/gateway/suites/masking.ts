import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requestHead, sayAndStay } from '../environment/raw-client.ts';
import type { RunningGateway } from '../environment/running-gateway.ts';
import { leaked, makeCanary } from './canaries.ts';

const TOKEN = /gatehouse-masked\.v1\.test\.[A-Za-z0-9_-]{22}/;

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';
const INITIAL_EVENTS = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';

/** Every road by which kubectl reads a Secret, with canary values that must not come through any of them. */
export function describeMasking(environment: () => RunningGateway): void {
  describe('Secrets through the gateway', () => {
    const canaries = [makeCanary('password'), makeCanary('rotated'), makeCanary('token')];
    const [password, , token] = canaries;
    const namespace = 'gatehouse-masking';
    const everything: string[] = [];

    const applied = JSON.stringify({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'database', namespace },
      stringData: { password: password?.value, empty: '' },
    });

    const through = async (...args: string[]) => {
      const result = await environment().kubectl([...args, '-v=10']);
      everything.push(result.stdout, result.stderr);
      return result;
    };

    beforeAll(async () => {
      const { directly } = environment();
      await directly(['create', 'namespace', namespace]);
      const created = await directly(['apply', '-f', '-'], { input: applied });
      expect(created.stderr).toBe('');
      await directly(['-n', namespace, 'create', 'secret', 'generic', 'api', `--from-literal=token=${token?.value}`]);
    });
    afterAll(async () => {
      await environment().directly(['delete', 'namespace', namespace, '--wait=false']);
    });

    it.each([
      ['case 34: as a table', ['get', 'secrets']],
      ['case 34: as a table with the objects', ['get', 'secrets', '--sort-by=.metadata.name']],
      ['case 34: as JSON', ['get', 'secrets', '-o', 'json']],
      ['case 34: as YAML', ['get', 'secret', 'database', '-o', 'yaml']],
      ['case 34: by jsonpath', ['get', 'secret', 'api', '-o', 'jsonpath={.data.token}']],
      ['case 34: by go-template', ['get', 'secret', 'api', '-o', 'go-template={{.data.token}}']],
      ['case 34: by custom columns', ['get', 'secrets', '-o', 'custom-columns=V:.data']],
      ['in pages', ['get', 'secrets', '--chunk-size=1', '-o', 'yaml']],
      ['by field selector', ['get', 'secrets', '--field-selector=metadata.name=api', '-o', 'yaml']],
      ['described', ['describe', 'secret', 'database']],
      ['case 36: after a label', ['label', 'secret', 'api', 'seen=yes', '--overwrite', '-o', 'yaml']],
      ['case 36: after an annotation', ['annotate', 'secret', 'api', 'seen=yes', '--overwrite', '-o', 'yaml']],
      ['case 36: after an empty merge patch', ['patch', 'secret', 'api', '--type=merge', '-p', '{}', '-o', 'yaml']],
      ['case 36: of a dry run', ['label', 'secret', 'api', 'dry=run', '--dry-run=server', '-o', 'yaml']],
      ['case 34: raw', ['get', '--raw', `/api/v1/namespaces/${namespace}/secrets/database`]],
      ['case 34: raw over all namespaces', ['get', '--raw', '/api/v1/secrets']],
    ])('%s, shows keys and masks', async (_name, args) => {
      const scope = args.includes('--raw') ? [] : ['-n', namespace];
      const { stdout, stderr, code } = await through(...scope, ...args);
      expect(code, stderr).toBe(0);
      expect(leaked(stdout + stderr, canaries)).toEqual([]);
    });

    it('puts base64 of a token of fixed length where a value was, for an empty one too', async () => {
      const { stdout } = await through('-n', namespace, 'get', 'secret', 'database', '-o', 'json');
      const { data } = JSON.parse(stdout) as { data: Record<string, string> };
      const tokens = Object.values(data).map((value) => Buffer.from(value, 'base64').toString());
      expect(Object.keys(data).sort()).toEqual(['empty', 'password']);
      for (const text of tokens) expect(text).toMatch(TOKEN);
      expect(new Set(tokens.map(({ length }) => length)).size).toBe(1);
    });

    it('keeps the keys of the last-applied annotation and masks its values', async () => {
      const { stdout } = await through('-n', namespace, 'get', 'secret', 'database', '-o', 'json');
      const { metadata } = JSON.parse(stdout) as { metadata: { annotations: Record<string, string> } };
      const lastApplied = metadata.annotations['kubectl.kubernetes.io/last-applied-configuration'] ?? '';
      const { stringData } = JSON.parse(lastApplied) as { stringData: Record<string, string> };
      expect(stringData.password).toMatch(TOKEN);
    });

    it('gives one value in one field one mask, so that a second read is the same', async () => {
      const read = async () =>
        (await through('-n', namespace, 'get', 'secret', 'api', '-o', 'jsonpath={.data}')).stdout;
      expect(await read()).toBe(await read());
    });

    it('says on stderr that values were masked', async () => {
      const { stderr } = await environment().kubectl(['-n', namespace, 'get', 'secret', 'api', '-o', 'yaml']);
      expect(stderr).toMatch(/Warning: .*masked/);
    });

    it('says nothing of masks in the metadata of a table’s rows, where nobody asked for values', async () => {
      const { stdout, stderr } = await environment().kubectl(['-n', namespace, 'get', 'secrets']);
      expect(stdout).toMatch(/database/);
      expect(stderr).not.toMatch(/masked/);
    });

    it.each([
      ['case 34: metadata of one', 'PartialObjectMetadata', '/database'],
      ['case 34: metadata of many', 'PartialObjectMetadataList', '?limit=1'],
      ['case 34: a table with the objects', 'Table', '?includeObject=Object'],
      ['case 35: a watch as tables', 'Table', '?watch=1&timeoutSeconds=1&includeObject=Object'],
    ])('%s holds no value', async (_name, as, target) => {
      const answer = await environment().request('GET', `/api/v1/namespaces/${namespace}/secrets${target}`, {
        Accept: `application/json;as=${as};v=v1;g=meta.k8s.io`,
      });
      everything.push(answer.body);
      expect(answer.status).toBe(200);
      expect(answer.body).toMatch(/last-applied|api/);
      expect(leaked(answer.body, canaries)).toEqual([]);
    });

    it('case 38: a token for a service account waits for a person', async () => {
      const { startKubectl, decideNext } = environment();
      const asking = startKubectl(['-n', namespace, 'create', 'token', 'default']);
      await decideNext('deny', 'no tokens');
      const { stdout, stderr, code } = await asking.done;
      expect(code).not.toBe(0);
      expect(stdout).toBe('');
      expect(stderr).toMatch(/no tokens/);
    });

    it.each([
      ['case 35: a compressed list', ''],
      ['case 35: a page', '?limit=1'],
      ['case 35: a watch that begins with what is there', `?watch=1&${INITIAL_EVENTS}&timeoutSeconds=1`],
      ['case 35: the same as tables', `?watch=1&${INITIAL_EVENTS}&timeoutSeconds=1`, TABLE],
    ])('%s, asked for with gzip, holds no value and can be read as it is', async (_name, query, accept = '*/*') => {
      const target = `/api/v1/namespaces/${namespace}/secrets${query}`;
      const headers = { 'Accept-Encoding': 'gzip', Accept: accept };
      const answer = await environment().request('GET', target, headers);
      everything.push(answer.body);
      expect(answer.status).toBe(200);
      const documents = answer.body.trim().split('\n');
      expect(documents.map((text) => typeof JSON.parse(text))).toEqual(documents.map(() => 'object'));
      expect(answer.body).toMatch(/"api"/);
      expect(leaked(answer.body, canaries)).toEqual([]);
    });

    it('case 35: the first event of a watch is there while the watch goes on', async () => {
      const { kubeconfig } = environment();
      const target = `/api/v1/namespaces/${namespace}/secrets?watch=1&timeoutSeconds=20`;
      const { socket, rest } = await sayAndStay(kubeconfig, requestHead(`GET {cluster}${target}`));
      let received = rest.toString();
      socket.on('data', (chunk: Buffer) => {
        received += chunk.toString();
      });
      socket.resume();
      await expect.poll(() => received, { interval: 20 }).toContain('"ADDED"');
      expect(socket.readableEnded).toBe(false);
      socket.destroy();
      expect(leaked(received, canaries)).toEqual([]);
    });

    it('case 35: masks every event of a watch, as it happens', async () => {
      const { startKubectl, directly } = environment();
      const watch = startKubectl(['-n', namespace, 'get', 'secrets', '-o', 'json', '--watch']);
      try {
        await watch.saw(/"name": "database"/);
        const patch = JSON.stringify({ stringData: { password: canaries[1]?.value, added: 'x' } });
        await directly(['-n', namespace, 'patch', 'secret', 'database', '--type=merge', '-p', patch]);
        await watch.saw(/"added": /);
      } finally {
        watch.stop();
      }
      const { stdout, stderr } = await watch.done;
      everything.push(stdout, stderr);
      expect(leaked(stdout + stderr, canaries)).toEqual([]);
    });

    it('masks the object that a refused patch would quote in its error', async () => {
      const { stderr, code } = await through(
        '-n',
        namespace,
        'patch',
        'secret',
        'database',
        '--type=merge',
        '-p',
        '{"data":{"password":7}}',
      );
      expect(code).not.toBe(0);
      expect(leaked(stderr, canaries)).toEqual([]);
    });

    it.each(['application/vnd.kubernetes.protobuf', 'application/yaml', 'application/cbor', ''])(
      'case 34: answers JSON to a client that accepts only "%s"',
      async (accept) => {
        const answer = await environment().request('GET', `/api/v1/namespaces/${namespace}/secrets`, {
          Accept: accept,
        });
        everything.push(answer.body);
        expect(JSON.parse(answer.body)).toMatchObject({ kind: 'SecretList' });
        expect(leaked(answer.body, canaries)).toEqual([]);
      },
    );

    it('leaks none of it into anything that the gateway sent, logged or wrote', async () => {
      expect(leaked(everything.join('\n'), canaries)).toEqual([]);
      expect(leaked(await environment().everythingWritten(), canaries)).toEqual([]);
    });
  });
}
