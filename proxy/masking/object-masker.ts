/* Longer than 300 lines: one walk, whose steps share one stack of frames. */
import type { Splice } from './byte-window.ts';
import { looksLikeRelease } from './helm-release/release-text.ts';
import type { JsonEvents } from './json-scanner.ts';
import { KeySet } from './key-set.ts';
import { fieldInspections, LAST_APPLIED, type MaskForm, type MaskRule, wholeMask } from './mask-rules.ts';
import {
  holdsCopy,
  type Masking,
  newOpenObject,
  type ObjectIdentity,
  type OpenObject,
  partsOf,
  REDACTED,
  type ReplacementOptions,
  redactText,
  replacement,
  unescapeString,
  type WaitingValue,
} from './masked-object.ts';
import { NotMaskable } from './not-maskable.ts';
import type { MaskReport } from './response-mask.ts';
import type { PathFrame } from './values/field-path.ts';
import { descend, NO_NODES, type Nodes } from './values/field-pattern.ts';
import type { ValueContext } from './values/value-patterns.ts';
import { isQuiet, isText, roleOfList, roleOfMap, type ValueRole } from './values/value-role.ts';

/** A container in which something is decided; all others are skipped. `values` is everything inside an object. */
type Place = 'event' | 'object' | 'items' | 'rows' | 'row' | 'cells' | 'metadata' | 'annotations' | 'values';

