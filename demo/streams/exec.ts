import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Call } from '../api/call.ts';
import { queryTrue } from '../api/request-target.ts';
import { badRequest } from '../api/status.ts';
import { BytePipe, type ByteSink } from '../shell/byte-pipe.ts';
import { commands } from '../shell/commands.ts';
import { FileTree } from '../shell/file-tree.ts';
import { containerFiles, containerVariables } from '../shell/pod-environment.ts';
import type { Machine } from '../shell/process.ts';
import { Shell } from '../shell/shell.ts';
import { ForegroundInput, runInteractive, Terminal } from '../shell/terminal.ts';
import { type JsonObject, nameOf, objectsAt, textAt, textsAt, uidOf } from '../store/json.ts';
import { kindNamed } from '../store/resource-kinds.ts';
import { acceptChannels, bytesOf, channel, channelSink } from './channels.ts';

/**
 * The container that a request names, or the pod's first.
 * @throws {ApiError} 400 when there is none of that name.
 */
export function findContainer(pod: JsonObject, asked: string): JsonObject {
  const containers = objectsAt(pod, 'spec', 'containers');
  const found = asked === '' ? containers[0] : containers.find((container) => container['name'] === asked);
  if (found) return found;
  throw badRequest(`container ${asked} is not valid for pod ${nameOf(pod)}`);
}

function machineOf(call: Call, pod: JsonObject, container: JsonObject): Machine {
  const key = `${uidOf(pod)}/${textAt(container, 'name')}`;
  const files = call.cluster.podFiles.get(key) ?? new FileTree(containerFiles(call.cluster.objects, pod, container));
  call.cluster.podFiles.set(key, files);
  const mainCommand = textsAt(container, 'command').join(' ') || `/app/${textAt(container, 'name')}`;
  return { hostname: nameOf(pod), files, mainCommand };
}

const nowhere: ByteSink = { write: async () => true };

/** The Status on the error channel that carries an exit code. */
function exitStatus(code: number): JsonObject {
  if (code === 0) return { metadata: {}, status: 'Success' };
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: exit status ${code}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  };
}

/** What the container runtime says of a program that is not there. */
function missingProgram(name: string): JsonObject {
  const message = `Internal error occurred: error executing command in container: failed to exec in container: failed to start exec: OCI runtime exec failed: exec failed: unable to start container process: exec: "${name}": executable file not found in $PATH`;
  const details = { causes: [{ message: message.replace('Internal error occurred: ', '') }] };
  return { metadata: {}, status: 'Failure', message, reason: 'InternalError', details, code: 500 };
}

