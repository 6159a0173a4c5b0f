import type { MaskReport } from '../plan/response-mask.ts';
import type { Splice } from '../scan/byte-window.ts';
import { unescapeString } from '../scan/escaped-text.ts';
import { NotMaskable } from '../scan/not-maskable.ts';
import { REDACTED } from '../tokens/mask-token.ts';
import type { ObjectIdentity } from '../tokens/object-identity.ts';
import type { Found, Frame } from './mask-frame.ts';
import {
  type Masking,
  type OpenObject,
  type ReplacementOptions,
  replacement,
  type WaitingValue,
} from './masked-object.ts';

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

const EVENT_TYPES: ReadonlySet<string> = new Set(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR']);

/**
 * What was found to be masked, until it is known with what: a token needs the name of its object, which may come last.
 * Gives the splices, and says from where on a later byte may still change something.
 */
export class Settlement {
  readonly #options: MaskerOptions;
  #splices: Splice[] = [];
  /** Where the first waiting value starts; before it everything is settled. */
  #firstWaiting: number | null = null;
  #waiting = 0;
  /** Of the watch event that is open. */
  #eventObject: { start: number; end: number } | null = null;

  constructor(options: MaskerOptions) {
    this.#options = options;
  }

  /** Position of the first value that waits for its object's end; null when none waits. */
  get unsettledFrom(): number | null {
    return this.#firstWaiting;
  }

  /** The splices found since the last call. */
  takeSplices(): Splice[] {
    const taken = this.#splices;
    this.#splices = [];
    return taken;
  }

  splice(splice: Splice): void {
    this.#splices.push(splice);
  }

  openEvent(): void {
    this.#eventObject = null;
  }

  /** The value waits for its object's end. */
  wait(found: Found, masking: Masking, where: Pick<WaitingValue, 'annotation' | 'base64'>): WaitingValue {
    const { frame, slot, start, end, escaped } = found;
    const value: WaitingValue = { frame, slot, start, end, escaped, ...where, masking };
    frame.object?.waiting.push(value);
    this.hold(start);
    return value;
  }

  hold(start: number): void {
    this.#waiting += 1;
    this.#firstWaiting ??= start;
  }

  release(count = 1): void {
    this.#waiting -= count;
    if (this.#waiting === 0) this.#firstWaiting = null;
  }

  /** An object has ended: its identity is known, so its values get their tokens. */
  settleObject({ object, start }: Frame, end: number, parent: Frame | undefined): void {
    if (object === null) return;
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
    this.release(object.waiting.length);
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

  /** A row has ended, and the object in it with what was masked there. */
  settleRow({ cells, masked }: Frame): void {
    const { rules } = this.#options;
    for (const { start, end, text } of cells) {
      const shows = masked.some(
        (value) => value !== '' && (text === value || (value.length > 3 && text.includes(value))),
      );
      if (shows) this.#splices.push({ start, end, bytes: Buffer.from(REDACTED) });
    }
    if (rules.redactCells || rules.trimRows !== null) this.release();
  }

  #checkKind({ kind }: OpenObject, parent: Frame | undefined): void {
    const { kinds } = this.#options.rules;
    if (kinds === null || this.#options.identity !== null) return;
    // Items and row objects may leave their kind out; a document may not.
    if (kind === null && (parent?.place === 'items' || parent?.place === 'row')) return;
    if (kind === null || !kinds.has(kind)) throw new NotMaskable('the answer is of a kind that was not expected here');
  }

  /** A watch event has ended. */
  settleEvent(type: string): void {
    const object = this.#eventObject;
    if (!EVENT_TYPES.has(type) || object === null) {
      throw new NotMaskable('the answer is not the watch that was asked for');
    }
    if (type !== 'ERROR') return;
    const { start, end } = object;
    const bytes = this.#options.redactStatus(this.#options.read(start, end));
    this.#splices = this.#splices.filter((splice) => splice.start < start);
    this.#splices.push({ start, end, bytes });
  }

  #text(start: number, end: number, escaped: boolean): string {
    const raw = this.#options.readText(start, end);
    return escaped ? unescapeString(raw) : raw;
  }
}