interface Frame extends PathFrame {
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
type FoundRules = Pick<Frame, 'nodes' | 'form' | 'role'>;

const NOTHING_FOUND: FoundRules = { nodes: NO_NODES, form: null, role: 'tree' };
/** Of frames that are no rows; nothing is ever put into them. */
const NO_CELLS: Cell[] = [];
const NO_TEXTS: string[] = [];

interface Cell {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface MaskerOptions extends ReplacementOptions {
  /** Each document is a watch event with the object inside. */
  readonly events: boolean;
  /** Set for the copy of an object inside last-applied: it is masked as the object that carries it. */
  readonly identity: ObjectIdentity | null;
  readonly report: MaskReport;
  /** Masks inside the text of an object between the quotes at a place; null where nothing had to be masked. */
  readonly maskCopy: (start: number, end: number, identity: ObjectIdentity) => readonly Splice[] | null;
  /** Rewrites the Status of an ERROR event. */
  readonly redactStatus: (status: Buffer) => Buffer;
}

/** One of each, because every value has one. */
const WHOLE: Readonly<Record<MaskForm, Masking>> = {
  token: { kind: 'whole', as: 'token' },
  redact: { kind: 'whole', as: 'redact' },
};
const COPY: Masking = { kind: 'copy' };

const EVENT_TYPES: ReadonlySet<string> = new Set(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR']);

/**
 * Finds what is to be masked in the events of a scanner, by place and not by kind: a built-in list has items without a
 * kind, and a custom resource's list says its kind after its items. The same walk therefore serves a single object, a
 * list, the objects in the rows of a Table, metadata alone, and each of them inside a watch event.
 *
 * Of Secrets whatever is not as the API server writes it fails closed: an escaped or repeated key where something is
 * decided, a value that is not a string where a value is masked. Other kinds are walked whole, since nobody knows how
 * deep a pod template lies in them.
 */
export class ObjectMasker implements JsonEvents {
  readonly #options: MaskerOptions;
  readonly #strict: boolean;
  readonly #inspects: boolean;
  readonly #frames: Frame[] = [];
  #skipped = 0;
  #splices: Splice[] = [];
  /** Where the first waiting value starts; before it everything is settled. */
  #firstWaiting: number | null = null;
  #waiting = 0;
  #eventType = '';
  #eventObject: { start: number; end: number } | null = null;

  constructor(options: MaskerOptions) {
    this.#options = options;
    this.#strict = options.rules.strict;
    this.#inspects = options.rules.inspections.length > 0;
  }

  /** Position of the first value that waits for its object's end; null when none waits. */
  get unsettledFrom(): number | null {
    return this.#firstWaiting;
  }

  /** Nothing in the container that was opened last is looked at. */
  get skips(): boolean {
    return this.#skipped > 0;
  }

  /** Where the document that has not ended starts; null between documents. */
  get openDocumentStart(): number | null {
    return this.#frames[0]?.start ?? null;
  }

  /** The splices found since the last call. */
  takeSplices(): Splice[] {
    const taken = this.#splices;
    this.#splices = [];
    return taken;
  }

  openObject(at: number): void {
    if (this.#skipped > 0) {
      this.#skipped += 1;
      return;
    }
    const frame = this.#frames.at(-1);
    if (frame === undefined) this.#push(this.#options.events ? 'event' : 'object', at);
    else if (frame.place === 'items') this.#push('object', at);
    else if (frame.place === 'rows') this.#push('row', at);
    else if ((frame.place === 'event' || frame.place === 'row') && frame.key === 'object') this.#push('object', at);
    else if (frame.place === 'object' && frame.key === 'metadata') this.#push('metadata', at);
    else if (frame.place === 'metadata' && frame.key === 'annotations') this.#push('annotations', at);
    else if (frame.place === 'object' || frame.place === 'values') this.#openValues(frame, at, false);
    else if (this.#decides(frame)) throw this.#unexpected(frame, 'an object');
    else this.#skipped = 1;
  }

  openArray(at: number): void {
    if (this.#skipped > 0) {
      this.#skipped += 1;
      return;
    }
    const frame = this.#frames.at(-1);
    if (frame?.place === 'object' && (frame.key === 'items' || frame.key === 'rows')) this.#push(frame.key, at, true);
    else if (frame?.place === 'row' && frame.key === 'cells') this.#push('cells', at, true);
    else if (frame === undefined || (this.#decides(frame) && this.#isStrictAt(frame))) {
      throw this.#unexpected(frame, 'an array');
    } else if (frame.place === 'object' || frame.place === 'values' || frame.place === 'items') {
      this.#openValues(frame, at, true);
    } else this.#skipped = 1;
  }

  close(end: number): void {
    if (this.#skipped > 0) {
      this.#skipped -= 1;
      return;
    }
    const frame = this.#frames.pop();
    if (frame === undefined) return;
    if (frame.place === 'values') {
      if (frame.pending !== null) this.#decidePending(frame);
    } else if (frame.place === 'object') this.#settle(frame, end);
    else if (frame.place === 'metadata' && frame.object !== null) frame.object.metadata = { start: frame.start, end };
    else if (frame.place === 'row') this.#settleRow(frame);
    else if (frame.place === 'event') this.#settleEvent();
  }

  key(start: number, end: number, escaped: boolean): void {
    if (this.#skipped > 0) return;
    const frame = this.#frames.at(-1);
    if (frame === undefined) return;
    const { keys } = frame;
    if (keys === null) {
      frame.key = escaped ? this.#text(start, end, escaped) : this.#options.readKey(start, end);
      return;
    }
    if (escaped) throw new NotMaskable(`the answer has an escaped key in ${placeOf(frame)}`);
    const key = this.#options.readKey(start, end);
    if (!keys.add(key)) throw new NotMaskable(`the answer has a repeated key in ${placeOf(frame)}`);
    if (frame.place === 'event' && key !== 'type' && key !== 'object') {
      throw new NotMaskable('the answer has a watch event with more than its type and object');
    }
    frame.key = key;
  }

  string(start: number, end: number, escaped: boolean): void {
    if (this.#skipped > 0) return;
    const frame = this.#frames.at(-1);
    if (frame === undefined) throw this.#unexpected(frame, 'a string');
    const { object, key, place } = frame;
    if (place === 'values') this.#value(frame, start, end, escaped);
    else if (place === 'annotations') this.#annotation(frame, start, end, escaped);
    else if (place === 'cells') this.#cell(frame, start, end, escaped);
    else if (this.#decides(frame) && this.#isStrictAt(frame)) throw this.#unexpected(frame, 'a string');
    else if (place === 'event' && key === 'type') this.#eventType = this.#text(start, end, escaped);
    else if (object === null) return;
    else if (place === 'object') {
      if (key === 'kind') object.kind = this.#text(start, end, escaped);
      if (!this.#strict) this.#value(frame, start, end, escaped);
    } else if (place === 'metadata' && key === 'name') object.name = this.#text(start, end, escaped);
    else if (place === 'metadata' && key === 'namespace') object.namespace = this.#text(start, end, escaped);
  }

  scalar(start: number, end: number): void {
    if (this.#skipped > 0) return;
    const frame = this.#frames.at(-1);
    if (frame === undefined) throw this.#unexpected(frame, 'a bare value');
    const slot = frame.array ? frame.index++ : frame.key;
    if (!this.#decides(frame)) {
      if (frame.place === 'values' || frame.place === 'object') this.#checkScalar(frame, slot, start, end);
      return;
    }
    // Null stays null: there is no value. Where an element of a list or a whole event should be, it is a riddle.
    const isNull = this.#isNull(start, end);
    const mayBeNull = frame.place !== 'items' && frame.place !== 'rows' && frame.place !== 'event';
    if (isNull && mayBeNull) return;
    if (this.#isStrictAt(frame)) throw this.#unexpected(frame, isNull ? 'null' : 'a bare value');
  }

  /** A number cannot be masked; where a rule names it alone it is not sent, under a `*` it is no value that was meant. */
  #checkScalar(frame: Frame, slot: string | number, start: number, end: number): void {
    if (frame.nodes.length === 0 || frame.form !== null || typeof slot !== 'string') return;
    const named = frame.nodes.flatMap(({ keys }) => keys.get(slot) ?? []);
    if (wholeMask(this.#options.rules, named) === null || this.#isNull(start, end)) return;
    throw this.#unexpected(frame, 'a bare value');
  }

  #isNull(start: number, end: number): boolean {
    return end - start === 4 && this.#options.readText(start, end) === 'null';
  }

  /** Whether the value that comes next in a container is one that something is decided by. */
  #decides(frame: Frame): boolean {
    switch (frame.place) {
      case 'event':
      case 'row':
        return frame.key === 'object';
      case 'object':
        if (frame.key === 'metadata' || frame.key === 'items' || frame.key === 'rows') return true;
        return this.#strict && descend(frame.nodes, frame.key).length > 0;
      case 'metadata':
        return frame.key === 'annotations';
      case 'values':
        return this.#strict;
      case 'items':
      case 'rows':
      case 'annotations':
        return true;
      case 'cells':
        return false;
    }
  }

  /** Whether a riddle at a place means that the answer is refused. A custom resource may call anything `items`. */
  #isStrictAt({ place, key }: Frame): boolean {
    return (
      this.#strict || place === 'event' || place === 'annotations' || (place === 'metadata' && key === 'annotations')
    );
  }

  #push(place: Place, start: number, array = false, found = NOTHING_FOUND): void {
    const above = this.#frames.at(-1) ?? null;
    const isObject = place === 'object';
    const isRow = place === 'row';
    if (place === 'event') {
      this.#eventType = '';
      this.#eventObject = null;
    }
    // The copies of what a client asked to see less of are held until the row has ended.
    if (isRow && (this.#options.rules.redactCells || this.#options.rules.trimRows !== null)) this.#hold(start);
    const checked = !array && (place !== 'values' || this.#strict || found.role === 'entry');
    this.#frames.push({
      place,
      start,
      array,
      parent: isObject ? null : above,
      slot: above === null ? '' : above.array ? above.index++ : above.key,
      key: '',
      index: 0,
      keys: checked ? new KeySet() : null,
      object: isObject ? newOpenObject() : (above?.object ?? null),
      nodes: isObject ? this.#options.rules.fields : found.nodes,
      form: found.form,
      role: found.role,
      entryName: null,
      previous: null,
      pending: null,
      cells: isRow ? [] : NO_CELLS,
      masked: isRow ? [] : NO_TEXTS,
    });
  }

  /** Goes on into a container of an object, or skips it where no rule has anything to say there. */
  #openValues(frame: Frame, at: number, array: boolean): void {
    const slot = frame.array ? frame.index : frame.key;
    const nodes = descend(frame.nodes, slot);
    const form = frame.form ?? (nodes.length === 0 ? null : wholeMask(this.#options.rules, nodes));
    const inspected = this.#inspects && !(typeof slot === 'string' && isQuiet(slot));
    if (this.#strict && frame.place === 'object' && (slot === 'items' || slot === 'rows')) {
      throw this.#unexpected(frame, 'an object');
    }
    if (nodes.length === 0 && form === null && !inspected) {
      this.#skip(frame);
      return;
    }
    if (this.#strict && (array || form !== null || frame.place === 'values')) {
      throw this.#unexpected(frame, array ? 'an array' : 'an object');
    }
    const isConfig = this.#options.rules.kindClass === 'configmaps' && frame.place === 'object';
    const configData = isConfig && (slot === 'data' || slot === 'binaryData');
    const role = array ? roleOfList(slot) : roleOfMap(slot, frame.role, configData);
    this.#push('values', at, array, { nodes, form, role });
  }

  #skip(frame: Frame): void {
    if (frame.array) frame.index += 1;
    this.#skipped = 1;
  }

  /** A string somewhere inside an object. */
  #value(frame: Frame, start: number, end: number, escaped: boolean): void {
    const { rules } = this.#options;
    const slot = frame.array ? frame.index++ : frame.key;
    const isName = slot === 'name' && (frame.parent?.array === true || frame.role === 'entry');
    if (isName) frame.entryName = this.#text(start, end, escaped);
    const nodes = frame.nodes.length === 0 ? NO_NODES : descend(frame.nodes, slot);
    const form = frame.form ?? (nodes.length === 0 ? null : wholeMask(rules, nodes));
    const found = { frame, slot, start, end, escaped };
    if (form !== null || (this.#strict && nodes.length > 0 && this.#holdsPrivateKey(found))) {
      this.#wait(found, WHOLE[form ?? 'token']);
      return;
    }
    const named = nodes.length === 0 ? [] : fieldInspections(rules, nodes);
    if (named.length > 0 && this.#inspect(found, { name: String(slot), flag: null }, named)) return;
    if (!this.#inspects) return;
    const { inspections } = rules;
    switch (frame.role) {
      case 'entry':
        if (isName && frame.pending !== null) this.#decidePending(frame);
        else if (slot !== 'value') return;
        else if (frame.entryName === null) frame.pending = this.#wait(found, { kind: 'undecided' });
        else this.#inspect(found, { name: frame.entryName, flag: null }, inspections);
        return;
      case 'words': {
        const text = this.#text(start, end, escaped);
        this.#inspect(found, { name: null, flag: frame.previous ?? '' }, inspections, text);
        frame.previous = text;
        return;
      }
      case 'named':
        this.#inspect(found, { name: String(slot), flag: null }, inspections);
        return;
      case 'config':
        this.#inspect(found, { name: String(slot), flag: null }, rules.configInspections);
        return;
      default:
        if (typeof slot === 'string' && isText(slot)) this.#inspect(found, { name: null, flag: null }, inspections);
    }
  }

  /** A key that is kept for the certificate under it may hold the key of that certificate as well. */
  #holdsPrivateKey({ frame, start, end, escaped }: Found): boolean {
    const raw = this.#text(start, end, escaped);
    const text = this.#isBase64(frame) ? Buffer.from(raw, 'base64').toString('latin1') : raw;
    return text.includes('PRIVATE KEY-----');
  }

  /** Looks at a value by patterns. @returns whether something in it is masked. */
  #inspect(found: Found, context: ValueContext, inspections: readonly MaskRule[], known?: string): boolean {
    const raw = known ?? this.#text(found.start, found.end, found.escaped);
    if (raw === '') return false;
    if (inspections.length > 0 && found.slot === 'release' && looksLikeRelease(raw)) {
      // helm's other storage, a ConfigMap: patterns find nothing in what is compressed.
      this.#wait(found, { kind: 'whole', as: 'token' });
      return true;
    }
    const base64 = this.#isBase64(found.frame);
    const text = base64 ? Buffer.from(raw, 'base64').toString('utf8') : raw;
    const parts = partsOf(text, context, inspections, this.#options.rules);
    if (parts.length === 0) return false;
    const as = parts.some((part) => part.as === 'redact') ? 'redact' : 'token';
    this.#wait(found, base64 ? { kind: 'whole', as } : { kind: 'parts', text, parts });
    return true;
  }

  /** The entry's name came behind its value, or never. */
  #decidePending(frame: Frame): void {
    const { pending, object, entryName } = frame;
    if (pending === null || object === null) return;
    frame.pending = null;
    object.waiting.splice(object.waiting.indexOf(pending), 1);
    this.#release();
    // Without a name there is nothing to tell it by: what its form says must do.
    this.#inspect(pending, { name: entryName, flag: null }, this.#options.rules.inspections);
  }

  #annotation(frame: Frame, start: number, end: number, escaped: boolean): void {
    const { rules, read } = this.#options;
    const { key } = frame;
    const found = { frame, slot: key, start, end, escaped };
    const form = rules.annotations.get(key);
    if (form !== undefined) this.#wait(found, WHOLE[form]);
    else if (key === LAST_APPLIED || holdsCopy(key, read(start, end), rules)) this.#wait(found, COPY);
    else if (this.#inspects) this.#inspect(found, { name: key, flag: null }, rules.inspections);
  }

  /** A text of a Table's row: it waits for the row's object where that may hold the same text masked. */
  #cell(frame: Frame, start: number, end: number, escaped: boolean): void {
    const { rules } = this.#options;
    const row = frame.parent;
    if (!rules.redactCells && !this.#inspects) return;
    const text = this.#text(start, end, escaped);
    const redacted = redactText(text, rules.inspections, rules);
    if (redacted !== null)
      this.#splices.push({ start, end, bytes: Buffer.from(JSON.stringify(redacted).slice(1, -1)) });
    else if (rules.redactCells && row?.place === 'row') row.cells.push({ start, end, text });
  }

  #isBase64(frame: PathFrame): boolean {
    if (frame.parent === null || frame.parent.parent !== null) return false;
    return this.#strict ? frame.slot === 'data' : frame.slot === 'binaryData';
  }

  #wait(found: Found, masking: Masking): WaitingValue {
    const { frame, slot, start, end, escaped } = found;
    const annotation = (frame as Frame).place === 'annotations';
    const base64 = !annotation && this.#isBase64(frame);
    const value: WaitingValue = { frame, slot, start, end, escaped, annotation, base64, masking };
    (frame as Frame).object?.waiting.push(value);
    this.#hold(start);
    return value;
  }

  #hold(start: number): void {
    this.#waiting += 1;
    this.#firstWaiting ??= start;
  }

  #release(count = 1): void {
    this.#waiting -= count;
    if (this.#waiting === 0) this.#firstWaiting = null;
  }

  /** An object has ended: its identity is known, so its values get their tokens. */
  #settle({ object, start }: Frame, end: number): void {
    if (object === null) return;
    const parent = this.#frames.at(-1);
    if (parent?.place === 'event') this.#eventObject = { start, end };
    this.#checkKind(object, parent);
    const { rules, identity, report } = this.#options;
    const name = object.name ?? rules.name;
    const place = identity ?? { namespace: object.namespace ?? rules.namespace, name };
    let values = 0;
    let annotations = 0;
    for (const waiting of object.waiting) {
      if (!(waiting.masking.kind === 'copy' ? this.#settleCopy(waiting, place) : this.#replace(waiting, place)))
        continue;
      if (waiting.annotation) annotations += 1;
      else values += 1;
      if (parent?.place === 'row' && rules.redactCells) parent.masked.push(...this.#plainOf(waiting));
    }
    if (parent?.place === 'row' && rules.trimRows !== null) this.#trim(object, start, end);
    // last-applied repeats the values of the object that carries it; a person counts them once.
    report.maskedValues += values > 0 ? values : annotations;
    if (values + annotations > 0) {
      report.maskedObjects += 1;
      if (object.kind !== 'PartialObjectMetadata') report.onlyMetadata = false;
    }
    this.#release(object.waiting.length);
  }

  /** @returns whether something was masked. */
  #replace(waiting: WaitingValue, identity: ObjectIdentity): boolean {
    const bytes = replacement(waiting, identity, this.#options);
    if (bytes === null) return false;
    this.#splices.push({ start: waiting.start, end: waiting.end, bytes });
    return true;
  }

  #settleCopy({ start, end }: WaitingValue, identity: ObjectIdentity): boolean {
    const inside = this.#options.maskCopy(start, end, identity);
    for (const splice of inside ?? []) this.#splices.push(splice);
    return inside !== null;
  }

  /** What was masked in a value, as a column of a Table may show it. */
  #plainOf({ masking, start, end, escaped, annotation }: WaitingValue): string[] {
    if (annotation) return [];
    if (masking.kind === 'parts') return masking.parts.map((part) => masking.text.slice(part.start, part.end));
    return masking.kind === 'whole' ? [this.#text(start, end, escaped)] : [];
  }

  /** The whole object was asked for to see what its row shows; the client gets what it asked for. */
  #trim({ metadata }: OpenObject, start: number, end: number): void {
    const inside = this.#splices.filter((splice) => splice.start >= start && splice.end <= end);
    this.#splices = this.#splices.filter((splice) => !inside.includes(splice));
    const pieces: Buffer[] = [];
    if (this.#options.rules.trimRows === 'None' || metadata === null) pieces.push(Buffer.from('null'));
    else {
      pieces.push(Buffer.from('{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":'));
      let from = metadata.start;
      for (const splice of inside.sort((a, b) => a.start - b.start)) {
        if (splice.start < metadata.start || splice.end > metadata.end) continue;
        pieces.push(Buffer.from(this.#options.read(from, splice.start)), Buffer.from(splice.bytes));
        from = splice.end;
      }
      pieces.push(Buffer.from(this.#options.read(from, metadata.end)), Buffer.from('}'));
    }
    this.#splices.push({ start, end, bytes: Buffer.concat(pieces) });
  }

  #settleRow({ cells, masked }: Frame): void {
    const { rules } = this.#options;
    for (const { start, end, text } of cells) {
      const shows = masked.some(
        (value) => value !== '' && (text === value || (value.length > 3 && text.includes(value))),
      );
      if (shows) this.#splices.push({ start, end, bytes: Buffer.from(REDACTED) });
    }
    if (rules.redactCells || rules.trimRows !== null) this.#release();
  }

  #checkKind({ kind }: OpenObject, parent: Frame | undefined): void {
    const { kinds } = this.#options.rules;
    if (kinds === null || this.#options.identity !== null) return;
    // Items and row objects may leave their kind out; a document may not.
    if (kind === null && (parent?.place === 'items' || parent?.place === 'row')) return;
    if (kind === null || !kinds.has(kind)) throw new NotMaskable('the answer is of a kind that was not expected here');
  }

  #settleEvent(): void {
    const object = this.#eventObject;
    if (!EVENT_TYPES.has(this.#eventType) || object === null) {
      throw new NotMaskable('the answer is not the watch that was asked for');
    }
    if (this.#eventType !== 'ERROR') return;
    const { start, end } = object;
    const bytes = this.#options.redactStatus(this.#options.read(start, end));
    this.#splices = this.#splices.filter((splice) => splice.start < start);
    this.#splices.push({ start, end, bytes });
  }

  #text(start: number, end: number, escaped: boolean): string {
    const raw = this.#options.readText(start, end);
    return escaped ? unescapeString(raw) : raw;
  }

  #unexpected(frame: Frame | undefined, what: string): NotMaskable {
    return new NotMaskable(`the answer has ${what} in ${placeOf(frame)} where it cannot be masked`);
  }
}

/** A string that was found, and where. */
interface Found {
  readonly frame: PathFrame;
  readonly slot: string | number;
  readonly start: number;
  readonly end: number;
  readonly escaped: boolean;
}

/** Never quotes the answer: a place by its kind, not by its key. */
function placeOf(frame: Frame | undefined): string {
  return frame === undefined ? 'its first level' : `its ${frame.place === 'values' ? 'masked values' : frame.place}`;
}
