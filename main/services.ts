import { userInfo } from 'node:os';
import { join } from 'node:path';
import { app, safeStorage, utilityProcess } from 'electron';
import type { EventName, Payload } from '../preload/contract.ts';
import { Clusters } from './clusters/clusters.ts';
import { DemoCluster } from './clusters/demo-cluster.ts';
import { ownKubeconfigFiles, withoutKubeconfig } from './environment/kubeconfig-environment.ts';
import { type Environment, loginShellEnvironment } from './environment/login-shell-environment.ts';
import { withToolsFolder } from './environment/tools-folder.ts';
import type { Folders } from './folders.ts';
import { GatewayService } from './gateway/gateway-service.ts';
import type { Fork } from './hosts/supervised-host.ts';
import { gatewayKeys } from './keystore/gateway-keys.ts';
import { openKeystore } from './keystore/keystore.ts';
import type { HostLog } from './log.ts';
import { Recordings } from './recordings/recordings.ts';
import { appAccess } from './secrets/app-access.ts';
import { openDoor } from './secrets/gateway-door.ts';
import { Secrets } from './secrets/secrets.ts';
import type { SettingsStore } from './settings/settings-store.ts';
import { TerminalService } from './terminals/terminal-service.ts';
import { Terminals } from './terminals/terminals.ts';

export interface ServicesOptions {
  readonly folders: Folders;
  readonly settings: SettingsStore;
  readonly log: HostLog;
  /** Folder of the built hosts. */
  readonly built: string;
  readonly preload: string;
  /** Tells the page. */
  readonly tell: <Name extends EventName>(name: Name, payload: Payload<Name>) => void;
  readonly onApproval: (approval: Payload<'approvals.changed'>) => void;
}

/** Everything that runs while the app does. */
export interface Services {
  readonly principal: string;
  /** The login shell's environment. */
  readonly environment: Environment;
  readonly gateway: GatewayService;
  readonly clusters: Clusters;
  readonly terminals: Terminals;
  readonly terminalService: TerminalService;
  readonly secrets: Secrets;
  readonly recordings: Recordings;
  /** Terminals end, waiting requests get a 503, the journal is closed. */
  stop(): Promise<void>;
}

/** Builds the services and starts the hosts; does not wait until these run, so that the window shows what they do. */
export async function startServices(options: ServicesOptions): Promise<Services> {
  const { folders, settings, log, built, preload, tell } = options;
  const principal = `local:${userInfo().username}`;
  const environment = withToolsFolder(await loginShellEnvironment());
  const keystore = openKeystore(safeStorage, folders.keys, process.platform);
  const hostEnvironment = withoutKubeconfig(environment);
  const fork: Fork = (entry, words, options) => utilityProcess.fork(entry, words, options);

  const gateway = new GatewayService({
    fork,
    entry: join(built, 'gateway-host.js'),
    environment: hostEnvironment,
    folders,
    keys: await gatewayKeys(keystore),
    principal: { user: principal, groups: ['gatehouse:local'] },
    notices: keystore.notice === null ? [] : [keystore.notice],
    port: { get: () => settings.gatewayPort, set: (port) => Object.assign(settings, { gatewayPort: port }) },
    log: log.lines('gateway'),
    onStatus: (status) => tell('gateway.changed', status),
    onClusterLost: (slug, reason) => clusters.lost(slug, reason),
    on: {
      records: (records) => {
        tell('journal.appended', records);
        for (const record of records) terminals.recorded(record);
      },
      approval: (approval) => {
        tell('approvals.changed', approval);
        options.onApproval(approval);
      },
      policy: (state) => tell('policy.changed', state),
      streams: (streams) => {
        tell('streams.changed', streams);
        // Most of them are recorded, from when they open.
        tellRecordings();
      },
    },
  });
  const demo = new DemoCluster({
    fork,
    entry: join(built, 'demo-host.js'),
    environment: hostEnvironment,
    folder: folders.demo,
    log: log.lines('demo'),
    onRestarted: () =>
      void clusters.reconnectDemo().catch((error) => log.line('the demo cluster could not be connected again', error)),
  });
  const clusters = new Clusters({
    gateway,
    demo,
    files: () => [...ownKubeconfigFiles(environment), ...settings.read().kubeconfigFiles],
    onChange: (entries) => tell('clusters.changed', entries),
  });
  const terminalService = new TerminalService({
    fork,
    entry: join(built, 'terminal-host.js'),
    environment: hostEnvironment,
    folders,
    log: log.lines('terminal'),
    onState: (state) => {
      if (state === 'restarting' || state === 'failed') terminals.lost();
      // What a host that died was recording has been ended by now.
      else if (state === 'running') tellRecordings();
    },
    on: {
      exited: ({ id, code }) => {
        terminals.exited(id, code);
        tellRecordings();
      },
      prompt: ({ id, kubeconfig }) => terminals.prompted(id, kubeconfig),
      recordingFailed: ({ id, message }) => terminals.recordingFailed(id, message),
    },
  });
  let terminalCount = 0;
  const terminals = new Terminals({
    gateway,
    service: terminalService,
    cluster: (slug) => clusters.connected(slug),
    environment,
    principal,
    version: app.getVersion(),
    settings: () => settings.read(),
    log: log.lines('terminals'),
    onChange: (entries) => {
      tell('terminals.changed', entries);
      // A terminal more or less is a recording that starts or ends.
      if (entries.length !== terminalCount) tellRecordings();
      terminalCount = entries.length;
    },
  });
  const recordings = new Recordings(terminalService, preload);
  const tellRecordings = () => {
    recordings.list().then(
      (entries) => tell('recordings.changed', entries),
      () => undefined,
    );
  };
  const access = appAccess(
    (request) => gateway.openAccess(request),
    () =>
      [
        gateway.status().url,
        ...clusters
          .entries()
          .filter(({ state }) => state === 'connected')
          .map(({ slug }) => slug),
      ].join(),
  );
  const secrets = new Secrets(openDoor(access), () => settings.read().revealSeconds);

  // Failures are shown as the gateway's state, and in each call that needs what is down.
  gateway.start().catch((error) => log.line('the gateway did not start', error));
  terminalService.start().catch((error) => log.line('the terminal host did not start', error));

  return {
    principal,
    environment,
    gateway,
    clusters,
    terminals,
    terminalService,
    secrets,
    recordings,
    async stop() {
      await Promise.all([terminalService.stop(), gateway.stop()]);
      await demo.stop();
    },
  };
}
