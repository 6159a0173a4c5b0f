import { join } from 'node:path';
import { ensurePrivateFolder } from '../../proxy/access/private-file.ts';
import { openLocalAuthority } from '../../proxy/approvals/local-authority.ts';
import { OwnTerminal } from '../../proxy/clusters/own-terminal.ts';
import { ControlSocketError } from '../../proxy/control/control-socket.ts';
import { createGateway } from '../../proxy/gateway.ts';
import type { Gateway, GatewayLog, GatewayOptions } from '../../proxy/gateway-door.ts';
import { type HeadWitness, witnessFile } from '../../proxy/journal/head-witness.ts';
import { acceptedPolicyIn } from '../../proxy/policy/source/accepted-policy.ts';
import { policyIn } from '../../proxy/policy/source/policy-folder.ts';
import type { CommandContext } from '../command/command.ts';
import { CommandError, exitCodes } from '../command/exit-codes.ts';
import { usualWitness, witnessTrouble } from '../journal/journal-witness.ts';
import { gatewayKeys } from './gateway-keys.ts';
import type { GatewaySettings } from './gateway-settings.ts';

/** @throws {CommandError} */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await ensurePrivateFolder(folder);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CommandError(exitCodes.failed, `the folder ${folder} cannot be used: ${reason}`, { cause });
  }
}

/** @throws {CommandError} where it cannot start, in words. */
export async function startGateway(
  settings: GatewaySettings,
  log: GatewayLog,
  context: CommandContext,
  journalSinks: NonNullable<GatewayOptions['journalSinks']>,
): Promise<Gateway> {
  const keys = await gatewayKeys(settings.dataFolder);
  const witness = await openWitness(settings, log, context);
  try {
    return await createGateway({
      ...keys.gateway,
      listen: settings.listen,
      policy: policyIn(settings.policyFolder, {
        store: acceptedPolicyIn(settings.dataFolder, keys.policyKey),
        trustsFolder: settings.trustsPolicyFolder,
      }),
      authority: openLocalAuthority,
      dataFolder: settings.dataFolder,
      kubeconfigFolder: join(settings.dataFolder, 'kubeconfig'),
      largeBodyWorker: new URL('./large-body-worker.js', import.meta.url),
      principal: { user: `local:${context.osUser}`, groups: ['gatehouse:local'] },
      ...(witness === null ? {} : { journalWitness: witness }),
      journalRetention: settings.retention,
      journalSinks,
      environment: context.environment,
      terminal: context.ask === null ? null : new OwnTerminal(),
      log,
    });
  } catch (error) {
    throw startError(error);
  }
}

/** A place that somebody named must be there; the usual one may be missing, as in a container whose root is read-only. */
async function openWitness(
  { dataFolder, journalWitness }: GatewaySettings,
  log: GatewayLog,
  context: CommandContext,
): Promise<HeadWitness | null> {
  const place = journalWitness ?? (await usualWitness(dataFolder, context));
  const why = await witnessTrouble(place);
  if (why === null) return witnessFile(place);
  if (journalWitness !== null) throw new CommandError(exitCodes.failed, `--journal-witness: ${place}: ${why}`);
  const says = 'how far the journal reaches is kept nowhere else: name a file for it with --journal-witness';
  log.warn({ event: 'journal-witness-missing', place, why }, says);
  return null;
}

/** What the gateway's parts throw with a code has a message for people; anything else is a defect, and keeps its stack. */
export function startError(error: unknown): unknown {
  if (error instanceof CommandError || !(error instanceof Error) || !('code' in error)) return error;
  const flag = error instanceof ControlSocketError ? '--data: ' : '';
  return new CommandError(exitCodes.failed, `${flag}${error.message}`, { cause: error });
}
