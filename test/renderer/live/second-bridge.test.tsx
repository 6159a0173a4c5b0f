import type { QueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { CallName } from '../../../preload/contract.ts';
import { ClustersScreen } from '../../../renderer/features/clusters/clusters-screen.tsx';
import { type ClusterActions, useClusterActions } from '../../../renderer/features/clusters/use-cluster-actions.ts';
import { SettingsScreen } from '../../../renderer/features/settings/settings-screen.tsx';
import { invoke, type LiveBridge } from '../../../renderer/live/bridge.ts';
import { LiveDocument } from '../../../renderer/live/live-document.tsx';
import { createQueryClient, followEvents, type LiveCall } from '../../../renderer/live/live-queries.ts';
import { NavigationProvider } from '../../../renderer/live/navigation.tsx';
import { type BridgeDouble, createBridgeDouble } from '../bridge-double.ts';

/*
 * The screens on a bridge that is not Electron's, in a process that has no window to reach around it with. They are
 * drawn as a server would: what has been read is there, and effects do not run.
 */

const READ: readonly LiveCall[] = [
  'app.info',
  'settings.read',
  'gateway.status',
  'clusters.list',
  'terminals.list',
  'policy.state',
];

interface SecondDocument {
  readonly double: BridgeDouble;
  /** The names of the calls so far. */
  called(): readonly CallName[];
  draw(Screen: (props: { readonly title: string }) => ReactNode): string;
}

/** A document on a bridge in memory, with what its screens show read. */
async function openDocument(options: { readonly firstRun?: boolean } = {}): Promise<SecondDocument> {
  const double = createBridgeDouble(options);
  const bridge: LiveBridge = double;
  const queryClient = createQueryClient();
  followEvents(bridge, queryClient);
  await Promise.all(READ.map((name) => read(bridge, queryClient, name)));
  return {
    double,
    called: () => double.calls.map(({ name }) => name),
    draw: (Screen) =>
      renderToStaticMarkup(
        <LiveDocument bridge={bridge} queryClient={queryClient} nonce="">
          <NavigationProvider>
            <Screen title="A screen" />
          </NavigationProvider>
        </LiveDocument>,
      ),
  };
}

function read(bridge: LiveBridge, queryClient: QueryClient, name: LiveCall): Promise<unknown> {
  return queryClient.fetchQuery({ queryKey: [name], queryFn: () => invoke<LiveCall>(bridge, name, undefined) });
}

test('there is no window to go around the bridge with', () => {
  expect(globalThis).not.toHaveProperty('window');
});

test('a screen shows what the bridge answers', async () => {
  const { draw } = await openDocument();
  const settings = draw(SettingsScreen);
  expect(settings).toContain('/home/mira/.config/Gatehouse/recordings');
  expect(settings).toContain('https://127.0.0.1:41873');
});

test('an event of the bridge changes what a screen shows', async () => {
  const { double, draw } = await openDocument();
  const problem = { code: 'gateway-crashed', message: 'It ended', details: '', reference: null };
  double.emit('gateway.changed', { state: 'failed', url: null, restarts: 3, problem, notices: [] });
  expect(draw(SettingsScreen)).toContain('Not running (failed)');
});

test('what a person does on a screen is a call of the bridge, and its event comes back to the screen', async () => {
  const { draw, called } = await openDocument({ firstRun: true });
  let actions: ClusterActions | undefined;
  const Screen = () => {
    actions = useClusterActions();
    return <ClustersScreen title="Clusters" />;
  };
  expect(draw(Screen)).toContain('Try the demo cluster');
  actions?.startDemo();
  expect(called()).toContain('clusters.startDemo');
  expect(draw(Screen)).not.toContain('Try the demo cluster');
});
