import type { Json, JsonObject } from '../store/json.ts';

/** A column as kubectl sees it; `wide` ones show with `-o wide`. */
export interface Column {
  readonly name: string;
  readonly type: string;
  readonly wide: boolean;
  readonly cell: (object: JsonObject) => Json;
}

/** A column that always shows. */
export function column(name: string, cell: Column['cell'], type = 'string'): Column {
  return { name, type, wide: false, cell };
}

/** A column for `-o wide`. */
export function wideColumn(name: string, cell: Column['cell'], type = 'string'): Column {
  return { name, type, wide: true, cell };
}

/** A length of time as kubectl prints ages: two units where they still say something (`duration.HumanDuration`). */
export function humanDuration(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m${seconds % 60}s`;
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return minutes % 60 === 0 ? `${hours}h` : `${hours}h${minutes % 60}m`;
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  if (days < 8) return hours % 24 === 0 ? `${days}d` : `${days}d${hours % 24}h`;
  if (days < 365 * 2) return `${days}d`;
  const years = Math.floor(days / 365);
  if (years < 8) return days % 365 === 0 ? `${years}y` : `${years}y${days % 365}d`;
  return `${years}y`;
}

/** The age of a moment, or `<unknown>`. */
export function age(moment: string): string {
  return moment === '' ? '<unknown>' : humanDuration(Date.now() - Date.parse(moment));
}
