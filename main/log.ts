import { join } from 'node:path';
import { pino } from 'pino';
import { logSerializers, visibleLog } from '../proxy/gateway-log.ts';

/** @param error what went wrong, where something did: it is written whole, with its stack. */
export type LogLine = (text: string, error?: unknown) => void;

/** main's own log: one line per event, no arguments of calls, nothing of a Secret. */
export interface HostLog {
  readonly line: LogLine;
  /** A sink for the lines of one source. */
  lines(source: string): LogLine;
}

/** @param folder where `app.log` is appended to, 0600. */
export function openLog(folder: string): HostLog {
  const log = pino(
    { name: 'app', serializers: logSerializers },
    visibleLog(pino.destination({ dest: join(folder, 'app.log'), mode: 0o600, append: true, mkdir: true, sync: true })),
  );
  const lines = (fields: object): LogLine => {
    return (text, error) => {
      if (error === undefined) log.info(fields, text);
      else log.error({ ...fields, error }, text);
    };
  };
  return { line: lines({}), lines: (source) => lines({ source }) };
}