function knows(program: string): boolean {
  const short = program.replace(/^\/(usr\/)?(local\/)?s?bin\//, '');
  return Object.hasOwn(commands, short) || ['sh', 'bash', 'ash'].includes(short);
}

/** What the query asks for. */
export interface ExecRequest {
  readonly command: readonly string[];
  readonly tty: boolean;
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
}

/** @throws {ApiError} 400 without a command. */
export function readRequest(query: URLSearchParams, command: readonly string[]): ExecRequest {
  if (command.length === 0) throw badRequest('you must specify at least one command for the container');
  const flag = (name: string) => queryTrue(query.get(name));
  return { command, tty: flag('tty'), stdin: flag('stdin'), stdout: flag('stdout'), stderr: flag('stderr') };
}

/**
 * A pod's container that is running.
 * @throws {ApiError} 404, 400: no such pod or container, or it does not run; `verb` is said of a pod that is done.
 */
export function runningContainer(call: Call, verb: string): { pod: JsonObject; container: JsonObject } {
  const { info, query } = call;
  const pod = call.cluster.objects.get(kindNamed('Pod'), info.namespace, info.name);
  const container = findContainer(pod, query.get('container') ?? '');
  const phase = textAt(pod, 'status', 'phase');
  if (phase === 'Succeeded' || phase === 'Failed') {
    throw badRequest(`cannot ${verb} a container in a completed pod; current phase is ${phase}`);
  }
  if (phase === 'Running') return { pod, container };
  throw badRequest(`container ${textAt(container, 'name')} is not running; current phase is ${phase}`);
}

/**
 * Runs a command over an upgrade that was authorised.
 * @throws {ApiError} before the upgrade: no such pod or container, no command, a pod that is not running.
 */
export function startExec(call: Call, socket: Duplex, head: Buffer, auditId: string): void {
  const { pod, container } = runningContainer(call, 'exec into');
  const asked = readRequest(call.query, call.query.getAll('command'));
  acceptChannels(call, socket, head, auditId, (webSocket) => runIn(call, webSocket, pod, container, asked));
}

/** Runs a command in a container over open channels. */
export function runIn(
  call: Call,
  webSocket: WebSocket,
  pod: JsonObject,
  container: JsonObject,
  asked: ExecRequest,
): void {
  const machine = machineOf(call, pod, container);
  const variables = containerVariables(call.cluster.objects, pod, container);
  runSession(webSocket, asked, machine, variables).catch(() => webSocket.terminate());
}

async function runSession(
  socket: WebSocket,
  asked: ExecRequest,
  machine: Machine,
  variables: Readonly<Record<string, string>>,
): Promise<void> {
  const closed = new AbortController();
  const stdout = asked.stdout ? channelSink(socket, channel.stdout) : nowhere;
  const stderr = asked.stderr && !asked.tty ? channelSink(socket, channel.stderr) : stdout;
  const terminal = new Terminal(stdout);
  const input = new BytePipe();
  const target = asked.tty ? terminal.input : input;
  if (!asked.stdin) target.end();
  socket.on('message', (data) => {
    const message = bytesOf(data);
    if (message[0] === channel.stdin && asked.tty) terminal.type(message.subarray(1));
    else if (message[0] === channel.stdin && message.length > 1) receive(socket, input, message.subarray(1));
    else if (message[0] === channel.close && message[1] === channel.stdin) target.end();
  });
  socket.on('close', () => {
    closed.abort();
    target.end();
  });
  socket.on('error', () => socket.terminate());
  // The server speaks first: an empty message on its lowest channel.
  if (asked.stdout || asked.stderr) socket.send(Buffer.from([asked.stdout ? channel.stdout : channel.stderr]));
  const status = await runAsked(asked, machine, variables, { terminal, input, stdout, stderr, closed: closed.signal });
  if (socket.readyState !== socket.OPEN) return;
  socket.send(Buffer.concat([Buffer.from([channel.error]), Buffer.from(JSON.stringify(status))]));
  socket.close(1000);
}

/** Stdin of a command that reads slowly stops the socket until it has read on. */
function receive(socket: WebSocket, input: BytePipe, bytes: Buffer): void {
  socket.pause();
  void input.write(bytes).then(() => socket.resume());
}

async function runAsked(
  asked: ExecRequest,
  machine: Machine,
  variables: Readonly<Record<string, string>>,
  io: { terminal: Terminal; input: BytePipe; stdout: ByteSink; stderr: ByteSink; closed: AbortSignal },
): Promise<JsonObject> {
  const [program = '', ...args] = asked.command;
  if (!knows(program)) return missingProgram(program);
  const shell = new Shell(machine, asked.tty ? { ...variables, TERM: 'xterm' } : variables);
  const interactive = /(^|\/)(ba|a)?sh$/.test(program) && args.every((argument) => /^-[il]+$/.test(argument));
  if (asked.tty && interactive) return exitStatus(await runInteractive(shell, io.terminal, io.closed));
  const { display, input, signal } = io.terminal;
  const streams = asked.tty
    ? {
        stdin: new ForegroundInput(input),
        stdout: display,
        stderr: display,
        signal: AbortSignal.any([signal, io.closed]),
      }
    : { stdin: io.input, stdout: io.stdout, stderr: io.stderr, signal: io.closed };
  try {
    return exitStatus(await shell.execute(asked.command, streams));
  } catch (error) {
    return missingProgram(error instanceof Error ? error.message : program);
  }
}
