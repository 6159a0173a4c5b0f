import type { LiveStream } from '../../model/live-stream.ts';
import type { Command } from '../command/command.ts';
import { askGateway, tellGateway } from '../command/control-client.ts';
import { DATA_FLAG, dataFolder } from '../command/data-folder.ts';
import { CommandError, exitCodes } from '../command/exit-codes.ts';
import { type Flags, readFlags } from '../command/flags.ts';
import { outputFlags, wantsJson } from '../command/output-flag.ts';
import { shortDuration, table } from '../command/printable.ts';

const STREAMS_FLAGS = {
  data: DATA_FLAG,
  ...outputFlags('json: the streams with everything that is known of them'),
} as const satisfies Flags;

export const streamsCommand: Command = {
  name: 'streams',
  summary: 'list the exec, attach, port-forward, log and watch streams that are open',
  about: `Lists the streams that are open at the gateway of this data folder, oldest first. "gatehouse end ID" ends one.
Only the person who started the gateway, and root, can ask.`,
  flags: STREAMS_FLAGS,
  exits: { 0: 'listed (also when none is open)', 4: 'no gateway answers' },

  async run(words, context) {
    const { values } = readFlags('streams', words, STREAMS_FLAGS);
    const streams = await askGateway(dataFolder(values.data, context), { v: 1, ask: 'streams' });
    if (wantsJson(values)) context.print(JSON.stringify(streams, null, 2));
    else if (streams.length === 0) context.print('no stream is open');
    else for (const line of streamTable(streams, context.now())) context.print(line);
    return exitCodes.done;
  },
};

const END_FLAGS = {
  reason: { type: 'string', value: 'TEXT', also: ['comment'], says: 'why' },
  data: DATA_FLAG,
} as const satisfies Flags;

export const endCommand: Command = {
  name: 'end',
  summary: 'end one stream that is open',
  about: `Ends one stream by its id (as "gatehouse streams" shows it). Its client is told who ended it, and why.`,
  positionals: ['ID'],
  completes: 'open-streams',
  flags: END_FLAGS,
  exits: { 0: 'ended', 4: 'no gateway answers' },

  async run(words, context) {
    const { values, positionals } = readFlags('end', words, END_FLAGS, ['ID']);
    const auditId = positionals[0] ?? '';
    const comment = values.reason ?? null;
    const folder = dataFolder(values.data, context);
    const ended = await tellGateway(folder, { v: 1, ask: 'endStream', auditId, comment }, context);
    if (!ended) {
      throw new CommandError(
        exitCodes.failed,
        `no stream with the id "${auditId}" is open; "gatehouse streams" lists those that are`,
      );
    }
    context.print(`ended ${auditId}`);
    return exitCodes.done;
  },
};

/** What is open, as a table for people. */
function streamTable(streams: readonly LiveStream[], now: number): string[] {
  return table([
    ['ID', 'AGE', 'WHO', 'CLUSTER', 'NAMESPACE', 'RECORDED', 'WHAT'],
    ...streams.map(({ auditId, startedAt, principal, cluster, namespace, recorded, ...stream }) => [
      auditId,
      shortDuration(now - Date.parse(startedAt)),
      principal,
      cluster,
      namespace || '-',
      recorded ? 'yes' : 'no',
      [stream.kind, stream.target, ...stream.command].join(' '),
    ]),
  ]);
}
