import { visible, visibleJson } from '../../../model/visible-text.ts';

/** How lines are written: `journal` is text for systemd's journal, which adds the time itself. */
export type LineFormat = 'json' | 'text' | 'journal';

/** Priorities of syslog(3), as systemd reads them at the beginning of a line (sd-daemon(3)). */
const PRIORITIES: Readonly<Record<string, number>> = { debug: 7, info: 6, warn: 4, error: 3 };

/** A line of pino as it is written, with its line feed; nothing in it can begin a second one. */
export function logLine(json: string, format: LineFormat): string {
  if (format === 'json') return visibleJson(json);
  const { level, time, event, msg, ...fields } = JSON.parse(json) as Record<string, unknown>;
  const says = `${event}: ${message(String(msg))}${Object.entries(fields).map(fieldInWords).join('')}`;
  const head =
    format === 'journal' ? `<${PRIORITIES[String(level)] ?? 6}>` : `${time} ${String(level).toUpperCase().padEnd(5)} `;
  return `${head}${visible(says)}\n`;
}

/** What could be taken for a field is quoted. */
function message(text: string): string {
  return text.includes('=') ? JSON.stringify(text) : text;
}

function fieldInWords([name, value]: [string, unknown]): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'object' && !Array.isArray(value)) {
    return Object.entries(value)
      .map(([part, inner]) => fieldInWords([`${name}.${part}`, inner]))
      .join('');
  }
  return ` ${word(name)}=${Array.isArray(value) ? list(value) : word(String(value))}`;
}

function list(values: readonly unknown[]): string {
  const isPlain = values.every((value) => typeof value !== 'object' && word(String(value)) === String(value));
  return isPlain && values.length > 0 ? values.join(',') : JSON.stringify(values);
}

/** As it is where nothing in it has a meaning for who reads fields (logfmt); else as JSON has it. */
function word(text: string): string {
  return /^[\w.:/@+~*%-]+$/.test(text) ? text : JSON.stringify(text);
}
