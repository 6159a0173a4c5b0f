import { Refusal } from '../refusal.ts';
import type { ApiRequest } from '../request/api-request.ts';
import type { ScannerKind } from './create-scanner.ts';
import { MaskingStream } from './masking-stream.ts';
import { compileMaskRules } from './plan/mask-rules.ts';
import { type MaskReport, type MaskSubject, newMaskReport } from './plan/response-mask.ts';
import { NotMaskable } from './scan/not-maskable.ts';
import type { MaskKey } from './tokens/mask-token.ts';

/**
 * How much of a document is held back until it is known that all of it can be masked. What fits has its exact length
 * and its exact count of masked values, and what cannot be masked in it is refused by a Status. Bytes, as masked.
 */
export const HELD_DOCUMENT = 64 * 1024;

/**
 * The largest object of a list, or event of a watch, that is masked: its values wait for its name, which may come last.
 * etcd limits an object to about 1.5 MiB. Bytes.
 */
export const OBJECT_LIMIT = 8 * 1024 * 1024;

/** A document whose beginning is masked, or all of it. */
export interface MaskedDocument {
  /** What is masked already: the whole document where `rest` is null. */
  readonly chunks: readonly Uint8Array[];
  /** Total of `chunks`. */
  readonly bytes: number;
  /**
   * The masked rest of a document that is longer than what is held back, as it arrives and at the pace at which it is
   * read. It throws the Refusal where the rest cannot be masked: what went out before must then be ended so that the
   * client sees it is not whole.
   */
  readonly rest: AsyncGenerator<Uint8Array, undefined> | null;
  /** Complete once `rest` has ended. */
  readonly report: MaskReport;
}

export interface MaskDocumentOptions {
  readonly key: MaskKey;
  /** To count in; a new one where it is left out. */
  readonly report?: MaskReport;
  /** In the place of {@link OBJECT_LIMIT}. */
  readonly limit?: number;
  readonly scanner?: ScannerKind;
  /** Who masks it, in the place of a stream here. */
  readonly masker?: PieceMasker;
}

/** Masks a body piece by piece; `MaskingStream`, here or in another thread. */
export interface PieceMasker {
  /** Bytes held back. */
  readonly held: number;
  /**
   * @returns what is final now; may be empty.
   * @throws {NotMaskable}
   */
  push(chunk: Uint8Array): Uint8Array | Promise<Uint8Array>;
  /** The rest. */
  end(): Uint8Array | Promise<Uint8Array>;
  /** It is over, masked or not. */
  close?(): void;
}

/**
 * Masks one JSON document. It is read as it arrives and the masks are spliced in: every byte that is no masked value
 * stays as it is, numbers, order of keys and escapes included. What is held does not grow with the document: one chunk,
 * one object, and up to {@link HELD_DOCUMENT} at the beginning; the answer about one named object is held whole.
 * @throws {Refusal} `response-too-large-to-mask`, `response-not-maskable`; reading stops then.
 */
export async function maskDocument(
  body: AsyncIterable<Uint8Array>,
  subject: MaskSubject,
  options: MaskDocumentOptions,
): Promise<MaskedDocument> {
  const { limit = OBJECT_LIMIT, report = newMaskReport() } = options;
  const pieces = maskPieces(body, subject, { ...options, limit, report });
  const held = subject.request.info.name === '' ? Math.min(HELD_DOCUMENT, limit) : limit;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  while (bytes <= held) {
    const { done, value } = await pieces.next();
    if (done) return { chunks, bytes, rest: null, report };
    chunks.push(value);
    bytes += value.length;
  }
  return { chunks, bytes, rest: pieces, report };
}

async function* maskPieces(
  body: AsyncIterable<Uint8Array>,
  subject: MaskSubject,
  {
    key,
    limit,
    scanner = 'wasm',
    masker,
    report,
  }: MaskDocumentOptions & Required<Pick<MaskDocumentOptions, 'limit' | 'report'>>,
): AsyncGenerator<Uint8Array, undefined> {
  try {
    const rules = compileMaskRules(subject);
    if (rules === null) {
      yield* body;
      return;
    }
    const onMasked = subject.onMasked ?? null;
    const stream = masker ?? new MaskingStream({ key, rules, events: false, report, scanner, onMasked });
    for await (const chunk of body) {
      const masked = await stream.push(chunk);
      if (stream.held > limit) throw tooLarge('One object in the answer', limit, subject.request);
      if (masked.length > 0) yield masked;
    }
    const masked = await stream.end();
    if (masked.length > 0) yield masked;
  } catch (error) {
    throw maskRefusal(error, subject.request);
  } finally {
    masker?.close?.();
  }
}

/** @param what e.g. `A watch event`. */
export function tooLarge(what: string, limit: number, { info }: Pick<ApiRequest, 'info'>): Refusal {
  return new Refusal(
    'response-too-large-to-mask',
    `${what} is larger than the ${limit / (1024 * 1024)} MiB that Gatehouse masks; ask for other objects, for example by a label selector`,
    { resource: info.resource, group: info.apiGroup },
  );
}

/** The refusal for whatever stopped a mask; other errors, such as a lost connection, stay what they are. */
export function maskRefusal(error: unknown, { info }: Pick<ApiRequest, 'info'>): unknown {
  const object = { resource: info.resource, group: info.apiGroup };
  if (error instanceof NotMaskable) {
    return new Refusal(
      'response-not-maskable',
      `The answer was withheld, because it cannot be masked reliably: ${error.message}`,
      { ...object, ...(info.name === '' ? {} : { name: info.name }), cause: error },
    );
  }
  return error;
}
