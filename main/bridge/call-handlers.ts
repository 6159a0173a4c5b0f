import type { BrowserWindow } from 'electron';
import type { AppInfo, EventName, Payload, Settings } from '../../preload/contract.ts';
import type { ShownApprovals } from '../approvals/shown-approvals.ts';
import type { Clusters } from '../clusters/clusters.ts';
import type { Folders } from '../folders.ts';
import type { GatewayService } from '../gateway/gateway-service.ts';
import { HostError } from '../hosts/protocol.ts';
import type { Recordings } from '../recordings/recordings.ts';
import type { Secrets } from '../secrets/secrets.ts';
import type { SettingsStore } from '../settings/settings-store.ts';
import type { Terminals } from '../terminals/terminals.ts';
import type { CallHandlers } from './handle-calls.ts';

export interface CallHandlersOptions {
  readonly folders: Pick<Folders, 'policy' | 'data' | 'recordings' | 'kubeconfigs' | 'logs'>;
  readonly settings: Pick<SettingsStore, 'read' | 'write'>;
  readonly services: Promise<CalledServices>;
  readonly window: () => Pick<BrowserWindow, 'isVisible' | 'isMinimized'> | null;
  readonly tell: <Name extends EventName>(name: Name, payload: Payload<Name>) => void;
  readonly shownApprovals: ShownApprovals;
  readonly appInfo: () => Promise<AppInfo>;
  /** Shows a folder in the file manager. @returns why it could not, or nothing. */
  readonly openPath: (path: string) => Promise<string>;
  readonly copy: (text: string) => void;
  readonly followTheme: (theme: Settings['theme']) => void;
  /** The system's own dialog; none where it was cancelled. */
  readonly chooseKubeconfigs: () => Promise<readonly string[]>;
  /** Keeps the window out of screenshots and screen sharing for a while. */
  readonly protectContent: (milliseconds: number) => void;
}

/** Of the services, what calls are answered with. */
export interface CalledServices {
  readonly principal: string;
  readonly gateway: Pick<GatewayService, 'status' | 'restart' | 'call' | 'openAccess'>;
  readonly clusters: Pick<Clusters, 'refresh' | 'connect' | 'disconnect' | 'connected' | 'startDemo' | 'stopDemo'>;
  readonly terminals: Pick<Terminals, 'entries' | 'open' | 'close' | 'restart' | 'setNamespace'>;
  readonly secrets: Pick<Secrets, 'namespaces' | 'list' | 'reveal'>;
  readonly recordings: Pick<Recordings, 'list' | 'read' | 'play' | 'export' | 'requireOwn'>;
}

/** What each call of the contract does. Each is one step into the service that owns the matter. */
export function callHandlers(options: CallHandlersOptions): CallHandlers {
  const { folders, settings, services, window, tell, shownApprovals, protectContent } = options;
  const { appInfo, openPath, copy, followTheme, chooseKubeconfigs } = options;
  const changeSettings = (change: Partial<Settings>): Settings => {
    const changed = settings.write(change);
    followTheme(changed.theme);
    tell('settings.changed', changed);
    return changed;
  };

  return {
    'app.info': () => appInfo(),
    'app.openFolder': async (folder) => {
      const problem = await openPath(folders[folder]);
      if (problem) throw new HostError('folder-not-opened', problem);
    },
    'app.copy': (text) => copy(text),

    'settings.read': () => settings.read(),
    'settings.write': ({ kubeconfigFiles, ...change }) => {
      const known = settings.read().kubeconfigFiles;
      // The page may drop a kubeconfig; which file is read next is chosen in the system's dialog only.
      const kept = kubeconfigFiles && { kubeconfigFiles: known.filter((file) => kubeconfigFiles.includes(file)) };
      return changeSettings({ ...present(change), ...kept });
    },

    'gateway.status': async () => (await services).gateway.status(),
    'gateway.restart': async () => (await services).gateway.restart(),

    'clusters.list': async () => (await services).clusters.refresh(),
    'clusters.addKubeconfig': async () => {
      const { clusters } = await services;
      const chosen = await chooseKubeconfigs();
      const files = [...new Set([...settings.read().kubeconfigFiles, ...chosen])];
      if (chosen.length > 0) changeSettings({ kubeconfigFiles: files });
      return clusters.refresh();
    },
    'clusters.connect': async (slug) => (await services).clusters.connect(slug),
    'clusters.disconnect': async (slug) => (await services).clusters.disconnect(slug),
    'clusters.startDemo': async () => (await services).clusters.startDemo(),
    'clusters.stopDemo': async () => (await services).clusters.stopDemo(),
    'clusters.copyOutsideLine': async () => {
      const { gateway } = await services;
      const kubeconfig = await gateway.openAccess({
        kind: 'outside',
        id: 'outside',
        cluster: null,
        namespace: null,
        writeTo: null,
      });
      const line = `export KUBECONFIG='${kubeconfig.replaceAll("'", "'\\''")}'`;
      copy(line);
      return line;
    },

    'terminals.list': async () => (await services).terminals.entries(),
    'terminals.open': async (request) => (await services).terminals.open(request),
    'terminals.close': async (id) => (await services).terminals.close(id),
    'terminals.restart': async (id) => (await services).terminals.restart(id),
    'terminals.setNamespace': async ({ id, namespace }) => (await services).terminals.setNamespace(id, namespace),

    'secrets.namespaces': async (cluster) => {
      const { clusters, secrets } = await services;
      return secrets.namespaces(clusters.connected(cluster).slug);
    },
    'secrets.list': async ({ cluster, namespace }) => {
      const { clusters, secrets } = await services;
      return secrets.list(clusters.connected(cluster).slug, namespace);
    },
    'secrets.reveal': async (request) => {
      const { clusters, secrets } = await services;
      const revealed = await secrets.reveal({ ...request, cluster: clusters.connected(request.cluster).slug });
      protectContent(Date.parse(revealed.expiresAt) - Date.now());
      return revealed;
    },

    'approvals.list': async () => {
      const approvals = await (await services).gateway.call('approvals', undefined);
      shownApprovals.told(approvals);
      return approvals;
    },
    'approvals.review': async (vote) => {
      const { gateway, principal } = await services;
      const shownIn = window();
      shownApprovals.requireShown(vote.id, shownIn?.isVisible() === true && !shownIn.isMinimized());
      return gateway.call('review', { ...vote, by: principal });
    },

    'streams.list': async () => (await services).gateway.call('streams', undefined),
    'streams.end': async (end) => {
      const { gateway, principal } = await services;
      return gateway.call('endStream', { ...end, by: principal });
    },

    'journal.query': async ({ filter, limit, before }) =>
      (await services).gateway.call('journal', { filter: present(filter), limit, before: before ?? null }),

    'recordings.list': async () => (await services).recordings.list(),
    'recordings.read': async (id, { sender }) => {
      const { recordings } = await services;
      recordings.requireOwn(id, sender);
      return recordings.read(id);
    },
    'recordings.play': async (id) => (await services).recordings.play(id),
    'recordings.export': async (id, { sender }) => {
      const { recordings } = await services;
      recordings.requireOwn(id, sender);
      await recordings.export(id, sender);
    },

    'policy.state': async () => (await services).gateway.call('policy', undefined),
  };
}

/** The same without its undefined fields, as exact optional properties want it. */
function present<Shape extends object>(shape: Shape): { [Key in keyof Shape]: Exclude<Shape[Key], undefined> } {
  return Object.fromEntries(Object.entries(shape).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Shape]: Exclude<Shape[Key], undefined>;
  };
}
