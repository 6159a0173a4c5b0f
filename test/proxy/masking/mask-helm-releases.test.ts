import { describe, expect, it } from 'vitest';
import { maskDocument } from '../../../proxy/masking/mask-document.ts';
import type { RequestInfo } from '../../../proxy/request/api-request.ts';
import { arriving, KEY, secretsSubject } from './requests.ts';

async function mask(text: string, info: Partial<RequestInfo> = {}) {
  const { chunks, report } = await maskDocument(arriving(text), secretsSubject(info), { key: KEY });
  return { text: Buffer.concat(chunks).toString('utf8'), report };
}

describe('case 38: helm releases', () => {
  const release = {
    data: { release: 'SDRzSUFBQUE=' },
    metadata: { name: 'sh.helm.release.v1.web.v1', namespace: 'team-a', labels: { owner: 'helm', name: 'web' } },
    type: 'helm.sh/release.v1',
  };
  const list = (...items: object[]) => JSON.stringify({ kind: 'SecretList', items });

  it.each<[string, string, Partial<RequestInfo>]>([
    [
      'a get of a release',
      JSON.stringify({ kind: 'Secret', ...release }),
      { verb: 'get', name: release.metadata.name },
    ],
    [
      'known by its type alone',
      JSON.stringify({ kind: 'Secret', data: release.data, type: release.type }),
      { verb: 'get', name: 'x' },
    ],
    ['helm list', list(release), { labelSelector: 'owner=helm' }],
    ['helm history', list(release), { labelSelector: 'name=web,owner=helm' }],
    ['a set selector', list(release), { labelSelector: 'owner in (helm)' }],
    ['a selector with spaces', list(release), { labelSelector: 'a=b, owner == helm' }],
  ])('are refused, and not given a mask that helm would take for nothing: %s', async (_, text, info) => {
    await expect(mask(text, info)).rejects.toMatchObject({
      code: 'helm-release-not-maskable',
      status: 403,
      message: expect.stringContaining('helm releases cannot be masked yet'),
    });
  });

  it('an empty list by the selector of helm passes: it says the truth', async () => {
    expect((await mask(list(), { labelSelector: 'owner=helm' })).text).toBe(list());
  });

  it('a plain list that has releases in it is masked, so that kubectl get secrets goes on working', async () => {
    const { text, report } = await mask(list(release, { data: { k: 'djE=' }, metadata: { name: 'db' } }));
    expect(text).not.toContain(release.data.release);
    expect(report.maskedObjects).toBe(2);
  });

  it('metadata of releases passes: there is nothing in it', async () => {
    const text = JSON.stringify({ kind: 'Table', rows: [{ object: { metadata: release.metadata } }] });
    expect((await mask(text, { labelSelector: 'owner=helm' })).text).toBe(text);
  });

  it('the answer to a write is masked', async () => {
    const { text } = await mask(JSON.stringify({ kind: 'Secret', ...release }), {
      verb: 'update',
      name: release.metadata.name,
    });
    expect(text).not.toContain(release.data.release);
  });
});
