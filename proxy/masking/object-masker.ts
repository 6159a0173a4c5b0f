import type { Splice } from './byte-window.ts';
import type { JsonEvents } from './json-scanner.ts';
import { LAST_APPLIED } from './mask-rules.ts';
import type { ObjectIdentity } from './masked-object.ts';
import {
  HelmRelease,
  isHelmRelease,
  newOpenObject,
  type OpenObject,
  type ReplacementOptions,
  replacement,
  unescapeString,
  type WaitingValue,
} from './masked-object.ts';
import { NotMaskable } from './not-maskable.ts';
import type { MaskReport } from './response-mask.ts';

/** A container in which something is decided; all others are skipped. */
type Place = 'event' | 'object' | 'items' | 'rows' | 'row' | 'metadata' | 'annotations' | 'labels' | 'map';

interface Frame {
  readonly place: Place;
  readonly start: number;
  /** The key whose value comes next. */
  key: string;
  readonly keys: Set<string>;
  /** The object that the container belongs to. */
  readonly object: OpenObject | null;
}

export interface MaskerOptions extends ReplacementOptions {
  /** Each document is a watch event with the object inside. */
  readonly events: boolean;
  /** Set for the copy of an object inside last-applied: it is masked as the object that carries it. */
  readonly identity: ObjectIdentity | null;
  readonly report: MaskReport;
  /** Rewrites the Status of an ERROR event. */
  readonly redactStatus: (status: Buffer) => Buffer;
}

/** Fields of an object in which the walk goes on. */
const OBJECT_CONTAINERS: ReadonlySet<string> = new Set(['metadata', 'items', 'rows']);

