import { chmod, lstat, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { visible } from '../../model/visible-text.ts';
import { userInWords } from '../file-owner.ts';
import { type AnswerOptions, answerControl } from './answer-control.ts';
import type { Conversation } from './caller.ts';
import { removeOldProofs } from './caller-proof.ts';

/** Why there is no control socket. `message` says how to mend it. */
export class ControlSocketError extends Error {
  override readonly name = 'ControlSocketError';
  readonly code: 'folder-not-private' | 'path-too-long' | 'socket-in-use' | 'socket-taken';

  constructor(code: ControlSocketError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** `sockaddr_un.sun_path` without its closing zero: unix(7) on Linux, `sys/un.h` on macOS. */
const pathBytesAtMost = process.platform === 'linux' ? 107 : 103;
const LINE_BYTES_AT_MOST = 64 * 1024;
const IDLE_MILLISECONDS = 60_000;
/** Beyond, the longest one ends: whoever floods the socket ends their own, and takes no files from clients of the cluster. */
const CONNECTIONS_AT_MOST = 200;

/**
 * Where the control socket of a data folder is.
 * @throws {ControlSocketError} `path-too-long`
 */
export function controlSocketPath(dataFolder: string): string {
  const path = join(dataFolder, 'control.sock');
  const bytes = Buffer.byteLength(path);
  if (bytes > pathBytesAtMost) {
    throw new ControlSocketError(
      'path-too-long',
      `the path ${path} has ${bytes} bytes, and a socket's path may have ${pathBytesAtMost} here: choose a data folder with a shorter path`,
    );
  }
  return path;
}

/**
 * Lets the owner of the data folder, and root, see and decide what waits: nobody else can enter the folder or open the
 * socket. Whoever can is the person that `ownerConfirm` means; which of them it was is proved word by word (`caller.ts`),
 * and never taken from the request.
 *
 * @returns closes it.
 * @throws {ControlSocketError}
 */
export async function openControlSocket(options: AnswerOptions): Promise<() => Promise<void>> {
  const { dataFolder } = options;
  const path = controlSocketPath(dataFolder);
  await assertPrivate(dataFolder);
  await removeStaleSocket(path);
  await removeOldProofs(dataFolder);

  const connections = new Set<Socket>();
  // A client may end its side with its last line; it is answered all the same.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const [longest] = connections;
    if (connections.size >= CONNECTIONS_AT_MOST) longest?.destroy();
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setTimeout(IDLE_MILLISECONDS, () => socket.destroy());
    void converse(socket, options);
  });
  await listen(server, path);
  await chmod(path, 0o600);
  return async () => {
    for (const socket of connections) socket.destroy();
    // Node removes the file of a socket that it closes.
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
}

async function converse(socket: Socket, options: AnswerOptions): Promise<void> {
  const conversation: Conversation = { nonce: null };
  try {
    let rest = '';
    for await (const chunk of socket.setEncoding('utf8')) {
      rest += chunk;
      for (let end = rest.indexOf('\n'); end !== -1; end = rest.indexOf('\n')) {
        const response = await answerControl(rest.slice(0, end), conversation, options);
        rest = rest.slice(end + 1);
        socket.write(`${JSON.stringify(response)}\n`);
      }
      if (rest.length > LINE_BYTES_AT_MOST) break;
    }
  } catch {
    // The other side went away.
  }
  socket.destroySoon();
}

async function assertPrivate(folder: string): Promise<void> {
  const { mode, uid } = await lstat(folder);
  const own = process.getuid?.() ?? uid;
  if (uid === own && (mode & 0o077) === 0) return;
  const why =
    uid === own
      ? `must be closed to others (its mode is ${(mode & 0o777).toString(8)}): run chmod 700 on it`
      : `belongs to ${userInWords(uid)}, and this runs as ${userInWords(own)}: start the gateway as that user`;
  throw new ControlSocketError('folder-not-private', `the data folder ${visible(folder)} ${why}, or choose another`);
}

/** A socket file that nobody answers at was left by a gateway that was killed. */
async function removeStaleSocket(path: string): Promise<void> {
  const found = await lstat(path).catch(() => null);
  if (found === null) return;
  if (found.isDirectory()) {
    throw new ControlSocketError('socket-taken', `${visible(path)} is not a socket: move it away`);
  }
  const answered = await new Promise<boolean>((resolve) => {
    const socket = connect(path, () => resolve(true));
    socket.on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
  if (answered)
    throw new ControlSocketError('socket-in-use', `another gateway already answers at ${path}: stop it first`);
  await rm(path);
}

async function listen(server: Server, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
