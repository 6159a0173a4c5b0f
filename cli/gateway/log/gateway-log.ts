import { pino } from 'pino';
import { type GatewayLog, type LogFields, logSerializers } from '../../../proxy/gateway-log.ts';
import type { ErrorOutput } from '../../command/error-output.ts';
import { boundedFields } from './bounded-fields.ts';
import { type LineFormat, logLine } from './log-line.ts';
import { RateBound } from './rate-bound.ts';

/** From all to least; each has what stands behind it too. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** `text` is for people, `json` for programs. */
export const LOG_FORMATS = ['text', 'json'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/** The log of a headless gateway. */
export interface HeadlessLog extends GatewayLog {
  debug(fields: LogFields, message: string): void;
  /** Says what was left out so far. */
  close(): void;
}

export interface HeadlessLogOptions {
  readonly level: LogLevel;
  /** Null: as fits who reads it. */
  readonly format: LogFormat | null;
  readonly output: ErrorOutput;
}

/** Lines on stderr: bounded in length and in number, and never waited for. */
export function openGatewayLog({ level, format, output }: HeadlessLogOptions): HeadlessLog {
  const lineFormat = lineFormatFor(format, output.reader);
  const sink = new Sink(output, lineFormat);
  const lines = pino(
    {
      base: null,
      level,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: boundedFields },
      serializers: { error: (error: Error) => boundedFields(asFields(logSerializers.error(error))) },
    },
    sink,
  );
  sink.lost = (count) => {
    lines.warn(
      { event: 'lines-lost', lines: count },
      'lines of this log were lost: nobody read them, or the disk was full',
    );
  };
  const bound = new RateBound((of, more, seconds) => {
    lines.warn({ event: 'lines-dropped', of, more, seconds }, 'and more of the same');
  });
  const write = (at: LogLevel) => (fields: LogFields, message: string) => {
    if (lines.isLevelEnabled(at) && bound.admits(fields.event)) lines[at](fields, message);
  };
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    close: () => bound.close(),
  };
}

/** People read a terminal and systemd's journal; a file or a pipe is read by programs, unless somebody says otherwise. */
export function lineFormatFor(format: LogFormat | null, reader: ErrorOutput['reader']): LineFormat {
  if (format === 'json' || (format === null && reader === 'other')) return 'json';
  return reader === 'journal' ? 'journal' : 'text';
}

function asFields(value: unknown): Record<string, unknown> {
  return value !== null && typeof value === 'object' ? { ...value } : { message: String(value) };
}

/** Counts what the output lost, and says so behind the next line that it takes. */
class Sink {
  readonly #output: ErrorOutput;
  readonly #format: LineFormat;
  #lost = 0;
  lost: (count: number) => void = () => undefined;

  constructor(output: ErrorOutput, format: LineFormat) {
    this.#output = output;
    this.#format = format;
  }

  write(json: string): void {
    if (!this.#output.write(logLine(json, this.#format))) {
      this.#lost += 1;
      return;
    }
    if (this.#lost === 0) return;
    const lost = this.#lost;
    this.#lost = 0;
    this.lost(lost);
  }
}
