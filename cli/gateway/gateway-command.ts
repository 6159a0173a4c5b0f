import { hostname } from 'node:os';
import type { JournalRecord } from '../../model/journal-record.ts';
import { openControlSocket } from '../../proxy/control/control-socket.ts';
import type { Gateway } from '../../proxy/gateway-door.ts';
import { lookAtFolder } from '../../proxy/policy/upgrade/folder-at-start.ts';
import type { Command, CommandContext } from '../command/command.ts';
import { exitCodes } from '../command/exit-codes.ts';
import { gatehouseVersion } from '../command/version.ts';
import { RequestCounts } from '../health/request-counts.ts';
import { serviceManager } from '../health/service-manager.ts';
import { OperatorEvents } from './events/operator-events.ts';
import { GATEWAY_FLAGS } from './gateway-flags.ts';
import { GatewayHealth } from './gateway-health.ts';
import { type GatewaySettings, readSettings } from './gateway-settings.ts';
import { logEvent } from './log/event-lines.ts';
import { openGatewayLog } from './log/gateway-log.ts';
import { Notifier } from './notify/notifier.ts';
import { keptOpen, openToReaders } from './open-to-readers.ts';
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
  notes: `What waits for approval is listed by "gatehouse requests" and decided by "gatehouse approve" and "gatehouse deny".
"gatehouse notify test" tries --notify-command and --notify-webhook.`,
  exits: { 0: 'stopped as asked', 1: 'could not start or failed', 7: 'not ready in the time of --wait' },

  async run(words, context) {
    const settings = await readSettings(words, context);
    const keepOpen = await keptOpen(settings.dataFolder);
    const places = await makePlaces(settings, context).catch(keepOpen);
    const log = openGatewayLog({ level: settings.logLevel, format: settings.logFormat, output: context.errors });
    await lookAtFolder(settings.policyFolder, log, places).catch(keepOpen);
    const manager = serviceManager({ environment: context.environment, log });
    const counts = new RequestCounts();
    let health: GatewayHealth | null = null;
    let notifier: Notifier | null = null;
    const events = new OperatorEvents((event) => {
      logEvent(log, event);
      notifier?.tell(event);
    }, log);
    const sink = (record: JournalRecord): void => {
      counts.record(record);
      health?.recorded(record);
    };
    const started = performance.now();
    const journalSinks = [events.sink, sink];
    const gateway = await startGateway(settings, log, context, { ...places, journalSinks }).catch(keepOpen);
    const closers: Array<() => unknown> = [() => gateway.close()];
    try {
      const { slug } = await gateway.connectCluster({
        kubeconfigFiles: settings.kubeconfigFiles,
        context: settings.context,
        labels: {},
      });
      notifier = new Notifier(settings.notify, ownName(slug, settings, context), log);
      // What the gateway's end ends is told too, before the log says that it stopped.
      closers.push(events.follow(gateway), () => notifier?.close());
      const [cluster] = gateway.clusters();
      const access = {
        kind: 'headless',
        id: 'headless',
        cluster: slug,
        namespace: cluster?.namespace ?? null,
        writeTo: settings.writeKubeconfig,
      } as const;
      await gateway.openAccess(access).catch((error: unknown) => {
        throw startError(error, '--write-kubeconfig');
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
      closers.unshift(() => following.stopping());
      closers.push(() => following.close());
      closers.push(() => {
        const seconds = Math.round((performance.now() - started) / 1_000);
        log.info({ event: 'stopped', pid: process.pid, seconds }, 'the gateway has stopped');
      });
      log.info({ event: 'started', ...aboutStart(gateway, settings, context) }, 'the gateway has started');
      await serve({ settings, gateway, health: following, cluster: slug, context, log });
      const { reason } = context.stop;
      log.info({ event: 'stopping', why: typeof reason === 'string' ? reason : 'asked' }, 'the gateway stops');
    } catch (error) {
      throw startError(error);
    } finally {
      for (const close of closers) await close();
      log.close();
    }
    return exitCodes.done;
  },
};

function ownName(cluster: string, { context, dataFolder }: GatewaySettings, { osUser }: CommandContext) {
  return { cluster, context, host: hostname(), user: `local:${osUser}`, dataFolder };
}

/** What a start is told with: where everything is, and which policy decides. */
function aboutStart(gateway: Gateway, { context, dataFolder }: GatewaySettings, { osUser }: CommandContext) {
  const [cluster] = gateway.clusters();
  const { status, digest, policies } = gateway.policy();
  return {
    version: gatehouseVersion(),
    node: process.version,
    pid: process.pid,
    user: `local:${osUser}`,
    address: gateway.address.url,
    cluster: cluster?.slug ?? null,
    context,
    server: withoutUser(cluster?.server ?? ''),
    policy: status,
    digest,
    policies: policies.length,
    rules: policies.reduce((sum, { rules }) => sum + rules, 0),
    dataFolder,
  };
}

/** A server's URL may carry a user name and password. */
function withoutUser(server: string): string {
  if (!URL.canParse(server)) return server;
  const { protocol, host, pathname } = new URL(server);
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}
