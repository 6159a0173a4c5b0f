import { createHash } from 'node:crypto';
import type { SeenValues } from '../redaction/seen-values.ts';
import { type RedactionStyle, redactText, StreamRedactor } from '../redaction/stream-redactor.ts';
import type { Flow, StreamFlows } from './codec/stream-flows.ts';
import type { StreamTap } from './stream-tap.ts';

/** What a command's stream came to. */
export interface CommandSummary {
  /** Of the command; null when the stream ended before it did. */
  readonly exitCode: number | null;
  /** What the cluster said instead of an exit code. */
  readonly error: string | null;
  readonly stdin: { readonly bytes: number; readonly sha256: string };
  readonly redactedValues: number;
}

/** Longest Status on the error flow, and longest run of resize events, that is kept to be read. */
const LONGEST_STATUS = 64 * 1024;
const LONGEST_RESIZE = 1024;

/** The standard streams of `exec` and `attach`. */
export class CommandFlows implements StreamFlows {
  readonly #tap: StreamTap;
  readonly #seen: SeenValues;
  readonly #redactors: Readonly<Record<'stdout' | 'stderr', StreamRedactor>>;
  readonly #stdin = createHash('sha256');
  #stdinBytes = 0;
  #resize = '';
  readonly #status: Buffer[] = [];
  #statusBytes = 0;

  constructor(options: { readonly seen: SeenValues; readonly style: RedactionStyle; readonly tap: StreamTap }) {
    const { seen, style } = options;
    this.#tap = options.tap;
    this.#seen = seen;
    this.#redactors = { stdout: new StreamRedactor(seen, style), stderr: new StreamRedactor(seen, style) };
  }

  mayChange(): boolean {
    return this.#redactors.stdout.active || this.#redactors.stderr.active;
  }

  opened(): void {
    // Connections are of port-forwards.
  }

  fromClient({ name }: Flow, bytes: Buffer): void {
    if (name === 'resize') this.#resized(bytes.toString('latin1'));
    if (name !== 'stdin') return;
    this.#stdin.update(bytes);
    this.#stdinBytes += bytes.length;
    this.#tap.input(bytes);
  }

  passed({ name }: Flow, bytes: Buffer): void {
    if (name === 'stdout' || name === 'stderr') this.#tap.output(name, bytes);
    else if (name === 'error' && this.#statusBytes < LONGEST_STATUS) {
      this.#status.push(Buffer.from(bytes));
      this.#statusBytes += bytes.length;
    }
  }

  changed({ name }: Flow, bytes: Buffer): Buffer {
    if (name !== 'stdout' && name !== 'stderr') return bytes;
    const changed = this.#redactors[name].push(bytes);
    if (changed.length > 0) this.#tap.output(name, changed);
    return changed;
  }

  held(): readonly Flow[] {
    return HOLDING.filter(({ name }) => this.#redactors[name].held > 0);
  }

  release({ name }: Flow): Buffer {
    if (name !== 'stdout' && name !== 'stderr') return Buffer.alloc(0);
    const held = this.#redactors[name].release();
    if (held.length > 0) this.#tap.output(name, held);
    return held;
  }

  ended(): void {
    // The end of standard input is the end of its digest, which is asked for in the end.
  }

  summary(): CommandSummary {
    return {
      // The cluster quotes the command line where it cannot run it.
      ...exitOf(redactText(this.#seen, Buffer.concat(this.#status).toString('utf8'))),
      stdin: { bytes: this.#stdinBytes, sha256: this.#stdin.copy().digest('hex') },
      redactedValues: this.#redactors.stdout.replaced + this.#redactors.stderr.replaced,
    };
  }

  /** A run of JSON objects, `{"Width":80,"Height":24}`, cut anywhere. */
  #resized(text: string): void {
    this.#resize = (this.#resize + text).slice(-LONGEST_RESIZE);
    for (let end = this.#resize.indexOf('}'); end >= 0; end = this.#resize.indexOf('}')) {
      const size = readSize(this.#resize.slice(0, end + 1));
      this.#resize = this.#resize.slice(end + 1);
      if (size !== null) this.#tap.resize(size.Width, size.Height);
    }
  }
}

const HOLDING = [
  { name: 'stdout', connection: 0 },
  { name: 'stderr', connection: 0 },
] as const;

function readSize(text: string): { Width: number; Height: number } | null {
  try {
    const { Width, Height } = JSON.parse(text) as { Width: unknown; Height: unknown };
    const sane = (value: unknown): value is number =>
      Number.isInteger(value) && Number(value) > 0 && Number(value) < 65_536;
    return sane(Width) && sane(Height) ? { Width, Height } : null;
  } catch {
    return null;
  }
}

/** The Status that ends a command (apimachinery `remotecommand` v4): `NonZeroExitCode` carries the code as a cause. */
function exitOf(text: string): Pick<CommandSummary, 'exitCode' | 'error'> {
  if (text === '') return { exitCode: null, error: null };
  try {
    const status = JSON.parse(text) as {
      status?: string;
      reason?: string;
      message?: string;
      details?: { causes?: ReadonlyArray<{ reason?: string; message?: string }> };
    };
    if (status.status === 'Success') return { exitCode: 0, error: null };
    const cause = status.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
    if (status.reason === 'NonZeroExitCode' && cause !== undefined && /^\d{1,10}$/.test(cause)) {
      return { exitCode: Number(cause), error: null };
    }
    return { exitCode: null, error: (status.message ?? '').slice(0, 500) };
  } catch {
    // Before v4 it was plain text.
    return { exitCode: null, error: text.slice(0, 500) };
  }
}
