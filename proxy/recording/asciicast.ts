/**
 * asciicast v3 (docs.asciinema.org/manual/asciicast/v3): one JSON header line, then one JSON array per event, whose
 * time is the interval since the event before. Lines that start with `#` are comments, which players skip: ours carry
 * what only Gatehouse reads.
 */

/** Who was recorded, and where. No credential, no path of a kubeconfig. */
export interface RecordingSubject {
  readonly id: string;
  readonly principal: string;
  readonly cluster: string;
  readonly clusterName: string;
  readonly namespace: string;
  readonly session: string;
  /** Set where a stream through the gateway was recorded instead of a terminal of the app. */
  readonly stream?: RecordedStream;
}

/** What a recorded stream was asked to do. */
export interface RecordedStream {
  readonly kind: 'exec' | 'attach' | 'portforward';
  readonly pod: string;
  /** Empty: the pod's default container. */
  readonly container: string;
  readonly command: readonly string[];
  readonly transport: string;
  readonly kubectlSession: string | null;
  readonly userAgent: string;
}

/** `exec shop/web-0: sh -c date`: the name of a stream's recording in a list. */
export function streamTitle({ stream, namespace }: RecordingSubject): string {
  if (stream === undefined) return '';
  const command = stream.command.length === 0 ? '' : `: ${stream.command.join(' ')}`;
  const kind = stream.kind === 'portforward' ? 'port-forward' : stream.kind;
  return `${kind} ${namespace}/${stream.pod}${command}`.slice(0, 200);
}

export interface RecordingHeader {
  readonly columns: number;
  readonly rows: number;
  /** `TERM` of the shell. */
  readonly terminalType: string;
  readonly title: string;
  readonly shell: string;
  readonly subject: RecordingSubject;
}

export type CastEventCode = 'o' | 'i' | 'r' | 'm' | 'x';

export interface CastEvent {
  readonly intervalMs: number;
  readonly code: CastEventCode;
  readonly data: string;
}

/** How a recording ended: the shell did, the person closed it, or the app died. */
export type RecordingEnd = 'exit' | 'closed' | 'crash';

/** One API request of the recorded session, beside the marker that players show. */
export interface RequestNote {
  readonly auditId: string;
  readonly outcome: string;
}

const REQUEST_NOTE = '# x-gatehouse-request ';
const END_NOTE = '# x-gatehouse-end ';

/** @param startedAt milliseconds since 1970. */
export function headerLine(header: RecordingHeader, startedAt: number): string {
  return `${JSON.stringify({
    version: 3,
    term: { cols: header.columns, rows: header.rows, type: header.terminalType },
    timestamp: Math.floor(startedAt / 1000),
    title: header.title,
    env: { SHELL: header.shell, TERM: header.terminalType },
    'x-gatehouse': { ...header.subject, startedAt: new Date(startedAt).toISOString() },
  })}\n`;
}

export function eventLine(event: CastEvent): string {
  return `[${(event.intervalMs / 1000).toFixed(3)},"${event.code}",${JSON.stringify(event.data)}]\n`;
}

export function requestNoteLine(note: RequestNote): string {
  return `${REQUEST_NOTE}${JSON.stringify(note)}\n`;
}

export interface EndNote {
  readonly end: RecordingEnd;
  readonly durationMs: number;
  readonly requests: number;
  readonly reason?: string;
}

export function endNoteLine(note: EndNote): string {
  return `${END_NOTE}${JSON.stringify(note)}\n`;
}

export type CastLine =
  | { readonly kind: 'event'; readonly event: CastEvent }
  | { readonly kind: 'request'; readonly note: RequestNote }
  | { readonly kind: 'end'; readonly note: EndNote }
  | { readonly kind: 'other' };

/**
 * Reads a line below the header; one that is damaged counts as `other`, so that it costs no more than itself. Nothing
 * that a recorded program prints can make a line: line breaks in data are escaped.
 */
export function readLine(line: string): CastLine {
  try {
    return parseLine(line);
  } catch {
    return { kind: 'other' };
  }
}

function parseLine(line: string): CastLine {
  if (line.startsWith(REQUEST_NOTE)) return { kind: 'request', note: parse<RequestNote>(line, REQUEST_NOTE) };
  if (line.startsWith(END_NOTE)) return { kind: 'end', note: parse<EndNote>(line, END_NOTE) };
  if (!line.startsWith('[')) return { kind: 'other' };
  const [seconds, code, data] = JSON.parse(line) as [number, CastEventCode, string];
  return { kind: 'event', event: { intervalMs: Math.round(seconds * 1000), code, data } };
}

function parse<Note>(line: string, prefix: string): Note {
  return JSON.parse(line.slice(prefix.length)) as Note;
}

/** What a header says about a recording of ours. @throws {SyntaxError} when it is none. */
export function readHeader(line: string): {
  readonly title: string;
  readonly startedAt: string;
  readonly subject: RecordingSubject;
} {
  const header = JSON.parse(line) as {
    version?: unknown;
    title?: string;
    'x-gatehouse'?: RecordingSubject & { startedAt: string };
  };
  const ours = header['x-gatehouse'];
  if (header.version !== 3 || !ours) throw new SyntaxError('not a recording made by Gatehouse');
  const { startedAt, ...subject } = ours;
  return { title: header.title ?? '', startedAt, subject };
}
