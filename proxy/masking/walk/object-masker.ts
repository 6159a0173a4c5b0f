/* Longer than 300 lines: one walk, whose steps share one stack of frames. */

import { descend, NO_NODES } from '../../patterns/field-pattern.ts';
import type { ValueContext } from '../../patterns/value-patterns.ts';
import { looksLikeRelease } from '../helm-release/release-text.ts';
import { fieldInspections, type MaskRule, wholeMask } from '../plan/mask-rules.ts';
import type { Splice } from '../scan/byte-window.ts';
import { unescapeString } from '../scan/escaped-text.ts';
import type { JsonEvents } from '../scan/json-scanner.ts';
import { KeySet } from '../scan/key-set.ts';
import { NotMaskable } from '../scan/not-maskable.ts';
import { LAST_APPLIED, type MaskForm } from '../tokens/mask-form.ts';
import type { PathFrame } from '../values/field-path.ts';
import { contextOf, isQuiet, roleOfList, roleOfMap } from '../values/value-role.ts';
import { type Found, type Frame, NO_CELLS, NO_TEXTS, NOTHING_FOUND, type Place, placeOf } from './mask-frame.ts';
import {
  holdsCopy,
  type Masking,
  newOpenObject,
  noteAnnotation,
  partsOf,
  redactText,
  type WaitingValue,
} from './masked-object.ts';
import { type MaskerOptions, Settlement } from './settlement.ts';

/** One of each, because every value has one. */
const WHOLE: Readonly<Record<MaskForm, Masking>> = {
  token: { kind: 'whole', as: 'token' },
  redact: { kind: 'whole', as: 'redact' },
};
const COPY: Masking = { kind: 'copy' };

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
  readonly #settlement: Settlement;
  readonly #frames: Frame[] = [];
  #skipped = 0;
  #eventType = '';

  constructor(options: MaskerOptions) {
    this.#options = options;
    this.#settlement = new Settlement(options);
    this.#strict = options.rules.strict;
    this.#inspects = options.rules.inspections.length > 0;
  }

  /** Position of the first value that waits for its object's end; null when none waits. */
  get unsettledFrom(): number | null {
    return this.#settlement.unsettledFrom;
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
    return this.#settlement.takeSplices();
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
    if (frame?.place === 'object' && (frame.key === 'items' || frame.key === 'rows')) {
      if (frame.object !== null) this.#settlement.openList(frame.object);
      this.#push(frame.key, at, true);
    } else if (frame?.place === 'row' && frame.key === 'cells') this.#push('cells', at, true);
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
    } else if (frame.place === 'object') this.#settlement.settleObject(frame, end, this.#frames.at(-1));
    else if (frame.place === 'metadata' && frame.object !== null) frame.object.metadata = { start: frame.start, end };
    else if (frame.place === 'row') this.#settlement.settleRow(frame);
    else if (frame.place === 'event') this.#settlement.settleEvent(this.#eventType);
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
      if (this.#frames.length === 1) this.#settlement.nameTrimmedList(object, key, start, end);
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
      this.#settlement.openEvent();
    }
    // The copies of what a client asked to see less of are held until the row has ended.
    if (isRow && (this.#options.rules.redactCells || this.#options.rules.trim !== null)) this.#settlement.hold(start);
    const object = isObject ? newOpenObject() : (above?.object ?? null);
    if (object !== null && (isObject || place === 'metadata')) {
      this.#settlement.open(object, place, start, above === null && !this.#options.events);
    }
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
      object,
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
    if (isName && frame.role === 'entry' && frame.pending !== null) this.#decidePending(frame);
    const context = contextOf(frame.role, slot, frame);
    if (context === null) return;
    if (frame.role === 'entry' && frame.entryName === null) {
      frame.pending = this.#wait(found, { kind: 'undecided' });
      return;
    }
    const text = this.#text(start, end, escaped);
    this.#inspect(found, context, frame.role === 'config' ? rules.configInspections : rules.inspections, text);
    if (frame.role === 'words') frame.previous = text;
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
    this.#settlement.release();
    // Without a name there is nothing to tell it by: what its form says must do.
    this.#inspect({ ...pending, frame }, { name: entryName, flag: null }, this.#options.rules.inspections);
  }

  #annotation(frame: Frame, start: number, end: number, escaped: boolean): void {
    const { rules, read } = this.#options;
    const { key } = frame;
    const found = { frame, slot: key, start, end, escaped };
    const form = rules.annotations.get(key);
    if (form !== undefined) {
      this.#wait(found, WHOLE[form]);
      return;
    }
    const written = read(start, end);
    if (key === LAST_APPLIED || holdsCopy(key, written, rules)) {
      this.#wait(found, COPY);
      return;
    }
    if (rules.ownValues !== null && frame.object !== null) noteAnnotation(frame.object, written);
    if (this.#inspects) this.#inspect(found, { name: key, flag: null }, rules.inspections);
  }

  /** A text of a Table's row: it waits for the row's object where that may hold the same text masked. */
  #cell(frame: Frame, start: number, end: number, escaped: boolean): void {
    const { rules } = this.#options;
    const row = frame.parent;
    if (!rules.redactCells && !this.#inspects) return;
    const text = this.#text(start, end, escaped);
    const redacted = redactText(text, rules.inspections, rules);
    if (redacted !== null)
      this.#settlement.splice({ start, end, bytes: Buffer.from(JSON.stringify(redacted).slice(1, -1)) });
    else if (rules.redactCells && row?.place === 'row') row.cells.push({ start, end, text });
  }

  #isBase64(frame: PathFrame): boolean {
    if (frame.parent === null || frame.parent.parent !== null) return false;
    return this.#strict ? frame.slot === 'data' : frame.slot === 'binaryData';
  }

  #wait(found: Found, masking: Masking): WaitingValue {
    const annotation = found.frame.place === 'annotations';
    const base64 = !annotation && this.#isBase64(found.frame);
    return this.#settlement.wait(found, masking, { annotation, base64 });
  }

  #text(start: number, end: number, escaped: boolean): string {
    const raw = this.#options.readText(start, end);
    return escaped ? unescapeString(raw) : raw;
  }

  #unexpected(frame: Frame | undefined, what: string): NotMaskable {
    return new NotMaskable(`the answer has ${what} in ${placeOf(frame)} where it cannot be masked`);
  }
}
