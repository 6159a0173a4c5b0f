import type { JournalRecord } from '../../model/journal-record.ts';
import { openControlSocket } from '../../proxy/control/control-socket.ts';
import { lookAtFolder } from '../../proxy/policy/upgrade/folder-at-start.ts';
import type { Command } from '../command/command.ts';
import { exitCodes } from '../command/exit-codes.ts';
import { RequestCounts } from '../health/request-counts.ts';
import { serviceManager } from '../health/service-manager.ts';
import { GATEWAY_FLAGS } from './gateway-flags.ts';
import { GatewayHealth } from './gateway-health.ts';
import { gatewayLog } from './gateway-log.ts';
import { readSettings } from './gateway-settings.ts';
import { openToReaders } from './open-to-readers.ts';
import { serve } from './serve.ts';
import { makePlaces, startError, startGateway } from './start-gateway.ts';

export const gatewayCommand: Command = {
  name: 'gateway',
  summary: 'run a gateway without the app',
  about: `Runs a gateway in front of one cluster, for servers, scripts and tests. When it is ready it prints one line on
stdout,

  gatehouse gateway ready at https://127.0.0.1:PORT/c/CLUSTER

and has written the kubeconfig that clients use. What is not ready yet stands behind it in brackets; with --wait nothing
is. Its log goes to stderr. SIGTERM and SIGINT stop it: what waits for approval is answered, the journal is closed, the
client kubeconfig is removed. SIGHUP reads policy and kubeconfig anew, unless it says that the terminal is gone. Under
systemd it tells how it is by sd_notify (Type=notify with NotifyAccess=all).`,
  flags: GATEWAY_FLAGS,
  notes:
    'What waits for approval is listed by "gatehouse requests" and decided by "gatehouse approve" and "gatehouse deny".',
  exits: { 0: 'stopped as asked', 1: 'could not start or failed', 7: 'not ready in the time of --wait' },

  async run(words, context) {
    const settings = await readSettings(words, context);
    const places = await makePlaces(settings);
    const log = gatewayLog({ write: (line) => context.complain(line.trimEnd()) });
    await lookAtFolder(settings.policyFolder, log, places);
    const manager = serviceManager({ environment: context.environment, log });
    const counts = new RequestCounts();
    let health: GatewayHealth | null = null;
    const sink = (record: JournalRecord): void => {
      counts.record(record);
      health?.recorded(record);
    };
    const gateway = await startGateway(settings, log, context, { ...places, journalSinks: [sink] });
    const closers: Array<() => Promise<void>> = [() => gateway.close()];
    try {
      const { slug } = await gateway.connectCluster({
        kubeconfigFiles: settings.kubeconfigFiles,
        context: settings.context,
        labels: {},
      });
      const [cluster] = gateway.clusters();
      await gateway.openAccess({
        kind: 'headless',
        id: 'headless',
        cluster: slug,
        namespace: cluster?.namespace ?? null,
        writeTo: settings.writeKubeconfig,
      });
      const closeSocket = await openControlSocket({
        dataFolder: settings.dataFolder,
        gateway,
        owner: `local:${context.osUser}`,
        log,
      });
      closers.unshift(closeSocket);
      // Last: until then the folder is its owner's alone, and what is looked at is closed.
      if (settings.journalReaders !== null) await openToReaders(settings.dataFolder, settings.journalReaders);
      const following = new GatewayHealth({ gateway, cluster: slug, counts, manager, log });
      health = following;
      closers.unshift(async () => following.stopping());
      closers.push(() => following.close());
      await serve({ settings, gateway, health: following, cluster: slug, context, log });
      log.info({}, 'stopping');
    } catch (error) {
      throw startError(error);
    } finally {
      for (const close of closers) await close();
    }
    return exitCodes.done;
  },
};
