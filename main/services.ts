import { userInfo } from 'node:os';
import { join } from 'node:path';
import { app, MessageChannelMain, safeStorage, utilityProcess } from 'electron';
import { ReachWatch } from '../proxy/reach/reach-watch.ts';
import { Clusters } from './clusters/clusters.ts';
import { DemoCluster } from './clusters/demo-cluster.ts';
import { KubeconfigWatch } from './clusters/kubeconfig-watch.ts';
import { onNetworkChange } from './clusters/network-change.ts';
import { awaitedKubeconfigFiles, ownKubeconfigFiles, withoutKubeconfig } from './environment/kubeconfig-environment.ts';
import { type Environment, loginShellEnvironment } from './environment/login-shell-environment.ts';
import { withToolsFolder } from './environment/tools-folder.ts';
import type { Folders } from './folders.ts';
import { GatewayService } from './gateway/gateway-service.ts';
import type { Fork } from './hosts/supervised-host.ts';
import { gatewayKeys } from './keystore/gateway-keys.ts';
import { openKeystore } from './keystore/keystore.ts';
import type { HostLog } from './log.ts';
import { recordingWindows } from './recordings/recording-windows.ts';
import { Recordings } from './recordings/recordings.ts';
import { appAccess } from './secrets/app-access.ts';
import { openDoor } from './secrets/gateway-door.ts';
import { Secrets } from './secrets/secrets.ts';
import type { SettingsStore } from './settings/settings-store.ts';
import { TerminalService } from './terminals/terminal-service.ts';
import { Terminals } from './terminals/terminals.ts';
import { type Hearers, startHosts, stopHosts, wire } from './wiring.ts';
import { Workspace } from './workspace/workspace.ts';
import { WorkspaceFile } from './workspace/workspace-file.ts';

export interface ServicesOptions extends Omit<Hearers, 'log'> {
  readonly folders: Folders;
  readonly settings: SettingsStore;
  readonly log: HostLog;
  /** Folder of the built hosts. */
  readonly built: string;
  readonly preload: string;
}

/** Everything that runs while the app does. */
export interface Services {
  readonly principal: string;
  /** The login shell's environment. */
  readonly environment: Environment;
  readonly gateway: GatewayService;
  readonly clusters: Clusters;
  readonly reachWatch: ReachWatch;
  readonly terminals: Terminals;
  readonly terminalService: TerminalService;
  readonly secrets: Secrets;
  readonly recordings: Recordings;
  readonly workspace: Workspace;
  /** What was open in the last run is open again, as far as it can be. */
  readonly broughtBack: Promise<void>;
  /** As {@link stopHosts} has it. */
  stop(): Promise<void>;
}

/**
 * Builds the services, each from those above it, ties their events together (`wiring.ts`) and starts the hosts; does not
 * wait until these run, so that the window shows what they do.
 */
export async function startServices(options: ServicesOptions): Promise<Services> {
  const { folders, settings, log, built, preload } = options;
  const principal = `local:${userInfo().username}`;
  const environment = withToolsFolder(await loginShellEnvironment());
  const keystore = openKeystore(safeStorage, folders.keys, process.platform);
  const fork: Fork = (entry, words, forked) => utilityProcess.fork(entry, words, forked);
  const host = (name: string) => ({
    fork,
    entry: join(built, `${name}-host.js`),
    environment: withoutKubeconfig(environment),
    log: log.lines(name),
  });

  const gateway = new GatewayService({
    ...host('gateway'),
    folders,
    keys: await gatewayKeys(keystore),
    principal: { user: principal, groups: ['gatehouse:local'] },
    notices: keystore.notice === null ? [] : [keystore.notice],
    port: { get: () => settings.gatewayPort, set: (port) => Object.assign(settings, { gatewayPort: port }) },
  });
  const demo = new DemoCluster({ ...host('demo'), folder: folders.demo });
  const clusters = new Clusters({
    gateway,
    demo,
    files: () => [...ownKubeconfigFiles(environment), ...settings.read().kubeconfigFiles],
  });
  const reachWatch = new ReachWatch({
    look: (slug, look) => gateway.call('lookAtCluster', { slug, look }),
    onReach: (slug, reach) => clusters.found(slug, reach),
  });
  const kubeconfigs = new KubeconfigWatch(
    () => [...awaitedKubeconfigFiles(environment), ...settings.read().kubeconfigFiles],
    () => {
      clusters.reread().then(
        () => reachWatch.lookSoon(),
        (error) => log.line('the kubeconfig files changed and could not be read again', error),
      );
    },
  );
  const terminalService = new TerminalService({
    ...host('terminal'),
    folders,
    openChannel: () => new MessageChannelMain(),
  });
  const terminals = new Terminals({
    gateway,
    service: terminalService,
    cluster: (slug) => clusters.connected(slug),
    environment,
    principal,
    version: app.getVersion(),
    settings: () => settings.read(),
    log: log.lines('terminals'),
  });
  const workspace = new Workspace({
    file: new WorkspaceFile(join(folders.root, 'workspace.json'), (error) =>
      log.line('what is open could not be written down', error),
    ),
    clusters,
    terminals,
    wanted: () => settings.read().bringBack,
    log: log.lines('workspace'),
  });
  const recordings = new Recordings(terminalService, recordingWindows(preload));
  const access = appAccess(
    (request) => gateway.openAccess(request),
    () => accessNames(gateway, clusters),
  );
  const secrets = new Secrets(openDoor(access), () => settings.read().revealSeconds);

  const hosts = { gateway, demo, terminalService };
  wire({ ...hosts, clusters, reachWatch, terminals, recordings, workspace }, options);
  startHosts(hosts, log);
  const broughtBack = workspace.bringBack();
  kubeconfigs.start();
  const endNetwork = onNetworkChange(() => reachWatch.lookSoon());
  return {
    principal,
    environment,
    gateway,
    clusters,
    reachWatch,
    terminals,
    terminalService,
    secrets,
    recordings,
    workspace,
    broughtBack,
    stop: () => {
      workspace.close();
      kubeconfigs.stop();
      endNetwork();
      reachWatch.pause();
      return stopHosts(hosts);
    },
  };
}

/** What the kubeconfig of the app's own session names: it is written anew when this changes. */
function accessNames(gateway: GatewayService, clusters: Clusters): string {
  const connected = clusters.entries().filter(({ state }) => state === 'connected');
  return [gateway.status().url, ...connected.map(({ slug }) => slug)].join();
}
