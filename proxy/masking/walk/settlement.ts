/* Longer than 300 lines: what the end of an object settles, step by step, over one list of splices. */

import type { MaskReport, Trim } from '../plan/response-mask.ts';
import type { Splice } from '../scan/byte-window.ts';
import { unescapeString } from '../scan/escaped-text.ts';
import { NotMaskable } from '../scan/not-maskable.ts';
import { REDACTED } from '../tokens/mask-token.ts';
import type { ObjectIdentity } from '../tokens/object-identity.ts';
import { OwnValues } from '../values/own-values.ts';
import { gatherValues } from './gather-values.ts';
import type { Found, Frame } from './mask-frame.ts';
import {
  type Masking,
  type OpenObject,
  type ReplacementOptions,
  replacement,
  textToken,
  type WaitingValue,
} from './masked-object.ts';
import { OrderedSplices } from './ordered-splices.ts';
import { maskAnnotations, maskOwnTexts, mayHoldValue, type SearchedPart } from './own-texts.ts';
import { trimmedObject } from './trimmed-object.ts';

export interface MaskerOptions extends ReplacementOptions {
  /** Each document is a watch event with the object inside. */
  readonly events: boolean;
  /** Set for the copy of an object inside last-applied: it is masked as the object that carries it. */
  readonly identity: ObjectIdentity | null;
  readonly report: MaskReport;
  /** Masks inside the text of an object between the quotes at a place; null where nothing had to be masked. */
  readonly maskCopy: (
    start: number,
    end: number,
    identity: ObjectIdentity,
    own: OwnValues | null,
  ) => readonly Splice[] | null;
  /** Of a copy the values of the object that carries it; those of the copy are added. */
  readonly own: OwnValues | null;
  /** Rewrites the Status of an ERROR event. */
  readonly redactStatus: (status: Buffer) => Buffer;
}

