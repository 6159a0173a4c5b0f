import { type DestinationStream, stdSerializers } from 'pino';
import { visibleJson } from '../model/visible-text.ts';
import type { LogEvent } from './log-events.ts';

/** pino-compatible sink of the gateway's own log. Carries no Secret material. */
export interface GatewayLog {
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

/**
 * What an entry is about: by a name that programs may look for, and with names of things. What varies stands in fields,
 * never in the message. An error stands under `error`, in every log of the house: see {@link logSerializers}.
 */
export interface LogFields {
  readonly event: LogEvent;
  readonly err?: never;
  readonly [field: string]: unknown;
}

/**
 * For every pino of ours: an error is written with its type, message and stack. By itself pino does that for the key
 * `err` alone, and writes an Error under any other as `{}`
 * (https://github.com/pinojs/pino/blob/main/docs/api.md#serializers-object).
 */
export const logSerializers = { error: stdSerializers.err };

/** Lines of JSON on their way to a log, with what a terminal would not show as `\u` escapes: logs are read there. */
export function visibleLog(destination: DestinationStream): DestinationStream {
  return { write: (line) => destination.write(visibleJson(line)) };
}
