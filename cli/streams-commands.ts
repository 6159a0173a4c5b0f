import type { LiveStream } from '../model/live-stream.ts';
import type { Command } from './command.ts';
import { askGateway } from './control-client.ts';
import { CommandError, exitCodes } from './exit-codes.ts';
import { DATA_FLAG_HELP, dataFolder, readFlags } from './flags.ts';
import { shortDuration, table } from './printable.ts';

export const streamsCommand: Command = {
  name: 'streams',
  summary: 'list the exec, attach, port-forward, log and watch streams that are open',
  help: `Usage: gatehouse streams [--data FOLDER] [--json]

Lists the streams that are open at the gateway of this data folder, oldest first. "gatehouse end ID" ends one. Only the
person who started the gateway can ask.

  ${DATA_FLAG_HELP}
  --json           print the streams as JSON, with everything that is known of them

Exit codes: 0 listed (also when none is open), 1 failed, 2 wrong usage, 4 no gateway answers.`,

  async run(words, context) {
    const { values } = readFlags('streams', words, { data: { type: 'string' }, json: { type: 'boolean' } });
    const streams = await askGateway(dataFolder(values.data, context), { v: 1, ask: 'streams' });
    if (values.json) context.print(JSON.stringify(streams, null, 2));
    else if (streams.length === 0) context.print('no stream is open');
    else for (const line of streamTable(streams, context.now())) context.print(line);
    return exitCodes.done;
  },
};

export const endCommand: Command = {
  name: 'end',
  summary: 'end one stream that is open',
  help: `Usage: gatehouse end ID [--reason TEXT] [--data FOLDER]

Ends one stream by its id (as "gatehouse streams" shows it). Its client is told who ended it, and why.

  --reason TEXT    why
  ${DATA_FLAG_HELP}

Exit codes: 0 ended, 1 failed (it says why), 2 wrong usage, 4 no gateway answers.`,

  async run(words, context) {
    const options = { reason: { type: 'string' }, data: { type: 'string' } } as const;
    const { values, positionals } = readFlags('end', words, options, ['ID']);
    const auditId = positionals[0] ?? '';
    const comment = values.reason ?? null;
    const ended = await askGateway(dataFolder(values.data, context), { v: 1, ask: 'endStream', auditId, comment });
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
export function streamTable(streams: readonly LiveStream[], now: number): string[] {
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
