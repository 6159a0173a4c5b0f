import type { Call } from '../api/call.ts';
import { readInteger } from '../api/read-objects.ts';
import { queryTrue } from '../api/request-target.ts';
import { badRequest } from '../api/status.ts';
import { BytePipe, emptyInput, readAll } from '../shell/byte-pipe.ts';
import { FileTree } from '../shell/file-tree.ts';
import { containerFiles, containerVariables } from '../shell/pod-environment.ts';
import { Shell } from '../shell/shell.ts';
import { type JsonObject, nameOf, objectsAt, textAt, textsAt } from '../store/json.ts';
import { kindNamed } from '../store/resource-kinds.ts';
import { findContainer } from './exec.ts';
import { type LogLine, PodStory } from './log-lines.ts';

/** What a pod that ends by itself printed: its command run in the little shell, without its waiting. */
async function printed(call: Call, pod: JsonObject, container: JsonObject): Promise<LogLine[]> {
  const command = [...textsAt(container, 'command'), ...textsAt(container, 'args')];
  const finished = textAt(objectsAt(pod, 'status', 'containerStatuses')[0] ?? {}, 'state', 'terminated', 'finishedAt');
  const time = new Date(finished || Date.now());
  const { objects } = call.cluster;
  const files = new FileTree(containerFiles(objects, pod, container));
  const machine = { hostname: nameOf(pod), files, mainCommand: command.join(' ') };
  const shell = new Shell(machine, containerVariables(objects, pod, container));
  const output = new BytePipe();
  const signal = AbortSignal.timeout(2_000);
  const argv = command.map((word) => word.replace(/\bsleep \S+/g, ':'));
  const streams = { stdin: emptyInput(), stdout: output, stderr: output, signal };
  const running = (
    argv[0]?.startsWith('/app/') ? output.write(Buffer.from('done\n')) : shell.execute(argv, streams)
  ).finally(() => output.end());
  const text = (await readAll(output)).subarray(0, 1024 * 1024).toString('utf8');
  await running;
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => ({ time, text: line }));
}

function formatted(line: LogLine, timestamps: boolean): string {
  return timestamps ? `${line.time.toISOString().replace('Z', '000000Z')} ${line.text}\n` : `${line.text}\n`;
}

function since(call: Call): number {
  const seconds = call.query.get('sinceSeconds');
  if (seconds !== null) return Date.now() - readInteger(seconds) * 1000;
  return Date.parse(call.query.get('sinceTime') ?? '') || 0;
}

/** GET on `pods/log`, with follow, container, tailLines, sinceSeconds, sinceTime and timestamps. */
export async function sendPodLog(call: Call): Promise<void> {
  const { query, response, info } = call;
  const { objects } = call.cluster;
  const pod = objects.get(kindNamed('Pod'), info.namespace, info.name);
  const containers = objectsAt(pod, 'spec', 'containers').map((container) => textAt(container, 'name'));
  const asked = query.get('container') ?? '';
  if (asked === '' && containers.length > 1) {
    throw badRequest(
      `a container name must be specified for pod ${info.name}, choose one of: [${containers.join(' ')}]`,
    );
  }
  const container = findContainer(pod, asked);
  const name = textAt(container, 'name');
  if (textAt(pod, 'status', 'phase') === 'Pending') {
    throw badRequest(`container "${name}" in pod "${info.name}" is waiting to start: ContainerCreating`);
  }
  if (queryTrue(query.get('previous'))) {
    throw badRequest(`previous terminated container "${name}" in pod "${info.name}" not found`);
  }
  const ends = textAt(pod, 'spec', 'restartPolicy') !== 'Always';
  const story = new PodStory(pod, name);
  const all = (ends ? await printed(call, pod, container) : story.past()).filter(
    (line) => line.time.getTime() >= since(call),
  );
  const tail = query.get('tailLines');
  const shown = tail === null ? all : readInteger(tail) === 0 ? [] : all.slice(-readInteger(tail));
  const timestamps = queryTrue(query.get('timestamps'));
  response.writeHead(200, { 'Content-Type': 'text/plain' });
  response.write(shown.map((line) => formatted(line, timestamps)).join(''));
  const follows = queryTrue(query.get('follow')) && !ends;
  if (follows) follow(call, story, timestamps, all.at(-1)?.time ?? new Date());
  else response.end();
}

/** Sends each further line when its time comes, until the reader leaves or the pod is gone. */
function follow(call: Call, story: PodStory, timestamps: boolean, last: Date): void {
  const { response, info, cluster } = call;
  let timer: NodeJS.Timeout | undefined;
  const wait = (after: Date) => {
    const line = story.next(after);
    timer = setTimeout(
      () => {
        if (!cluster.objects.find('Pod', info.namespace, info.name)) {
          response.end();
          return;
        }
        const roomy = response.write(formatted(line, timestamps));
        if (roomy) wait(line.time);
        else response.once('drain', () => wait(line.time));
      },
      Math.max(1, line.time.getTime() - Date.now()),
    );
  };
  response.flushHeaders();
  wait(last);
  response.on('close', () => clearTimeout(timer));
}
