import { describe, expect, it } from 'vitest';
import { isMisnamed, judgeResource } from '../../../../proxy/policy/match/judge-resource.ts';
import { compileResources } from '../../../../proxy/policy/match/resource-pattern.ts';
import { BUILT_IN_RESOURCES, writtenResource } from '../../../../proxy/resources/built-in-resources.ts';
import { verbsOf } from '../../../../proxy/resources/resource-verbs.ts';

const all = BUILT_IN_RESOURCES.map((one) => ({ ...one, written: writtenResource(one) }));

describe('each built-in resource', () => {
  it.each(all)('$written is right, with each of its subresources', ({ written, subresources, ...one }) => {
    for (const subresource of ['', ...subresources]) {
      expect(judgeResource(`${written}${subresource && `/${subresource}`}`).kind).toBe('possible');
      expect(verbsOf(one, subresource)).not.toEqual([]);
    }
  });

  it.each(all.filter(({ group }) => group !== ''))('$written is refused without its group', ({ resource, written }) => {
    // There are events in the core group too.
    if (resource === 'events') return;
    expect(judgeResource(resource)).toMatchObject({ kind: 'impossible', message: expect.stringContaining(written) });
  });

  it.each(all)(
    '$written is refused by its kind and its short names',
    ({ kind, shortNames, group, resource, written }) => {
      for (const word of [kind.toLowerCase(), ...shortNames].filter((one) => one !== resource)) {
        const pattern = group === '' ? word : `${word}.${group}`;
        expect(judgeResource(pattern)).toMatchObject({ kind: 'impossible', message: expect.stringContaining(written) });
        expect(isMisnamed(pattern)).toBe(true);
      }
    },
  );

  it('is matched by nothing that is refused', () => {
    const words = all.flatMap(({ kind, shortNames, resource }) => [kind.toLowerCase(), resource, ...shortNames]);
    const groups = ['', ...new Set(all.map(({ group }) => `.${group}`)), '.core', '.v1', '.rbac'];
    const subresources = ['', '/exec', '/status', '/scale', '/finalizers', '/metrics'];
    const refused = ['*', ...words]
      .flatMap((word) =>
        groups.flatMap((group) => subresources.map((sub) => `${word}${group === '.' ? '' : group}${sub}`)),
      )
      .filter((pattern) => judgeResource(pattern).kind === 'impossible');
    expect(refused.length).toBeGreaterThan(1000);
    const isRefused = compileResources(refused);
    for (const { group, resource, subresources: own } of all) {
      expect(isRefused(group, resource), resource).toBe(false);
      for (const sub of own) expect(isRefused(group, `${resource}/${sub}`), `${resource}/${sub}`).toBe(false);
    }
  });
});
