import type { ServerResponse } from 'node:http';
import { BytePipe, emptyInput, readAll } from '../shell/byte-pipe.ts';
import { FileTree } from '../shell/file-tree.ts';
import { containerFiles } from '../shell/pod-environment.ts';
import { Shell } from '../shell/shell.ts';
import { textAt } from '../store/json.ts';
import { type LogLine, PodStory } from './log-lines.ts';
import { containerStatus, machineOf, mainCommand, type RunningContainer, variablesOf } from './running-container.ts';

/** Which lines of a log, and how. */
export interface LogRequest {
  readonly follow: boolean;
  readonly timestamps: boolean;
  /** Null for all. */
  readonly tailLines: number | null;
  /** Milliseconds since the epoch: 0 for all. */
  readonly since: number;
  /** Null for all. */
  readonly limitBytes: number | null;
}

/** What a pod that ends by itself printed: its command run in the little shell, without its waiting. */
async function printed(running: RunningContainer): Promise<LogLine[]> {
  const { pod, container, objects } = running;
  const status = containerStatus(pod, textAt(container, 'name'));
  const time = new Date(textAt(status, 'state', 'terminated', 'finishedAt') || Date.now());
  const files = new FileTree(containerFiles(objects, pod, container));
  const shell = new Shell({ ...machineOf(running), files }, variablesOf(running));
  const output = new BytePipe();
  const signal = AbortSignal.timeout(2_000);
  const argv = mainCommand(container).map((word) => word.replace(/\bsleep \S+/g, ':'));
  const streams = { stdin: emptyInput(), stdout: output, stderr: output, signal };
  const finished = (
    argv.length === 0 || argv[0]?.startsWith('/app/')
      ? output.write(Buffer.from('done\n'))
      : shell.execute(argv, streams)
  ).finally(() => output.end());
  const text = (await readAll(output)).subarray(0, 1024 * 1024).toString('utf8');
  await finished;
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => ({ time, text: line }));
}

function formatted(line: LogLine, timestamps: boolean): string {
  return timestamps ? `${line.time.toISOString().replace('Z', '000000Z')} ${line.text}\n` : `${line.text}\n`;
}

/** Answers with a container's log, made up; goes on as time does when it is followed. */
export async function sendLog(response: ServerResponse, running: RunningContainer, asked: LogRequest): Promise<void> {
  const ends = textAt(running.pod, 'spec', 'restartPolicy') !== 'Always';
  const story = new PodStory(running.pod, textAt(running.container, 'name'));
  const all = (ends ? await printed(running) : story.past()).filter((line) => line.time.getTime() >= asked.since);
  const { tailLines, limitBytes, timestamps } = asked;
  const shown = tailLines === null ? all : tailLines === 0 ? [] : all.slice(-tailLines);
  const text = Buffer.from(shown.map((line) => formatted(line, timestamps)).join(''));
  response.writeHead(200, { 'Content-Type': 'text/plain' });
  response.write(limitBytes === null ? text : text.subarray(0, limitBytes));
  if (asked.follow && !ends) follow(response, running, story, { timestamps, last: all.at(-1)?.time ?? new Date() });
  else response.end();
}

/** Sends each further line when its time comes, until the reader leaves or the pod is gone. */
function follow(
  response: ServerResponse,
  running: RunningContainer,
  story: PodStory,
  { timestamps, last }: { timestamps: boolean; last: Date },
): void {
  let timer: NodeJS.Timeout | undefined;
  const wait = (after: Date) => {
    const line = story.next(after);
    const send = async () => {
      if (!(await running.alive())) {
        response.end();
        return;
      }
      const roomy = response.write(formatted(line, timestamps));
      if (roomy) wait(line.time);
      else response.once('drain', () => wait(line.time));
    };
    timer = setTimeout(() => void send(), Math.max(1, line.time.getTime() - Date.now()));
  };
  response.flushHeaders();
  wait(last);
  response.on('close', () => clearTimeout(timer));
}
