import { visible } from '../../model/visible-text.ts';
import { readKubeconfigs } from '../../proxy/clusters/kubeconfig-files.ts';
import { requestInWords } from '../approvals/request-in-words.ts';
import type { Command, CommandContext } from '../command/command.ts';
import { askGateway } from '../command/control-client.ts';
import { dataFolder } from '../command/data-folder.ts';
import { flagsIn } from '../command/flags.ts';
import { readSettingsOf } from '../config/settings.ts';
import { settingsOf } from '../config/with-settings.ts';
import { GATEWAY_FLAGS } from '../gateway/gateway-flags.ts';
import type { Candidate, Offer } from './candidates.ts';

/** Milliseconds: nobody waits longer for a key. */
const PATIENCE = 1_000;

/** What a gateway or a kubeconfig knows; nothing where it cannot be had. */
export async function liveValues(
  { what, command, words }: Extract<Offer, { of: 'live' }>,
  context: CommandContext,
): Promise<readonly Candidate[]> {
  const value = await settingsAt(command, words, context);
  if (what === 'contexts') return await contextsOf(value('kubeconfig'));
  const folder = dataFolder(value('data').at(-1), context);
  const signal = AbortSignal.timeout(PATIENCE);
  if (what === 'open-streams') {
    const streams = await askGateway(folder, { v: 1, ask: 'streams' }, signal);
    return streams.map(({ auditId, kind, target, principal }) => ({
      value: auditId,
      says: visible(`${kind} ${target}, ${principal}`),
    }));
  }
  const requests = await askGateway(folder, { v: 1, ask: 'requests' }, signal);
  return requests
    .filter(({ state }) => state === 'PENDING')
    .map(({ code, intent }) => ({
      value: code,
      says: visible(`${requestInWords(intent.request)}, ${intent.principal.user}`),
    }));
}

/** Looks settings up as the command would: among its words, in the environment, in the config file. */
async function settingsAt(command: Command, words: readonly string[], context: CommandContext) {
  const flags = command.flags;
  const named = { flags, settings: settingsOf(command), all: GATEWAY_FLAGS };
  const { said, words: rest } = await readSettingsOf(words, named, context);
  const { given } = flagsIn(rest, flags);
  return (name: string): readonly string[] => {
    const own = given.flatMap((one) => (one.name === name && one.value !== null ? [one.value] : []));
    return own.length > 0 ? own : (said.get(name)?.values ?? []);
  };
}

async function contextsOf(files: readonly string[]): Promise<readonly Candidate[]> {
  const { contexts } = await readKubeconfigs(files);
  return [...contexts].map(([value, { cluster }]) => ({ value, says: visible(cluster ?? '') }));
}
