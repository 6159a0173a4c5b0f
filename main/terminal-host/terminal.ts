import { randomUUID } from 'node:crypto';
import { EchoedInput } from '../../proxy/recording/echoed-input.ts';
import { OscFilter } from '../../proxy/recording/osc-filter.ts';
import { openRecording, type Recording, type RecordingProgress } from '../../proxy/recording/recording-writer.ts';
import { HostError } from '../hosts/protocol.ts';
import { foregroundProgram } from './foreground-program.ts';
import type { TerminalOpen } from './protocol.ts';
import { openPseudoTerminal, type PseudoTerminal } from './pseudo-terminal.ts';
import { ScreenLine, type ScreenPort } from './screen-line.ts';
import { shellLaunch } from './shell-launch.ts';
import { WorkingFolder } from './working-folder.ts';

export interface TerminalEvents {
  exited(code: number): void;
  prompt(kubeconfig: string): void;
  folder(folder: string): void;
  recordingFailed(message: string): void;
}

/** One shell: pseudo-terminal -> our sequences out -> recording -> screen, in this order. */
export class Terminal {
  readonly #pty: PseudoTerminal;
  readonly #recording: Recording;
  readonly #screen: ScreenLine;
  readonly #folder: WorkingFolder;
  #closing = false;

  constructor(
    open: TerminalOpen,
    folders: { readonly recordings: string; readonly shell: string },
    events: TerminalEvents,
  ) {
    const { shell, environment, columns, rows, folder } = open;
    this.#recording = startRecording(open, folders.recordings, events);

    const token = randomUUID();
    const filter = new OscFilter(token, ({ name, value }) => {
      if (name === 'kubeconfig') events.prompt(value);
    });
    const launch = shellLaunch(shell, folders.shell, token, environment, process.platform === 'darwin');
    const input = open.recordInput ? new EchoedInput((text) => this.#recording.input(text)) : null;
    const pass = (bytes: Buffer) => {
      if (bytes.length === 0) return;
      input?.printed(bytes.toString('utf8'));
      this.#recording.output(bytes);
      this.#screen.output(bytes);
      this.#folder.printed();
    };
    this.#screen = new ScreenLine({ pause: () => this.#pty.pause(), resume: () => this.#pty.resume() }, (asked) => {
      if (asked.type === 'resize') {
        this.#pty.resize(asked.columns, asked.rows);
        this.#recording.resize(asked.columns, asked.rows);
        return;
      }
      input?.typed(asked.data);
      this.#pty.write(asked.data);
    });
    this.#pty = openPseudoTerminal({
      file: shell,
      args: launch.args,
      environment: { ...environment, ...launch.environment },
      folder,
      columns,
      rows,
      onOutput: (bytes) => pass(filter.push(bytes)),
      onEnd: (code) => {
        pass(filter.end());
        this.#folder.end();
        input?.end();
        this.#recording.close(this.#closing ? 'closed' : 'exit', this.#closing ? null : code);
        this.#screen.exit(code);
        events.exited(code);
      },
    });
    this.#folder = new WorkingFolder(this.#pty.pid, (inFolder) => events.folder(inFolder));
  }

  attach(port: ScreenPort): void {
    this.#screen.attach(port);
  }

  request(request: { readonly auditId: string; readonly outcome: string; readonly label: string }): void {
    this.#recording.request(request);
  }

  /** The program that a person would lose with it; null at the prompt. */
  foreground(): Promise<string | null> {
    return foregroundProgram(this.#pty.pid);
  }

  /** Its recording's id, and how far that is. */
  get recorded(): readonly [string, RecordingProgress] {
    return [this.#recording.id, this.#recording.progress()];
  }

  close(): void {
    this.#closing = true;
    this.#pty.hangUp();
    this.#screen.close();
  }
}

function startRecording(open: TerminalOpen, folder: string, events: TerminalEvents): Recording {
  const { id, title, principal, cluster, clusterName, namespace } = open.recording;
  try {
    return openRecording({
      folder,
      id,
      header: {
        columns: open.columns,
        rows: open.rows,
        terminalType: open.environment['TERM'] ?? 'xterm-256color',
        title,
        shell: open.shell,
        subject: { id, principal, cluster, clusterName, namespace, session: open.id },
      },
      now: Date.now,
      onProblem: (error) => events.recordingFailed(error.message),
    });
  } catch (error) {
    throw new HostError(
      'recording-unavailable',
      `The recording cannot be started, so the terminal was not opened: ${(error as Error).message}`,
    );
  }
}
