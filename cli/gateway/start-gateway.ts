import { join } from 'node:path';
import { visible } from '../../model/visible-text.ts';
import { ensurePrivateFolder } from '../../proxy/access/private-file.ts';
import { openLocalAuthority } from '../../proxy/approvals/local-authority.ts';
import { OwnTerminal } from '../../proxy/clusters/own-terminal.ts';
import { ControlSocketError } from '../../proxy/control/control-socket.ts';
import { assertKnownFormat } from '../../proxy/data-format.ts';
import { createGateway } from '../../proxy/gateway.ts';
import type { Gateway, GatewayOptions } from '../../proxy/gateway-door.ts';
import { type HeadWitness, witnessFile } from '../../proxy/journal/head-witness.ts';
import { acceptedPolicyIn } from '../../proxy/policy/source/accepted-policy.ts';
import { NoPolicyError, policyIn } from '../../proxy/policy/source/policy-folder.ts';
import type { CommandContext } from '../command/command.ts';
import { CommandError, exitCodes } from '../command/exit-codes.ts';
import { failureOf } from '../command/failure.ts';
import { SERVICE_VARIABLES } from '../health/service-manager.ts';
import { usualWitness, witnessTrouble } from '../journal/journal-witness.ts';
import { gatewayKeys } from './gateway-keys.ts';
import type { GatewaySettings } from './gateway-settings.ts';
import type { HeadlessLog } from './log/gateway-log.ts';
import { isFixedPolicy, isInside, refuseForeignPlaces, refuseOpenPolicy } from './start-places.ts';

/**
 * Looks at the places that a start writes to, and makes those that are missing.
 * @returns whether the policy folder is this user's to write.
 * @throws {CommandError}
 */
export async function makePlaces(
  settings: GatewaySettings,
  context: Pick<CommandContext, 'home'>,
): Promise<{ readonly ownsPolicy: boolean }> {
  const { dataFolder, policyFolder } = settings;
  await refuseForeignPlaces(settings, context);
  await makeFolder('--data', dataFolder);
  const ownsPolicy = !(await isFixedPolicy(policyFolder));
  if (ownsPolicy) await makeFolder('--policy', policyFolder);
  else await refuseOpenPolicy(policyFolder);
  return { ownsPolicy };
}

async function makeFolder(flag: string, folder: string): Promise<void> {
  try {
    await ensurePrivateFolder(folder);
  } catch (cause) {
    const { message } = failureOf(cause) as Error;
    throw new CommandError(exitCodes.failed, `${flag}: ${message}`, { cause });
  }
}

/** What a start goes by. */
export interface Start {
  readonly settings: GatewaySettings;
  readonly context: CommandContext;
  readonly log: HeadlessLog;
  /** Whether the policy folder is this user's to write. */
  readonly ownsPolicy: boolean;
  readonly journalSinks: NonNullable<GatewayOptions['journalSinks']>;
}

/** @throws {CommandError} where it cannot start, in words. */
export async function startGateway(start: Start): Promise<Gateway> {
  const { settings, context, log, ownsPolicy, journalSinks } = start;
  try {
    await assertKnownFormat(settings.dataFolder);
    const keys = await gatewayKeys(settings.dataFolder);
    const witness = await openWitness(start);
    return await createGateway({
      ...keys.gateway,
      listen: settings.listen,
      policy: policyIn(settings.policyFolder, {
        store: acceptedPolicyIn(settings.dataFolder, keys.policyKey),
        trustsFolder: settings.trustsPolicyFolder,
        isFixed: !ownsPolicy,
        mustWrite: true,
      }),
      authority: openLocalAuthority,
      dataFolder: settings.dataFolder,
      kubeconfigFolder: join(settings.dataFolder, 'kubeconfig'),
      largeBodyWorker: new URL('./large-body-worker.js', import.meta.url),
      principal: { user: `local:${context.osUser}`, groups: ['gatehouse:local'] },
      sessions: ['headless'],
      ...(witness === null ? {} : { journalWitness: witness }),
      journalReaders: settings.journalReaders,
      journalRetention: settings.retention,
      journalSinks,
      environment: withoutServiceVariables(context.environment),
      terminal: context.ask === null ? null : new OwnTerminal(),
      log,
    });
  } catch (error) {
    throw startError(error);
  }
}

/** What speaks to the service manager is this process: a credential plugin is none of its business. */
function withoutServiceVariables(environment: CommandContext['environment']): CommandContext['environment'] {
  const own: readonly string[] = SERVICE_VARIABLES;
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !own.includes(name)));
}

/** A place that somebody named must be there; the usual one may be missing, as in a container whose root is read-only. */
async function openWitness({ settings, context, log }: Start): Promise<HeadWitness | null> {
  const { dataFolder, journalReaders, journalWitness } = settings;
  const place = journalWitness ?? (await usualWitness(dataFolder, context));
  const why = await witnessTrouble(place);
  if (why === null) {
    if (journalWitness === null && isInside(place, dataFolder)) {
      const says =
        'how far the journal reaches is kept in the data folder alone, and goes with it: name a file elsewhere with --journal-witness';
      log.warn({ event: 'journal-witness-missing', place, why: 'it lies in the data folder' }, says);
    }
    return witnessFile(place, journalReaders);
  }
  if (journalWitness !== null)
    throw new CommandError(exitCodes.failed, `--journal-witness: ${visible(place)}: ${why}; name another file`);
  const says = 'how far the journal reaches is kept nowhere else: name a file for it with --journal-witness';
  log.warn({ event: 'journal-witness-missing', place, why }, says);
  return null;
}

/** What kept a gateway from starting, with the flag that it is about. */
export function startError(error: unknown, about: string | null = null): unknown {
  const failure = failureOf(error);
  const flag = about ?? flagOf(error);
  if (flag === null || !(failure instanceof Error)) return failure;
  return new CommandError(exitCodes.failed, `${flag}: ${failure.message}`, { cause: error });
}

function flagOf(error: unknown): string | null {
  if (error instanceof NoPolicyError) return '--policy';
  return error instanceof ControlSocketError ? '--data' : null;
}
