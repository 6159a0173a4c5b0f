import { describe, expect, it } from 'vitest';
import { PODS_PATH } from './objects.ts';
import { ALLOW_ALL, pipeline } from './pipeline.ts';

const EVE = '  - {id: eve, effect: allow, match: {impersonation: {any: true}}}\n';
const asked = { target: PODS_PATH, headers: ['Impersonate-User: eve', 'Impersonate-Group: web'] };

/** A cluster whose credential may say who is behind a request, or may not. */
function clusterThatLets(allowed: boolean) {
  return pipeline({
    rules: ALLOW_ALL + EVE,
    cluster: ({ target }) =>
      target.includes('selfsubjectaccessreviews') ? { status: 201, body: { status: { allowed } } } : {},
  });
}

describe('a request as somebody else', () => {
  it.each([
    ['names the engineer to a cluster whose credential may', true, 'local:ada'],
    ['does not where it may not', false, undefined],
  ])('%s', async (_, allowed, said) => {
    const gate = clusterThatLets(allowed);
    await gate.serve(asked);
    const sent = gate.sent.find(({ target }) => target === PODS_PATH);
    expect(sent?.header('Impersonate-User')).toBe('eve');
    expect(sent?.header('Impersonate-Group')).toBe('web');
    expect(sent?.header('Impersonate-Extra-Gatehouse.dev%2Foriginal-user')).toBe(said);
  });

  it('is recorded as both: who asked, and as whom it runs', async () => {
    const gate = clusterThatLets(false);
    await gate.serve(asked);
    expect(gate.decided()).toMatchObject([
      {
        principal: { user: 'local:ada' },
        effective: { user: 'eve', groups: ['web', 'system:authenticated'] },
        credential: 'tester',
        cluster: 'test',
      },
    ]);
  });

  it('that policy denies is recorded so too', async () => {
    const gate = pipeline({ rules: ALLOW_ALL });
    await gate.serve(asked);
    expect(gate.decided()).toMatchObject([{ decision: { outcome: 'deny' }, effective: { user: 'eve' } }]);
    expect(gate.sent).toEqual([]);
  });
});
