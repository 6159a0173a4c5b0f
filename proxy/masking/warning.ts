import type { ApiRequest } from '../request/api-request.ts';
import type { MaskReport } from './response-mask.ts';

/** The API server's own bound for one warning (apiserver `warning/context.go`). */
const MAX_RUNES = 256;

/**
 * The value of a `Warning:` header with a text of ours: kubectl prints the text on stderr (RFC 7234 section 5.5). Bytes
 * above 127 are UTF-8, written as the latin-1 characters that Node puts on the wire one byte each.
 */
export function warningHeader(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out here
  const runes = [...text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').trim()];
  const cut = runes.length > MAX_RUNES ? [...runes.slice(0, MAX_RUNES - 1), '…'] : runes;
  const escaped = cut.join('').replace(/["\\]/g, '\\$&');
  return `299 gatehouse "${Buffer.from(escaped, 'utf8').toString('latin1')}"`;
}

/** What a client is told about the masks in an answer; null when there are none. */
export function countMaskWarning(report: MaskReport, { info }: ApiRequest): string | null {
  const { maskedValues: values, maskedObjects: objects } = report;
  if (values === 0) return null;
  const what = `${values} ${values === 1 ? 'value' : 'values'} masked in`;
  const where =
    objects === 1 && info.name !== ''
      ? `${info.resource} ${info.namespace === '' ? '' : `${info.namespace}/`}${info.name}`
      : `${objects} ${objects === 1 ? 'object' : 'objects'} of ${info.resource}`;
  return `${what} ${where}; reveal one in Gatehouse, under Secrets`;
}
