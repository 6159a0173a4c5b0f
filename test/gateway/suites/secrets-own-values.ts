import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { RunningGateway } from '../environment/running-gateway.ts';
import { type Canary, leaked, makeCanary } from './canaries.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests take objects apart
type Loose = any;

const NAMESPACE = 'gatehouse-own-values';
const PATH = `/api/v1/namespaces/${NAMESPACE}/secrets`;
const MASK = /gatehouse-masked\.v1\.|Z2F0ZWhvdXNlLW1hc2tlZC52MS/;
const INITIAL_EVENTS = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
const base64 = (text: string | Buffer): string => Buffer.from(text).toString('base64');

/** Values that labels and keys can hold, in nothing but letters, digits and a hyphen. */
const LABEL = `Own9-${Math.random().toString(36).slice(2)}Value7`;

/** What an operator, a script and a hurried person leave beside a Secret; `note` is none of it. */
function metadataOf({ value }: Canary, owner: string): Loose {
  const copy = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'own' }, stringData: { password: value } };
  return {
    labels: { app: 'shop', was: LABEL, [`k-${LABEL}`]: 'yes' },
    annotations: {
      note: 'kept as it is',
      'example.com/plain': value,
      'example.com/sentence': `the password is ${value} (do not tell)`,
      'example.com/base64': base64(`x${value}y`),
      'example.com/url': `https://shop:${encodeURIComponent(value)}@db/x`,
      'kapp.k14s.io/original-diff': `  data:\n-   password: ${base64(`old${value}`)}\n+   password: ${base64(value)}\n`,
      'example.com/yaml': stringify({ data: { x: `${'word '.repeat(12)}${value}` } }, { lineWidth: 24 }),
      'example.com/json': JSON.stringify({ a: JSON.stringify({ b: value }) }),
      'example.com/gzip': base64(gzipSync(JSON.stringify(copy))),
      'example.com/zlib': base64(deflateSync(base64(value))),
      'kubectl.kubernetes.io/last-applied-configuration': `${JSON.stringify({
        ...copy,
        metadata: { ...copy.metadata, annotations: { inner: `is ${value}`, packed: base64(gzipSync(value)) } },
      })}\n`,
      [`example.com/k-${LABEL}`]: 'x',
    },
    ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: LABEL.toLowerCase(), uid: owner }],
  };
}