const EVENT_TYPES: ReadonlySet<string> = new Set(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR']);

/**
 * Finds what is to be masked in the events of a scanner, by place and not by kind: a built-in list has items without a
 * kind, and a custom resource's list says its kind after its items. The same walk therefore serves a single object, a
 * list, the objects in the rows of a Table, metadata alone, and each of them inside a watch event.
 *
 * Whatever is not as the API server writes it fails closed: an escaped or repeated key where something is decided, a
 * value that is not a string where a value is masked.
 */
export class ObjectMasker implements JsonEvents {
  readonly #options: MaskerOptions;
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
  }

  /** Position of the first value that waits for its object's end; null when none waits. */
  get unsettledFrom(): number | null {
    return this.#firstWaiting;
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
    const place = this.#placeOfObject();
    if (place === null) this.#skipped = 1;
    else this.#push(place, at);
  }

  openArray(at: number): void {
    if (this.#skipped > 0) {
      this.#skipped += 1;
      return;
    }
    const frame = this.#frames.at(-1);
    if (frame?.place === 'object' && (frame.key === 'items' || frame.key === 'rows')) this.#push(frame.key, at);
    else if (frame === undefined || this.#decides(frame)) throw this.#unexpected(frame, 'an array');
    else this.#skipped = 1;
  }

  close(end: number): void {
    if (this.#skipped > 0) {
      this.#skipped -= 1;
      return;
    }
    const frame = this.#frames.pop();
    if (frame?.place === 'object' && frame.object !== null) this.#settle(frame.object, frame.start, end);
    if (frame?.place === 'event') this.#settleEvent();
  }

  key(start: number, end: number, escaped: boolean): void {
    if (this.#skipped > 0) return;
    const frame = this.#frames.at(-1);
    if (frame === undefined) return;
    if (escaped) throw new NotMaskable(`the answer has an escaped key in ${placeOf(frame)}`);
    const key = this.#options.readText(start, end);
    if (frame.keys.has(key)) throw new NotMaskable(`the answer has a repeated key in ${placeOf(frame)}`);
    if (frame.place === 'event' && key !== 'type' && key !== 'object') {
      throw new NotMaskable('the answer has a watch event with more than its type and object');
    }
    frame.keys.add(key);
    frame.key = key;
  }

  string(start: number, end: number, escaped: boolean): void {
    if (this.#skipped > 0) return;
    const frame = this.#frames.at(-1);
    if (frame === undefined) throw this.#unexpected(frame, 'a string');
    const { object, key } = frame;
    if (frame.place === 'map') this.#wait(frame, { start, end, escaped, map: this.#mapName(), key });
    else if (frame.place === 'annotations') this.#wait(frame, { start, end, escaped, map: null, key });
    else if (this.#decides(frame)) throw this.#unexpected(frame, 'a string');
    else if (frame.place === 'event' && key === 'type') this.#eventType = this.#text(start, end, escaped);
    else if (object === null) return;
    else if (frame.place === 'object' && key === 'kind') object.kind = this.#text(start, end, escaped);
    else if (frame.place === 'object' && key === 'type') object.type = this.#text(start, end, escaped);
    else if (frame.place === 'metadata' && key === 'name') object.name = this.#text(start, end, escaped);
    else if (frame.place === 'metadata' && key === 'namespace') object.namespace = this.#text(start, end, escaped);
    else if (frame.place === 'labels' && key === 'owner') {
      object.ownedByHelm = this.#text(start, end, escaped) === 'helm';
    }
  }

  scalar(start: number, end: number): void {
    if (this.#skipped > 0) return;
    const frame = this.#frames.at(-1);
    // Null stays null: there is no value. Where an element of a list or a whole event should be, it is a riddle.
    const isNull = end - start === 4 && this.#options.readText(start, end) === 'null';
    if (frame === undefined) throw this.#unexpected(frame, 'a bare value');
    const mayBeNull = frame.place !== 'items' && frame.place !== 'rows' && frame.place !== 'event';
    if (this.#decides(frame) && !(isNull && mayBeNull)) throw this.#unexpected(frame, isNull ? 'null' : 'a bare value');
  }

  /** Whether the value that comes next in a container is one that something is decided by. */
  #decides(frame: Frame): boolean {
    const { rules } = this.#options;
    switch (frame.place) {
      case 'event':
        return frame.key === 'object';
      case 'object':
        return OBJECT_CONTAINERS.has(frame.key) || rules.maps.has(frame.key);
      case 'row':
        return frame.key === 'object';
      case 'metadata':
        return frame.key === 'annotations' || frame.key === 'labels';
      case 'items':
      case 'rows':
      case 'map':
      case 'annotations':
        return true;
      case 'labels':
        return false;
    }
  }

  #placeOfObject(): Place | null {
    const frame = this.#frames.at(-1);
    if (frame === undefined) return this.#options.events ? 'event' : 'object';
    const { place, key } = frame;
    if (place === 'items') return 'object';
    if (place === 'rows') return 'row';
    if ((place === 'event' || place === 'row') && key === 'object') return 'object';
    if (place === 'object' && key === 'metadata') return 'metadata';
    if (place === 'object' && this.#options.rules.maps.has(key)) return 'map';
    if (place === 'metadata' && (key === 'annotations' || key === 'labels')) return key;
    if (this.#decides(frame)) throw this.#unexpected(frame, 'an object');
    return null;
  }

  #push(place: Place, start: number): void {
    const object = place === 'object' ? newOpenObject() : (this.#frames.at(-1)?.object ?? null);
    if (place === 'event') {
      this.#eventType = '';
      this.#eventObject = null;
    }
    this.#frames.push({ place, start, key: '', keys: new Set(), object });
  }

  /** The map that the top frame is: the key under which its object holds it. */
  #mapName(): string {
    return this.#frames.at(-2)?.key ?? '';
  }

  #wait(frame: Frame, value: WaitingValue): void {
    const { rules } = this.#options;
    const wanted =
      value.map === null
        ? value.key === LAST_APPLIED || rules.annotations.has(value.key)
        : rules.masks(value.map, value.key);
    if (!wanted || frame.object === null) return;
    frame.object.waiting.push(value);
    this.#waiting += 1;
    this.#firstWaiting ??= value.start;
  }

  /** An object has ended: its identity is known, so its values get their tokens. */
  #settle(object: OpenObject, start: number, end: number): void {
    const parent = this.#frames.at(-1);
    if (parent?.place === 'event') this.#eventObject = { start, end };
    this.#checkKind(object, parent);
    const { rules, identity, report } = this.#options;
    const name = object.name ?? rules.name;
    if (rules.refuseHelm && isHelmRelease(object, name) && object.waiting.some(({ map }) => map !== null)) {
      throw new HelmRelease(name);
    }
    const place = identity ?? { namespace: object.namespace ?? rules.namespace, name };
    let values = 0;
    let annotations = 0;
    for (const waiting of object.waiting) {
      const bytes = replacement(waiting, place, this.#options);
      if (bytes === null) continue;
      this.#splices.push({ start: waiting.start, end: waiting.end, bytes });
      if (waiting.map === null) annotations += 1;
      else values += 1;
    }
    // last-applied repeats the values of the object that carries it; a person counts them once.
    report.maskedValues += values > 0 ? values : annotations;
    if (values + annotations > 0) {
      report.maskedObjects += 1;
      if (object.kind !== 'PartialObjectMetadata') report.onlyMetadata = false;
    }
    this.#waiting -= object.waiting.length;
    if (this.#waiting === 0) this.#firstWaiting = null;
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

/** Never quotes the answer: a place by its kind, not by its key. */
function placeOf(frame: Frame | undefined): string {
  return frame === undefined ? 'its first level' : `its ${frame.place === 'map' ? 'masked values' : frame.place}`;
}
