import { Refusal } from '../refusal.ts';
import type { ApiRequest } from '../request/api-request.ts';
import { compileMaskRules } from './mask-rules.ts';
import type { MaskKey } from './mask-token.ts';
import { HelmRelease } from './masked-object.ts';
import { MaskingStream } from './masking-stream.ts';
import { NotMaskable } from './not-maskable.ts';
import { type MaskReport, type MaskSubject, newMaskReport } from './response-mask.ts';

/** The largest document that is masked. It is held whole until it is known that all of it can be masked. */
export const DOCUMENT_LIMIT = 64 * 1024 * 1024;

export interface MaskedDocument {
  /** The masked document in pieces, to be sent one after another. */
  readonly chunks: readonly Uint8Array[];
  /** Their total. */
  readonly bytes: number;
  readonly report: MaskReport;
}

/**
 * Masks one JSON document. It is read as it arrives and the masks are spliced in: every byte that is no masked value
 * stays as it is, numbers, order of keys and escapes included.
 * @throws {Refusal} `response-too-large-to-mask`, `response-not-maskable`, `helm-release-not-maskable`; reading stops then.
 */
export async function maskDocument(
  body: AsyncIterable<Uint8Array>,
  subject: MaskSubject,
  options: { readonly key: MaskKey; readonly limit?: number },
): Promise<MaskedDocument> {
  const limit = options.limit ?? DOCUMENT_LIMIT;
  const report = newMaskReport();
  const rules = compileMaskRules(subject);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const keep = (chunk: Uint8Array): void => {
    if (chunk.length > 0) chunks.push(chunk);
    bytes += chunk.length;
  };
  let read = 0;
  try {
    const stream = rules === null ? null : new MaskingStream({ key: options.key, rules, events: false, report });
    for await (const chunk of body) {
      read += chunk.length;
      if (read > limit) throw tooLarge(limit, subject.request);
      keep(stream === null ? chunk : stream.push(chunk));
    }
    if (stream !== null) keep(stream.end());
  } catch (error) {
    throw maskRefusal(error, subject.request);
  }
  return { chunks, bytes, report };
}

function tooLarge(limit: number, { info }: ApiRequest): Refusal {
  const mebibytes = limit / (1024 * 1024);
  return new Refusal(
    'response-too-large-to-mask',
    `The answer is larger than the ${mebibytes} MiB that Gatehouse masks at once; ask for less, for example one namespace, a label selector, or --chunk-size=500`,
    { resource: info.resource, group: info.apiGroup },
  );
}

/** The refusal for whatever stopped a mask; other errors, such as a lost connection, stay what they are. */
export function maskRefusal(error: unknown, { info }: ApiRequest): unknown {
  const object = { resource: info.resource, group: info.apiGroup };
  if (error instanceof HelmRelease) {
    return new Refusal(
      'helm-release-not-maskable',
      `helm releases cannot be masked yet, so "${error.secret}" was not shown; a policy that leaves the mask out for its namespace lets helm work there`,
      { ...object, name: error.secret, cause: error },
    );
  }
  if (error instanceof NotMaskable) {
    return new Refusal(
      'response-not-maskable',
      `The answer was withheld, because it cannot be masked reliably: ${error.message}`,
      { ...object, ...(info.name === '' ? {} : { name: info.name }), cause: error },
    );
  }
  return error;
}
