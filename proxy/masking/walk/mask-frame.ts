import { NO_NODES, type Nodes } from '../../patterns/field-pattern.ts';
import type { KeySet } from '../scan/key-set.ts';
import type { PathFrame } from '../values/field-path.ts';
import type { ValueRole } from '../values/value-role.ts';
import type { OpenObject, WaitingValue } from './masked-object.ts';

/** A container in which something is decided; all others are skipped. `values` is everything inside an object. */
export type Place = 'event' | 'object' | 'items' | 'rows' | 'row' | 'cells' | 'metadata' | 'annotations' | 'values';

/** One open container of the walk. */
export interface Frame extends PathFrame {
  readonly place: Place;
  readonly start: number;
  readonly parent: Frame | null;
  readonly slot: string | number;
  readonly array: boolean;
  /** The key whose value comes next, or the index. */
  key: string;
  index: number;
  /** Keys so far, where a repeated one would make a riddle. */
  readonly keys: KeySet | null;
  /** The object that the container belongs to. */
  readonly object: OpenObject | null;
  /** Where the fields of the rules have got to. */
  readonly nodes: Nodes;
  /** Everything below is masked whole. */
  readonly form: 'token' | 'redact' | null;
  readonly role: ValueRole;
  entryName: string | null;
  /** The word before, of a command line. */
  previous: string | null;
  /** An entry's value that came before its name. */
  pending: WaitingValue | null;
  /** Of a row: its texts, and what was masked in its object. */
  readonly cells: Cell[];
  readonly masked: string[];
}

/** What rules say about a container. */
export type FoundRules = Pick<Frame, 'nodes' | 'form' | 'role'>;

export const NOTHING_FOUND: FoundRules = { nodes: NO_NODES, form: null, role: 'tree' };
/** Of frames that are no rows; nothing is ever put into them. */
export const NO_CELLS: Cell[] = [];
export const NO_TEXTS: string[] = [];

/** A text of a Table's row. */
export interface Cell {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A string that was found, and where. */
export interface Found {
  readonly frame: Frame;
  readonly slot: string | number;
  readonly start: number;
  readonly end: number;
  readonly escaped: boolean;
}

/** Never quotes the answer: a place by its kind, not by its key. */
export function placeOf(frame: Frame | undefined): string {
  return frame === undefined ? 'its first level' : `its ${frame.place === 'values' ? 'masked values' : frame.place}`;
}
