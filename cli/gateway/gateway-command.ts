import { openControlSocket } from '../../proxy/control/control-socket.ts';
import type { Gateway } from '../../proxy/gateway-door.ts';
import { lookAtFolder } from '../../proxy/policy/upgrade/folder-at-start.ts';
import type { Command } from '../command/command.ts';
import { exitCodes } from '../command/exit-codes.ts';
import { type ServiceManager, serviceManager } from '../health/service-manager.ts';
import { GATEWAY_FLAGS } from './gateway-flags.ts';
import { GatewayHealth } from './gateway-health.ts';
import { readSettings } from './gateway-settings.ts';
import { type HeadlessLog, openGatewayLog } from './log/gateway-log.ts';
import { Notifier } from './notify/notifier.ts';
import { Onlookers } from './onlookers.ts';
import { keptOpen, openToReaders } from './open-to-readers.ts';
import { Opened } from './opened.ts';
import { serve } from './serve.ts';
import { makePlaces, type Start, startError, startGateway } from './start-gateway.ts';
import { aboutStart, ownName } from './start-words.ts';

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
    const onlookers = new Onlookers(log);
    const began = performance.now();
    const start: Start = { settings, context, log, ...places, journalSinks: onlookers.sinks };
    const gateway = await startGateway(start).catch(keepOpen);
    const opened = new Opened();
    opened.closeFirst(() => gateway.close());
    const running: Running = { ...start, gateway, onlookers, manager, opened };
    try {
      const cluster = await connectCluster(running);
      follow(running, cluster);
      await openAccess(running, cluster);
      await openSocket(running);
      // Until here the folder is its owner's alone: what is let in now finds everything in its place.
      if (settings.journalReaders !== null) await openToReaders(settings.dataFolder, settings.journalReaders);
      const health = watchHealth(running, cluster);
      opened.closeLast(() => logStopped(log, began));
      log.info({ event: 'started', ...aboutStart(gateway, start) }, 'the gateway has started');
      await serve({ settings, gateway, health, cluster, context, log });
      logStopping(log, context.stop);
    } catch (error) {
      throw startError(error);
    } finally {
      await opened.close();
      log.close();
    }
    return exitCodes.done;
  },
};

/** A gateway that has started, and who looks on. */
interface Running extends Start {
  readonly gateway: Gateway;
  readonly onlookers: Onlookers;
  readonly manager: ServiceManager;
  readonly opened: Opened;
}

/** @returns the slug of the one cluster. */
async function connectCluster({ gateway, settings }: Running): Promise<string> {
  const { kubeconfigFiles, context } = settings;
  return (await gateway.connectCluster({ kubeconfigFiles, context, labels: {} })).slug;
}

/** What the gateway's end ends is told too, before the log says that it stopped. */
function follow(running: Running, cluster: string): void {
  const { onlookers, gateway, opened, settings, log } = running;
  const notifier = new Notifier(settings.notify, ownName(cluster, running), log);
  onlookers.notifier = notifier;
  opened.closeLast(onlookers.events.follow(gateway));
  opened.closeLast(() => notifier.close());
}

async function openAccess({ gateway, settings }: Running, slug: string): Promise<void> {
  const [cluster] = gateway.clusters();
  const namespace = cluster?.namespace ?? null;
  const access = { kind: 'headless', id: 'headless', cluster: slug, namespace } as const;
  await gateway.openAccess({ ...access, writeTo: settings.writeKubeconfig }).catch((error: unknown) => {
    throw startError(error, '--write-kubeconfig');
  });
}

async function openSocket({ gateway, settings, context, log, opened }: Running): Promise<void> {
  const owner = `local:${context.osUser}`;
  opened.closeFirst(await openControlSocket({ dataFolder: settings.dataFolder, gateway, owner, log }));
}

/** It is the first to hear that the gateway stops, and answers until the rest is closed. */
function watchHealth({ gateway, onlookers, manager, log, opened }: Running, cluster: string): GatewayHealth {
  const health = new GatewayHealth({ gateway, cluster, counts: onlookers.counts, manager, log });
  onlookers.health = health;
  opened.closeFirst(() => health.stopping());
  opened.closeLast(() => health.close());
  return health;
}

function logStopping(log: HeadlessLog, { reason }: AbortSignal): void {
  log.info({ event: 'stopping', why: typeof reason === 'string' ? reason : 'asked' }, 'the gateway stops');
}

function logStopped(log: HeadlessLog, began: number): void {
  const seconds = Math.round((performance.now() - began) / 1_000);
  log.info({ event: 'stopped', pid: process.pid, seconds }, 'the gateway has stopped');
}
