import { join } from 'node:path';
import { pino } from 'pino';

/** main's own log: one line per event, no arguments of calls, nothing of a Secret. */
export interface HostLog {
  line(text: string): void;
  /** A sink for the lines of one source. */
  lines(source: string): (text: string) => void;
}

/** @param folder where `app.log` is appended to, 0600. */
export function openLog(folder: string): HostLog {
  const log = pino(
    { name: 'app' },
    pino.destination({ dest: join(folder, 'app.log'), mode: 0o600, append: true, mkdir: true, sync: true }),
  );
  return {
    line: (text) => log.info(text),
    lines: (source) => (text) => log.info({ source }, text),
  };
}