/** Case 59: a Secret's own value in its annotations, labels or managedFields comes back by no road, and is kept by all. */
export function describeSecretsOwnValues(environment: () => RunningGateway): void {
  describe('case 59: a Secret that says its own value in its metadata', () => {
    const canary = makeCanary('own');
    const plain: Canary = { value: LABEL, forms: [LABEL, LABEL.toLowerCase(), base64(LABEL).slice(0, 20)] };
    const canaries = [canary, plain];
    const data = { password: canary.value, label: LABEL, lower: LABEL.toLowerCase(), username: 'postgres' };

    const kubectl = async (args: readonly string[], input?: string): Promise<string> => {
      const way = input === undefined ? {} : { input };
      const { stdout, stderr, code } = await environment().kubectl(['-n', NAMESPACE, ...args, '-v=9'], way);
      expect(code, stderr.slice(-3000)).toBe(0);
      return stdout + stderr;
    };
    const request = async (method: string, query: string, headers: Record<string, string>, body?: string) => {
      const answer = await environment().request(method, `${PATH}${query}`, headers, body);
      expect(answer.status).toBe(200);
      return `${JSON.stringify(answer.headers)}\n${answer.body}`;
    };
    const stored = async (name: string): Promise<Loose> => {
      const { stdout } = await environment().directly([
        '-n',
        NAMESPACE,
        'get',
        'secret',
        name,
        '-o',
        'json',
        '--show-managed-fields',
      ]);
      expect(stdout).not.toMatch(MASK);
      return JSON.parse(stdout);
    };
    let owner = '';
    const plant = async (name: string) => {
      const metadata = { ...metadataOf(canary, owner), name, namespace: NAMESPACE };
      const object = { apiVersion: 'v1', kind: 'Secret', metadata, stringData: data };
      const { stderr } = await environment().directly(['create', '-f', '-'], { input: JSON.stringify(object) });
      expect(stderr).toBe('');
    };

    beforeAll(async () => {
      const { directly } = environment();
      await directly(['create', 'namespace', NAMESPACE]);
      // What is owned by nothing that there is, the cluster's own collector takes away.
      const create = ['-n', NAMESPACE, 'create', 'configmap', LABEL.toLowerCase(), '-o', 'jsonpath={.metadata.uid}'];
      owner = (await directly(create)).stdout;
      await plant('own');
    });
    afterAll(async () => {
      await environment().directly(['delete', 'namespace', NAMESPACE, '--wait=false']);
    });

    const as = (kind: string): Record<string, string> => ({
      Accept: `application/json;as=${kind};v=v1;g=meta.k8s.io`,
    });
    const merge = { 'Content-Type': 'application/merge-patch+json' };

    it.each<[string, RegExp | null, () => Promise<string>]>([
      ['as YAML', MASK, () => kubectl(['get', 'secret', 'own', '-o', 'yaml', '--show-managed-fields'])],
      ['as JSON', MASK, () => kubectl(['get', 'secrets', '-o', 'json'])],
      ['as a table', null, () => kubectl(['get', 'secrets'])],
      ['as a table with labels', MASK, () => kubectl(['get', 'secrets', '--show-labels'])],
      ['as a wide table, sorted', null, () => kubectl(['get', 'secrets', '-o', 'wide', '--sort-by=.metadata.name'])],
      ['by custom columns', MASK, () => kubectl(['get', 'secrets', '-o', 'custom-columns=A:.metadata.annotations'])],
      ['described', MASK, () => kubectl(['describe', 'secret', 'own'])],
      ['in a list of everything', MASK, () => kubectl(['get', 'secrets', '-A', '-o', 'yaml'])],
      ['after a label', MASK, () => kubectl(['label', 'secret', 'own', 'seen=yes', '--overwrite', '-o', 'yaml'])],
      [
        'after an annotation',
        MASK,
        () => kubectl(['annotate', 'secret', 'own', 'seen=yes', '--overwrite', '-o', 'yaml']),
      ],
      [
        'after an empty patch',
        MASK,
        () => kubectl(['patch', 'secret', 'own', '--type=merge', '-p', '{}', '-o', 'json']),
      ],
      ['of a dry run', MASK, () => kubectl(['label', 'secret', 'own', 'dry=run', '--dry-run=server', '-o', 'yaml'])],
      ['of a delete that is only tried', null, () => kubectl(['delete', 'secret', 'own', '--dry-run=server'])],
      ['a table of metadata, raw', MASK, () => request('GET', '', as('Table'))],
      ['a table with objects, raw', MASK, () => request('GET', '?includeObject=Object', as('Table'))],
      ['a table without objects, raw', null, () => request('GET', '?includeObject=None', as('Table'))],
      ['metadata of one', MASK, () => request('GET', '/own', as('PartialObjectMetadata'))],
      ['metadata of many', MASK, () => request('GET', '?limit=5', as('PartialObjectMetadataList'))],
      [
        'metadata as client-go asks for it',
        MASK,
        () =>
          request('GET', '', {
            Accept:
              'application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json',
          }),
      ],
      ['a watch', MASK, () => request('GET', '?watch=1&timeoutSeconds=1', {})],
      ['a watch of metadata', MASK, () => request('GET', '?watch=1&timeoutSeconds=1', as('PartialObjectMetadata'))],
      ['a watch as tables', MASK, () => request('GET', '?watch=1&timeoutSeconds=1', as('Table'))],
      [
        'a watch of metadata that begins with what is there',
        MASK,
        () => request('GET', `?watch=1&timeoutSeconds=1&${INITIAL_EVENTS}`, as('PartialObjectMetadata')),
      ],
      [
        'metadata of what a patch changed',
        MASK,
        () =>
          request('PATCH', '/own', { ...as('PartialObjectMetadata'), ...merge }, '{"metadata":{"labels":{"p":"q"}}}'),
      ],
      [
        'metadata of what a delete would take',
        null,
        () => request('DELETE', '/own?dryRun=All', as('PartialObjectMetadata')),
      ],
    ])('%s', async (_name, shows, take) => {
      const taken = await take();
      if (shows !== null) expect(taken).toMatch(shows);
      expect(leaked(taken, canaries)).toEqual([]);
    });

    it('metadata alone is what it was asked for, and says of other fields what the cluster says', async () => {
      const { body } = await environment().request('GET', `${PATH}/own`, as('PartialObjectMetadata'));
      const shown = JSON.parse(body) as Loose;
      const { metadata } = await stored('own');
      expect(shown).toMatchObject({ kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' });
      expect(Object.keys(shown).sort()).toEqual(['apiVersion', 'kind', 'metadata']);
      expect(shown.metadata).toMatchObject({
        uid: metadata.uid,
        resourceVersion: metadata.resourceVersion,
        annotations: { note: 'kept as it is' },
      });
      expect(shown.metadata.labels.app).toBe('shop');
      const list = await environment().request('GET', PATH, as('PartialObjectMetadataList'));
      expect(JSON.parse(list.body)).toMatchObject({
        kind: 'PartialObjectMetadataList',
        apiVersion: 'meta.k8s.io/v1',
        metadata: { resourceVersion: expect.stringMatching(/^\d+$/) },
        items: expect.arrayContaining([expect.objectContaining({ kind: 'PartialObjectMetadata' })]),
      });
    });

    it.each(['app=shop', `was=${LABEL}`])('is found by its labels as they are: %s', async (selector) => {
      expect(await kubectl(['get', 'secrets', '-l', selector, '-o', 'name'])).toMatch(/secret\/own/);
    });

    describe('written back', () => {
      const shown = async (name: string, ...output: string[]) =>
        (await environment().kubectl(['-n', NAMESPACE, 'get', 'secret', name, ...output])).stdout;
      /** All of the metadata that people and tools write, and the data. */
      const essence = ({ metadata, data: values, type }: Loose) => {
        const { 'kubectl.kubernetes.io/last-applied-configuration': _copy, ...annotations } = metadata.annotations;
        return { annotations, labels: metadata.labels, owners: metadata.ownerReferences, values, type };
      };

      it.each<[string, (name: string) => Promise<unknown>]>([
        ['apply', async (name) => kubectl(['apply', '-f', '-'], await shown(name, '-o', 'yaml'))],
        ['replace', async (name) => kubectl(['replace', '-f', '-'], await shown(name, '-o', 'json'))],
        [
          'replace with managedFields',
          async (name) => kubectl(['replace', '-f', '-'], await shown(name, '-o', 'json', '--show-managed-fields')),
        ],
        [
          'server-side apply',
          async (name) => {
            const object = JSON.parse(await shown(name, '-o', 'json')) as Loose;
            object.metadata.managedFields = undefined;
            return kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], JSON.stringify(object));
          },
        ],
        [
          'edit',
          async (name) => {
            const { kubeconfig: _kubeconfig, folder } = environment();
            const editor = join(folder, 'own-values-editor');
            await writeFile(editor, `#!/bin/sh\nsed -i 's/kept as it is/changed/' "$1"\n`, { mode: 0o700 });
            const way = { environment: { KUBE_EDITOR: editor } };
            const { code, stderr } = await environment().kubectl(['-n', NAMESPACE, 'edit', 'secret', name], way);
            expect(code, stderr).toBe(0);
            await environment().directly([
              '-n',
              NAMESPACE,
              'annotate',
              'secret',
              name,
              'note=kept as it is',
              '--overwrite',
            ]);
          },
        ],
        ['label', async (name) => kubectl(['label', 'secret', name, 'app=shop', '--overwrite'])],
        ['annotate', async (name) => kubectl(['annotate', 'secret', name, 'note=kept as it is', '--overwrite'])],
        [
          'an update by a client that read all of it',
          async (name) => {
            const answer = await environment().request('GET', `${PATH}/${name}`, { Accept: 'application/json' });
            const back = await environment().request(
              'PUT',
              `${PATH}/${name}`,
              { 'Content-Type': 'application/json' },
              answer.body,
            );
            expect(back.status, back.body).toBe(200);
          },
        ],
      ])('by %s, every value is what it was', async (way, act) => {
        const name = `own-${way.replaceAll(/[^a-z]+/g, '-')}`;
        await plant(name);
        const before = await stored(name);
        await act(name);
        const after = await stored(name);
        expect(essence(after)).toEqual(essence(before));
        expect(after.metadata.managedFields.length).toBeGreaterThan(0);
      });

      it('a conflict of server-side apply about a label that is named after a value does not name it', async () => {
        // Who planted it owns the label.
        const { metadata } = JSON.parse(await shown('own', '-o', 'json')) as Loose;
        const key = Object.keys(metadata.labels).find((label) => label.startsWith('gatehouse-masked')) ?? '';
        const labels = { [key]: 'mine' };
        const body = JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'own', labels } });
        const type = { 'Content-Type': 'application/apply-patch+yaml' };
        const answer = await environment().request('PATCH', `${PATH}/own?fieldManager=other`, type, body);
        expect(answer.status, answer.body).toBe(409);
        expect(leaked(answer.body, canaries)).toEqual([]);
      });

      it.each<[string, (object: Loose) => Loose]>([
        ['in another label', ({ metadata }) => ({ labels: { other: metadata.labels.was } })],
        ['in gzip', (object) => ({ annotations: { 'example.com/gzip': base64(gzipSync(JSON.stringify(object))) } })],
        [
          'with a text around it',
          ({ metadata }) => ({ annotations: { note: `is ${metadata.annotations['example.com/plain']}` } }),
        ],
      ])('a mask %s is refused, and nothing is written', async (_name, change) => {
        const object = JSON.parse(await shown('own', '-o', 'json')) as Loose;
        const before = await stored('own');
        const body = JSON.stringify({ metadata: change(object) });
        const answer = await environment().request('PATCH', `${PATH}/own`, merge, body);
        expect(answer.status).toBe(422);
        expect(leaked(answer.body, canaries)).toEqual([]);
        expect(await stored('own')).toEqual(before);
      });
    });

    it('nothing of it is in the journal, the log, a recording or an approval', async () => {
      const { everythingWritten, gateway } = environment();
      // The other value stands in a selector that the client itself wrote.
      expect(leaked(await everythingWritten(), [canary])).toEqual([]);
      expect(leaked(JSON.stringify(gateway.approvals()), canaries)).toEqual([]);
    });
  });
}
