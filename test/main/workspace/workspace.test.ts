import { describe, expect, test } from 'vitest';
import { EMPTY, type StoredWorkspace } from '../../../main/workspace/read-workspace.ts';
import { Workspace } from '../../../main/workspace/workspace.ts';
import type { ClusterEntry, TerminalEntry } from '../../../preload/contract.ts';
import * as data from '../../renderer/bridge-data.ts';

const STORED: StoredWorkspace = {
  clusters: [
    { slug: 'demo', demo: true },
    { slug: 'staging', demo: false },
  ],
  terminals: [
    { cluster: 'staging', namespace: 'web', folder: '/srv' },
    { cluster: 'prod-eu', namespace: 'payments', folder: null },
  ],
  activeTerminal: 1,
  place: { screen: 'secrets', item: null, cluster: 'staging', terminal: 't-old' },
};

/** A workspace whose clusters and terminals note what they are asked, and fail where a test says so. */
function setUp(
  given: { readonly stored?: StoredWorkspace; readonly wanted?: boolean; readonly failing?: readonly string[] } = {},
) {
  const { stored = STORED, wanted = true, failing = [] } = given;
  const steps: string[] = [];
  const written: StoredWorkspace[] = [];
  const step = async (name: string): Promise<void> => {
    steps.push(name);
    if (failing.includes(name)) throw new Error(name);
  };
  let terminals: readonly TerminalEntry[] = [];
  const [template] = data.terminals;
  if (template === undefined) throw new Error('the tests have no terminal');
  const workspace = new Workspace({
    file: { read: () => stored, write: (now) => written.push(now()), close: () => undefined },
    clusters: {
      entries: () => data.clusters,
      refresh: async () => {
        await step('refresh');
        return data.clusters;
      },
      comeBack: (slug: string) => step(`comeBack ${slug}`),
      startDemo: async () => {
        await step('startDemo');
        return data.clusters[0] as ClusterEntry;
      },
    },
    terminals: {
      entries: () => terminals,
      folderOf: (id) => (id === 't-0' ? '/srv' : null),
      bringBack: (tabs) => {
        terminals = tabs.map((tab, index) => ({ ...template, ...tab, id: `t-${index}`, state: 'waiting' as const }));
        return terminals.map(({ id }) => id);
      },
    },
    wanted: () => wanted,
    log: () => undefined,
  });
  return { workspace, steps, written };
}

describe('at the start', () => {
  test('terminals are there first, then the clusters of then and of the terminals, each once', async () => {
    const { workspace, steps } = setUp();
    const place = workspace.bringBack().then(() => workspace.placeAtStart());
    expect(await place).toEqual({ place: STORED.place, terminal: 't-1' });
    expect(steps).toEqual(['refresh', 'startDemo', 'comeBack demo', 'comeBack staging', 'comeBack prod-eu']);
  });

  test('what cannot be had costs itself and nothing else', async () => {
    const { workspace, steps } = setUp({ failing: ['refresh', 'startDemo', 'comeBack staging'] });
    await workspace.bringBack();
    expect(steps).toContain('comeBack prod-eu');
    expect(await workspace.placeAtStart()).toMatchObject({ terminal: 't-1' });
  });

  test('nothing comes back for a person who does not want it', async () => {
    const { workspace, steps } = setUp({ wanted: false });
    await workspace.bringBack();
    expect(steps).toEqual([]);
    expect(await workspace.placeAtStart()).toBeNull();
  });

  test('nothing is written before all is back: less is open then than was', async () => {
    const { workspace, written } = setUp();
    const coming = workspace.bringBack();
    workspace.changed();
    workspace.moved({ screen: 'clusters', item: null, cluster: null, terminal: null });
    expect(written).toEqual([]);
    await coming;
    expect(written.at(-1)?.terminals).toEqual(STORED.terminals);
  });
});

test('what is open is written with the terminal in front, and clusters that are not without them', async () => {
  const { workspace, written } = setUp();
  await workspace.bringBack();
  workspace.moved({ screen: 'terminal', item: null, cluster: 'staging', terminal: 't-1' });
  const now = written.at(-1) ?? EMPTY;
  expect(now.activeTerminal).toBe(1);
  const open = data.clusters.filter(({ state }) => ['connected', 'connecting', 'signed-out', 'failed'].includes(state));
  expect(now.clusters).toEqual(open.map(({ slug, demo }) => ({ slug, demo })));
  expect(now.clusters).not.toHaveLength(data.clusters.length);
});
