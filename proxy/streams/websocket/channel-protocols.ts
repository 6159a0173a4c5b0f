import type { KubernetesStatus } from '../../refusal.ts';
import { COMMAND_FLOWS, type Flow } from '../codec/stream-flows.ts';
import type { ChannelProtocol } from './channel-codec.ts';

const FROM_CLIENT: ReadonlySet<Flow['name']> = new Set(['stdin', 'resize', 'data']);
/** More connections than one WebSocket port-forward has: each `?ports=` is one. */
const MOST_CHANNELS = 254;

const flows = new Map<string, Flow>();
/** One object for each flow, so that nothing is made anew for each frame. */
function flow(name: Flow['name'], connection: number): Flow {
  const key = `${name} ${connection}`;
  const known = flows.get(key) ?? { name, connection };
  flows.set(key, known);
  return known;
}

/** `v5.channel.k8s.io`, `v4.channel.k8s.io` and the first one without a number, for exec and attach. */
export function commandChannels(version: 1 | 4 | 5): ChannelProtocol {
  return {
    flowOf: (channel, from) => {
      const name = COMMAND_FLOWS[channel];
      if (name === undefined || FROM_CLIENT.has(name) !== (from === 'client')) return null;
      return flow(name, 0);
    },
    channelOf: ({ name }) => COMMAND_FLOWS.indexOf(name),
    namesPorts: false,
    closesChannels: version === 5,
    lastWords: (status: KubernetesStatus) => [[3, version === 1 ? status.message : JSON.stringify(status)]],
  };
}

/** Port-forward before its tunnel: per port of the query a data channel and an error channel of plain text. */
export function portChannels(ports: number): ChannelProtocol {
  return {
    flowOf: (channel, from) => {
      if (channel >= Math.min(ports * 2, MOST_CHANNELS)) return null;
      const name = channel % 2 === 0 ? 'data' : 'port-error';
      return from === 'client' && name !== 'data' ? null : flow(name, channel >> 1);
    },
    channelOf: ({ name, connection }) => connection * 2 + (name === 'data' ? 0 : 1),
    namesPorts: true,
    closesChannels: false,
    lastWords: ({ message }) => Array.from({ length: ports }, (_, index) => [index * 2 + 1, message] as const),
  };
}
