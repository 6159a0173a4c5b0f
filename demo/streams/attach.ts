import { textAt } from '../store/json.ts';
import { acceptCommand } from './accept-command.ts';
import type { CommandConnection, CommandRequest } from './command-connection.ts';
import { runSession, success } from './exec.ts';
import { PodStory } from './log-lines.ts';
import { mainCommand, type RunningContainer } from './running-container.ts';
import type { Upgrade } from './upgrade.ts';

/**
 * Attaches to a container over an upgrade that was authorised. One that keeps its input open (`kubectl run -i`,
 * `kubectl debug -it`) has its command run for the one who attaches, and ends with it; of another comes what it prints
 * from now on, until the reader leaves or the pod is gone.
 */
export function serveAttach(upgrade: Upgrade, running: RunningContainer, asked: CommandRequest): void {
  const { container } = running;
  const command = mainCommand(container);
  const interactive = container['stdin'] === true && asked.stdin;
  acceptCommand(upgrade, asked, (connection) => {
    if (!interactive) {
      tell(connection, running, asked);
      return;
    }
    const tty = asked.tty && container['tty'] === true;
    runSession(connection, { ...asked, tty, command: command.length > 0 ? command : ['sh'] }, running)
      .then(({ code }) => {
        running.ended(code);
        connection.finish(success);
      })
      .catch(() => connection.cut());
  });
}

/** Sends each line when its time comes. */
function tell(connection: CommandConnection, running: RunningContainer, asked: CommandRequest): void {
  const story = new PodStory(running.pod, textAt(running.container, 'name'));
  const lineEnd = asked.tty ? '\r\n' : '\n';
  let timer: NodeJS.Timeout | undefined;
  const wait = (after: Date) => {
    const line = story.next(after);
    const send = async () => {
      if (!(await running.alive())) connection.finish(success);
      else if (await connection.stdout.write(Buffer.from(line.text + lineEnd))) wait(line.time);
    };
    timer = setTimeout(() => void send(), Math.max(1, line.time.getTime() - Date.now()));
  };
  connection.listen({
    stdin: async () => undefined,
    stdinEnd: () => undefined,
    closed: () => clearTimeout(timer),
  });
  if (asked.stdout) wait(new Date());
}
