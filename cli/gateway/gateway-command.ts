import { once } from 'node:events';
import { openControlSocket } from '../../proxy/control/control-socket.ts';
import { lookAtFolder } from '../../proxy/policy/upgrade/folder-at-start.ts';
import type { Command } from '../command/command.ts';
import { exitCodes } from '../command/exit-codes.ts';
import { GATEWAY_FLAGS } from './gateway-flags.ts';
import { gatewayLog } from './gateway-log.ts';
import { readSettings } from './gateway-settings.ts';
import { keptOpen, openToReaders } from './open-to-readers.ts';
import { makeFolder, startError, startGateway } from './start-gateway.ts';

export const gatewayCommand: Command = {
  name: 'gateway',
  summary: 'run a gateway without the app',
  about: `Runs a gateway in front of one cluster, for servers, scripts and tests. When it is ready it prints one line on
stdout,

  gatehouse gateway ready at https://127.0.0.1:PORT/c/CLUSTER

and has written the kubeconfig that clients use. Its log goes to stderr. SIGTERM and SIGINT stop it: what waits for
approval is answered, the journal is closed, the client kubeconfig is removed.`,
  flags: GATEWAY_FLAGS,
  notes:
    'What waits for approval is listed by "gatehouse requests" and decided by "gatehouse approve" and "gatehouse deny".',
  exits: { 0: 'stopped as asked', 1: 'could not start or failed' },

  async run(words, context) {
    const settings = await readSettings(words, context);
    const keepOpen = await keptOpen(settings.dataFolder);
    for (const folder of [settings.dataFolder, settings.policyFolder]) await makeFolder(folder);
    const log = gatewayLog({ write: (line) => context.complain(line.trimEnd()) });
    await lookAtFolder(settings.policyFolder, log);
    const gateway = await startGateway(settings, log, context).catch(async (error: unknown) => {
      await keepOpen(error);
      throw error;
    });
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
        reviewer: `local:${context.osUser}`,
        log,
      });
      closers.unshift(closeSocket);
      // Last: until then the folder is its owner's alone, and what is looked at is closed.
      if (settings.journalReaders !== null) await openToReaders(settings.dataFolder, settings.journalReaders);
      context.print(`gatehouse gateway ready at ${gateway.address.url}/c/${slug}`);
      if (!context.stop.aborted) await once(context.stop, 'abort');
      log.info({}, 'stopping');
    } catch (error) {
      throw startError(error);
    } finally {
      for (const close of closers) await close();
    }
    return exitCodes.done;
  },
};
