import { once } from 'node:events';
import { pid } from 'node:process';
import type { Gateway, GatewayLog } from '../../proxy/gateway-door.ts';
import type { CommandContext } from '../command/command.ts';
import { CommandError, exitCodes } from '../command/exit-codes.ts';
import type { ListenAddress } from '../command/listen-address.ts';
import { gatehouseVersion } from '../command/version.ts';
import type { GatewayHealth } from './gateway-health.ts';
import type { GatewaySettings } from './gateway-settings.ts';
import { type ReadyFacts, readyLine, readyObject } from './ready-line.ts';
import { oneReloadAtATime, reload } from './reload.ts';

/** What a gateway serves with. */
export interface Serving {
  readonly settings: GatewaySettings;
  readonly gateway: Gateway;
  readonly health: GatewayHealth;
  /** Slug of the one cluster. */
  readonly cluster: string;
  readonly context: CommandContext;
  readonly log: GatewayLog;
}

/**
 * From the moment in which clients are served until the command is stopped: says that it is ready, and reads anew when asked.
 * @throws {CommandError} `notReady`; and where the address for `/metrics` cannot be had.
 */
export async function serve(serving: Serving): Promise<void> {
  const { settings, gateway, health, cluster, context, log } = serving;
  const { print, stop } = context;
  const readAnew = async (): Promise<void> => {
    health.reloading();
    await reload(gateway, cluster, log).catch((error: unknown) =>
      log.error({ event: 'reload-failed', error }, 'policy and kubeconfig could not be read anew'),
    );
    await health.reloaded();
  };
  context.onReload(oneReloadAtATime(readAnew));
  const metrics = settings.metrics === null ? null : await listenForHealth(serving, settings.metrics);
  if (settings.wait === null) await health.firstLook(stop);
  else {
    await health.wholeWithin(settings.wait, stop).catch((error: unknown) => {
      if (settings.output === 'json') print(readyObject(factsOf(serving, metrics)));
      throw error;
    });
  }
  if (stop.aborted) return;
  const facts = factsOf(serving, metrics);
  print(settings.output === 'json' ? readyObject(facts) : readyLine(facts));
  health.told();
  if (!stop.aborted) await once(stop, 'abort');
}

async function listenForHealth({ health }: Serving, address: ListenAddress): Promise<string> {
  try {
    return (await health.listen(address, gatehouseVersion())).url;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw new CommandError(exitCodes.failed, `--metrics: ${error.message}`, { cause: error });
  }
}

function factsOf({ settings, gateway, health, cluster }: Serving, metrics: string | null): ReadyFacts {
  return {
    url: `${gateway.address.url}/c/${cluster}`,
    cluster,
    context: settings.context,
    kubeconfig: settings.writeKubeconfig,
    dataFolder: settings.dataFolder,
    metrics,
    policy: gateway.policy(),
    reach: health.reach,
    checks: health.checks(),
    version: gatehouseVersion(),
    pid,
  };
}
