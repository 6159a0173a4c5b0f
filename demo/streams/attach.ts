import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Call } from '../api/call.ts';
import { textAt } from '../store/json.ts';
import { acceptChannels, channel, channelSink } from './channels.ts';
import { readRequest, runIn, runningContainer } from './exec.ts';
import { PodStory } from './log-lines.ts';

/**
 * Attaches to a container over an upgrade that was authorised. One that keeps a terminal open (`kubectl run -it`) has a
 * shell on it; of another comes what it prints from now on, until the reader leaves or the pod is gone.
 * @throws {ApiError} before the upgrade: no such pod or container, a pod that is not running.
 */
export function startAttach(call: Call, socket: Duplex, head: Buffer, auditId: string): void {
  const { info, query, cluster } = call;
  const { pod, container } = runningContainer(call, 'attach');
  const asked = readRequest(query, ['sh']);
  const interactive = container['stdin'] === true && container['tty'] === true && asked.stdin;
  const alive = () => cluster.objects.find('Pod', info.namespace, info.name) !== undefined;
  acceptChannels(call, socket, head, auditId, (webSocket) => {
    if (interactive) {
      runIn(call, webSocket, pod, container, asked);
      return;
    }
    webSocket.on('error', () => webSocket.terminate());
    // The server speaks first: an empty message on its lowest channel.
    if (asked.stdout || asked.stderr) webSocket.send(Buffer.from([asked.stdout ? channel.stdout : channel.stderr]));
    const story = new PodStory(pod, textAt(container, 'name'));
    if (asked.stdout) tell(webSocket, story, asked.tty ? '\r\n' : '\n', alive);
  });
}

/** Sends each line when its time comes. */
function tell(webSocket: WebSocket, story: PodStory, lineEnd: string, alive: () => boolean): void {
  const output = channelSink(webSocket, channel.stdout);
  let timer: NodeJS.Timeout | undefined;
  const wait = (after: Date) => {
    const line = story.next(after);
    const send = async () => {
      if (!alive()) {
        webSocket.send(
          Buffer.concat([Buffer.from([channel.error]), Buffer.from('{"metadata":{},"status":"Success"}')]),
        );
        webSocket.close(1000);
      } else if (await output.write(Buffer.from(line.text + lineEnd))) {
        wait(line.time);
      }
    };
    timer = setTimeout(() => void send(), Math.max(1, line.time.getTime() - Date.now()));
  };
  wait(new Date());
  webSocket.on('close', () => clearTimeout(timer));
}
