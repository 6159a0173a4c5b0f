import { hostname } from 'node:os';
import type { Command } from '../../command/command.ts';
import { DATA_FLAG, dataFolder } from '../../command/data-folder.ts';
import { exitCodes } from '../../command/exit-codes.ts';
import { readFlags, settings, usageError } from '../../command/flags.ts';
import { testNotification } from './notification.ts';
import { NOTIFY_FLAGS } from './notify-flags.ts';
import { notifyChannels } from './notify-settings.ts';

const NAME = 'notify test';
/** What the gateway's configuration says of them counts here too. */
const FLAGS = { ...settings(NOTIFY_FLAGS), data: DATA_FLAG };

export const notifyTestCommand: Command = {
  name: NAME,
  summary: 'send a sample of what a gateway tells',
  about: `Sends one notification, of the type "test", to the program and the webhook that the flags name, as a gateway with
the same flags would, and says what came of it. Nothing is tried twice.`,
  flags: FLAGS,
  exits: { 0: 'sent', 1: 'not sent (it says why)' },

  async run(words, context) {
    const { values } = readFlags(NAME, words, FLAGS);
    const channels = await notifyChannels(NAME, values, context);
    if (channels.length === 0)
      throw usageError(NAME, 'there is nothing to test: give --notify-command or --notify-webhook');
    const notification = testNotification({
      cluster: 'test',
      context: 'test',
      host: hostname(),
      user: `local:${context.osUser}`,
      dataFolder: dataFolder(values.data, context),
    });
    const answers = await Promise.all(channels.map((channel) => channel.send(notification, context.stop)));
    for (const [index, answer] of answers.entries()) {
      const name = channels[index]?.name ?? '';
      if (answer.isSent) context.print(`sent to ${name}: ${answer.says}`);
      else context.complain(`gatehouse: not sent to ${name}: ${answer.why}`);
    }
    return answers.every(({ isSent }) => isSent) ? exitCodes.done : exitCodes.failed;
  },
};