const EVENT_TYPES: ReadonlySet<string> = new Set(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR']);

const NONE: readonly WaitingValue[] = [];

function isCopy({ masking }: WaitingValue): boolean {
  return masking.kind === 'copy';
}

function isWholeAnnotation({ annotation, masking }: WaitingValue): boolean {
  return annotation && (masking.kind === 'copy' || masking.kind === 'whole');
}

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
    const from = this.#splices.length;
    const trim = this.#trimOf(object, parent);
    // The values of an object that is cut down anyway get no tokens; of others they are compared with what cells show.
    const cut = trim !== null && rules.ownValues !== null;
    const own = this.#ownValues(object, place);
    let values = 0;
    let annotations = this.#settleCopies(object, place, own);
    for (const waiting of object.waiting) {
      if (waiting.masking.kind === 'copy' || (cut && !waiting.annotation) || !this.#replace(waiting, place)) continue;
      if (waiting.annotation) annotations += 1;
      else values += 1;
      if (parent?.place === 'row' && rules.redactCells) parent.masked.push(...this.#plainOf(waiting));
    }
    if (identity === null && object.metadata !== null) {
      annotations += this.#maskOwn('metadata', object, object.metadata, from, place, own);
      annotations += this.#maskUnknown(object, object.metadata, place);
    } else if (identity !== null && parent === undefined) {
      annotations += this.#maskOwn('copy', object, { start, end }, 0, place, own);
    }
    if (trim !== null) this.#trim(object, start, end, trim);
    // last-applied repeats the values of the object that carries it; a person counts them once.
    report.maskedValues += values > 0 ? values : annotations;
    if (values + annotations > 0) {
      report.maskedObjects += 1;
      if (object.kind !== 'PartialObjectMetadata' && !cut) report.onlyMetadata = false;
    }
    this.release(object.waiting.length + object.held);
  }

  /** What the object holds, for its texts to be searched for it; null where nothing of it is masked whole. */
  #ownValues(object: OpenObject, { name, namespace }: ObjectIdentity): OwnValues | null {
    const { rules, own: carried } = this.#options;
    if (rules.ownValues === null || (carried === null && object.waiting.length === 0)) return null;
    const own = carried ?? new OwnValues([name, namespace]);
    gatherValues(own, object, this.#options);
    return own;
  }

  /** Masks the copies of the object that it carries. @returns how many hold something masked. */
  #settleCopies({ waiting }: OpenObject, identity: ObjectIdentity, own: OwnValues | null): number {
    if (!waiting.some(isCopy)) return 0;
    const copies = waiting.filter(isCopy);
    const mask = () => copies.map(({ start, end }) => this.#options.maskCopy(start, end, identity, own));
    const known = own?.size;
    let masked = mask();
    // A later copy may know a value that an earlier one shows.
    if (copies.length > 1 && own?.size !== known) masked = mask();
    for (const splices of masked) for (const splice of splices ?? []) this.#splices.push(splice);
    return masked.filter((splices) => splices !== null).length;
  }

  /**
   * Masks the texts of an object's metadata, or of a copy, that hold one of the object's own values.
   * @param from the first splice that may lie in there.
   */
  #maskOwn(
    part: SearchedPart['part'],
    object: OpenObject,
    { start, end }: { readonly start: number; readonly end: number },
    from: number,
    identity: ObjectIdentity,
    own: OwnValues | null,
  ): number {
    const { rules } = this.#options;
    if (own === null || own.size === 0 || rules.ownValues === null) return 0;
    const as = rules.ownValues;
    const bytes = this.#options.read(start, end);
    const wraps = object.wrapsText || (object.saysPairs && own.hasShort);
    // Of a copy only its values are masked so far, and of metadata the copies, which were searched themselves.
    const done =
      part === 'copy'
        ? this.#splices
        : object.waiting.some(isWholeAnnotation)
          ? object.waiting.filter(isWholeAnnotation)
          : NONE;
    if (!wraps && !mayHoldValue(own, bytes, start, done, part === 'copy')) return 0;
    const masked = this.#splices.slice(from).filter((splice) => splice.start >= start && splice.end <= end);
    const splices = maskOwnTexts(own, {
      part,
      bytes,
      start,
      masked,
      copies: new Set(object.waiting.filter(isCopy).map((copy) => copy.start)),
      as,
      token: (field, plain) => textToken(field, plain, as, identity, this.#options),
    });
    if (splices.length === 0) return 0;
    // Whole texts, with what was masked in them before.
    const whole = new OrderedSplices(splices);
    const gone = new Set(masked.filter((splice) => whole.around(splice)));
    this.#splices = [...this.#splices.filter((splice) => !gone.has(splice)), ...splices];
    return splices.length;
  }

  /**
   * Metadata that came without its Secret, though the whole was asked for: nobody can tell what its annotations hold.
   * Those that tools compare with a name of theirs stay.
   */
  #maskUnknown(
    object: OpenObject,
    metadata: { readonly start: number; readonly end: number },
    identity: ObjectIdentity,
  ) {
    const { rules } = this.#options;
    if (object.kind !== 'PartialObjectMetadata' || rules.ownValues === null) return 0;
    const as = rules.ownValues;
    const splices = maskAnnotations(this.#options.read(metadata.start, metadata.end), metadata.start, (field, plain) =>
      textToken(field, plain, as, identity, this.#options),
    );
    const done = new OrderedSplices(this.#splices);
    const others = splices.filter((splice) => !done.around(splice) && !done.within(splice));
    for (const splice of others) this.#splices.push(splice);
    return others.length;
  }

  /** How an object is cut down; null where it stays. */
  #trimOf({ kind }: OpenObject, parent: Frame | undefined): Trim | null {
    const { rules, identity } = this.#options;
    const { trim } = rules;
    if (trim === null || identity !== null) return null;
    if (trim.of === 'rows') return parent?.place === 'row' ? trim : null;
    if (trim.of === 'items') return parent?.place === 'items' ? trim : null;
    // A Status is no object of the kind, and stays.
    return (parent === undefined || parent.place === 'event') && kind === 'Secret' ? trim : null;
  }

  /** What began; an object that is cut down, and the metadata of a Secret, are held until their end. */
  open(object: OpenObject, place: 'object' | 'metadata', start: number, isRoot: boolean): void {
    const { trim, ownValues } = this.#options.rules;
    const held =
      place === 'metadata'
        ? ownValues !== null
        : trim !== null && trim.of !== 'rows' && !(isRoot && trim.of === 'items');
    if (!held) return;
    this.hold(start);
    object.held += 1;
  }

  /** The object turns out to be a list: its metadata says nothing of any object, and must not hold up what is in it. */
  openList(object: OpenObject): void {
    if (object.waiting.length > 0) return;
    this.release(object.held);
    object.held = 0;
  }

  /** A list of Secrets whose items are cut down becomes the list that was asked for. */
  nameTrimmedList(object: OpenObject, key: string, start: number, end: number): void {
    const { trim } = this.#options.rules;
    if (trim?.of !== 'items' || this.#options.identity !== null || object.kind !== 'SecretList') return;
    if (key === 'kind') this.splice({ start, end, bytes: 'PartialObjectMetadataList' });
    else if (key === 'apiVersion') this.splice({ start, end, bytes: `meta.k8s.io/${trim.version}` });
  }

  /** @returns whether something was masked. */
  #replace(waiting: WaitingValue, identity: ObjectIdentity): boolean {
    const bytes = replacement(waiting, identity, this.#options);
    if (bytes === null) return false;
    this.#splices.push({ start: waiting.start, end: waiting.end, bytes });
    return true;
  }

  /** What was masked in a value, as a column of a Table may show it. */
  #plainOf({ masking, start, end, escaped, annotation }: WaitingValue): string[] {
    if (annotation) return [];
    if (masking.kind === 'parts') return masking.parts.map((part) => masking.text.slice(part.start, part.end));
    return masking.kind === 'whole' ? [this.#text(start, end, escaped)] : [];
  }

  /** The whole object was asked for to see what less of it shows; the client gets what it asked for. */
  #trim({ metadata }: OpenObject, start: number, end: number, trim: Trim): void {
    const isInside = (splice: Splice) => splice.start >= start && splice.end <= end;
    const inside = this.#splices.filter(isInside);
    this.#splices = this.#splices.filter((splice) => !isInside(splice));
    this.#splices.push({ start, end, bytes: trimmedObject(metadata, inside, trim, this.#options.read) });
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
    if (rules.redactCells || rules.trim !== null) this.release();
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
