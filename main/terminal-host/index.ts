import { recoverRecordings } from '../../proxy/recording/recording-reader.ts';
import { serveHost } from '../hosts/host-server.ts';
import { parentChannel } from '../hosts/parent-channel.ts';
import { HostError } from '../hosts/protocol.ts';
import { byteRecordingOf, listKept, readKept } from './kept-recordings.ts';
import { terminalProtocol } from './protocol.ts';
import type { ScreenPort } from './screen-line.ts';
import { writeHookFiles } from './shell-launch.ts';
import { Terminal } from './terminal.ts';

// The terminals' own process: node-pty is native code, and a shell must outlive a crash of anything else.
const terminals = new Map<string, Terminal>();
const folders = { recordings: '', sessions: '', shell: '' };
const CLOSING_MS = 1_500;

serveHost(terminalProtocol, parentChannel(), (emit) => ({
  start: async ({ recordingsFolder, sessionsFolder, shellFolder }) => {
    folders.recordings = recordingsFolder;
    folders.sessions = sessionsFolder;
    folders.shell = shellFolder;
    writeHookFiles(shellFolder);
    return { recovered: await recoverRecordings(recordingsFolder) };
  },
  open: (open) => {
    const { id } = open;
    if (terminals.has(id)) throw new HostError('terminal-exists', 'This terminal is open already');
    const terminal = new Terminal(open, folders, {
      exited: (code) => emit('exited', { id, code }),
      prompt: (kubeconfig) => emit('prompt', { id, kubeconfig }),
      folder: (folder) => emit('folder', { id, folder }),
      recordingFailed: (message) => emit('recordingFailed', { id, message }),
    });
    terminals.set(id, terminal);
  },
  attach: (id, [port]) => {
    const terminal = terminals.get(id);
    if (terminal && port) terminal.attach(port as ScreenPort);
    else (port as ScreenPort | undefined)?.close();
  },
  foreground: async (id) => (await terminals.get(id)?.foreground()) ?? null,
  close: (id) => {
    terminals.get(id)?.close();
    terminals.delete(id);
  },
  request: ({ id, ...request }) => terminals.get(id)?.request(request),
  recordings: () => listKept(folders, new Map([...terminals.values()].map(({ recorded }) => recorded))),
  readRecording: (id) => readKept(folders, id),
  byteRecording: (id) => byteRecordingOf(folders, id),
  stop: async () => {
    for (const terminal of terminals.values()) terminal.close();
    if (terminals.size > 0) await new Promise((resolve) => setTimeout(resolve, CLOSING_MS));
    terminals.clear();
  },
}));
