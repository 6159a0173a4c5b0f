import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { listContexts } from '../../../proxy/clusters/list-contexts.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-doubled-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A kubeconfig of one context, as kubeadm and others write it. */
function file(
  name: string,
  names: { readonly context: string; readonly cluster: string; readonly user: string },
): string {
  const path = join(folder, name);
  const { context, cluster, user } = names;
  const text = stringify({
    clusters: [{ name: cluster, cluster: { server: `https://${name}.example` } }],
    users: [{ name: user, user: { token: name } }],
    contexts: [{ name: context, context: { cluster, user } }],
  });
  writeFileSync(path, text);
  return path;
}

it('shows a context that two files define as kubectl uses it, once, and says which file is passed over', async () => {
  const first = file('first', { context: 'shop', cluster: 'c1', user: 'u1' });
  const second = file('second', { context: 'shop', cluster: 'c2', user: 'u2' });
  expect(await listContexts([first, second])).toMatchObject([
    {
      context: 'shop',
      server: 'https://first.example',
      file: first,
      passedOver: [{ kind: 'context', name: 'shop', used: first, files: [second] }],
    },
  ]);
  expect(await listContexts([second, first])).toMatchObject([{ server: 'https://second.example', file: second }]);
});

it('says where a context has got another file’s cluster and user than its own', async () => {
  const first = file('first', { context: 'one', cluster: 'kubernetes', user: 'kubernetes-admin' });
  const second = file('second', { context: 'two', cluster: 'kubernetes', user: 'kubernetes-admin' });
  expect(await listContexts([first, second])).toMatchObject([
    { context: 'one', server: 'https://first.example', passedOver: [] },
    {
      context: 'two',
      server: 'https://first.example',
      passedOver: [
        { kind: 'cluster', name: 'kubernetes', used: first, files: [second] },
        { kind: 'user', name: 'kubernetes-admin', used: first, files: [second] },
      ],
    },
  ]);
});

it('has nothing to say of files that do not overlap, of one that is named twice, nor of one that cannot be read', async () => {
  const first = file('first', { context: 'one', cluster: 'c1', user: 'u1' });
  const broken = join(folder, 'broken');
  writeFileSync(broken, 'contexts: [');
  const listed = await listContexts([
    first,
    first,
    broken,
    file('second', { context: 'two', cluster: 'c2', user: 'u2' }),
  ]);
  expect(listed.flatMap(({ passedOver }) => passedOver)).toEqual([]);
});
