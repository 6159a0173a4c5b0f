import { wholeBody } from '../../forward/response-body.ts';
import type { UpstreamResponse } from '../../forward/upstream.ts';
import type { LargeBodies } from '../../large-bodies/large-bodies.ts';
import type { Exchange } from '../../listener/exchange.ts';
import { warningLines } from '../../listener/warning-header.ts';
import { errorRedactor } from '../../masking/error-redactor.ts';
import { type MaskPlan, type MaskReport, newMaskReport } from '../../masking/plan/response-mask.ts';
import { maskedHeaders, withSafeWarnings } from '../../masking/status/masked-headers.ts';
import { readErrorBody, redactStatus, substituteInStatus } from '../../masking/status/redact-status.ts';
import { countMaskWarning, longMaskWarning } from '../../masking/status/warning.ts';
import type { MaskKey } from '../../masking/tokens/mask-token.ts';
import type { ShownMask } from '../../masking/tokens/masked-value.ts';
import type { SeenValues } from '../../redaction/seen-values.ts';
import { Refusal } from '../../refusal.ts';
import type { ApiRequest } from '../../request/api-request.ts';
import { isProxied } from '../../request/request-info.ts';

/** What went to the client. */
export interface GivenAnswer {
  readonly status: number;
  /** Why the gateway ended an answer that had begun; null when it went out whole. */
  readonly code: string | null;
}

export interface MaskedAnswerOptions {
  readonly request: ApiRequest;
  readonly plan: MaskPlan;
  readonly maskKey: MaskKey;
  /** Who masks it. */
  readonly masking: Pick<LargeBodies, 'maskDocument' | 'maskWatch'>;
  /** What was seen of the cluster's Secrets: errors and warnings are searched for it, masks add to it. */
  readonly seen: SeenValues;
  /** Told of each value as it is masked. */
  readonly onMasked: (shown: ShownMask) => void;
  /** Told what masking comes to, before anything of the answer goes out; complete once it has gone. */
  readonly onReport: (report: MaskReport) => void;
  /** Where a person can look at one masked value; null: nowhere. */
  readonly revealsIn: string | null;
  /** The body as it was sent to the API server, which quotes it in errors; null where there was none. */
  readonly sent: Buffer | null;
  /** Lines to add as `Warning:` headers, such as who approved; null where policy wants none, of masks neither. */
  readonly warnings: readonly string[] | null;
}

/**
 * Sends the API server's answer to the client: as it is, or masked. Of a masked document nothing is sent before the
 * whole of it was masked, or as much as is held back of a long one; a watch is sent event by event. Where the rest of a
 * long document cannot be masked the client's connection is cut, so that it sees a broken answer and not a short one.
 * @throws {Refusal} when it cannot be masked and nothing has been sent yet.
 */
export async function giveMasked(
  exchange: Exchange,
  response: UpstreamResponse,
  options: MaskedAnswerOptions,
): Promise<GivenAnswer> {
  const { request, plan } = options;
  const isSensitive = plan.kind !== 'pass' && plan.sensitive;
  const redactor = errorRedactor(options);
  const redactWarning = isSensitive ? null : redactor.warning;
  const warnings = warningLines(options.warnings ?? [], response.headers);
  const hasBody = request.method !== 'HEAD' && response.status !== 204 && response.status !== 304;
  if (response.status >= 400 && hasBody && !isSensitive && quotesObjects(request)) {
    const body = await readErrorBody(response);
    const headers = maskedHeaders(response.headers, { contentLength: null, body: 'text', redact: redactor.warning });
    const redacted = substituteInStatus(body, redactor.text) ?? body;
    const lines = [...headers, ['Content-Length', String(redacted.length)] as const, ...warnings];
    await exchange.respond(response.status, lines, redacted);
    return { status: response.status, code: null };
  }
  if (plan.kind === 'pass' || response.status === 304) {
    const headers = withSafeWarnings(response.headers, redactor.warning);
    const body = wholeBody(response.body) ?? response.body;
    await exchange.respond(response.status, [...headers, ...warnings], body);
    return { status: response.status, code: null };
  }
  if (!hasBody) {
    // The length of an answer that would have been masked says how long its values are.
    const headers = maskedHeaders(response.headers, { contentLength: null, body: 'none', redact: redactWarning });
    await exchange.respond(response.status, [...headers, ...warnings], response.body);
    return { status: response.status, code: null };
  }
  if (response.status >= 400) {
    const redacted = await redactStatus(response, request);
    // A conflict of server-side apply names the keys of labels and annotations, and one may be a value.
    const body = response.status === 409 ? (substituteInStatus(redacted, redactor.names) ?? redacted) : redacted;
    const headers = maskedHeaders(response.headers, { contentLength: body.length, body: 'status' });
    await exchange.respond(response.status, [...headers, ...warnings], body);
    return { status: response.status, code: null };
  }
  const subject = {
    request,
    obligations: plan.obligations,
    seen: options.seen,
    trim: plan.whole?.trim ?? null,
    onMasked: options.onMasked,
  };
  if (plan.kind === 'watch') {
    const report = newMaskReport();
    options.onReport(report);
    const masked = options.masking.maskWatch(response.body, subject, { key: options.maskKey, report });
    await exchange.respond(
      response.status,
      [...maskedHeaders(response.headers, { contentLength: null, body: 'watch', redact: redactWarning }), ...warnings],
      masked,
    );
    return { status: response.status, code: report.refusal?.code ?? null };
  }
  const masked = await options.masking.maskDocument(response.body, subject, { key: options.maskKey });
  const { report, rest } = masked;
  options.onReport(report);
  const warning =
    rest === null
      ? countMaskWarning(report, request, options.revealsIn)
      : longMaskWarning(report, request, options.revealsIn);
  const headers = maskedHeaders(response.headers, {
    contentLength: rest === null ? masked.bytes : null,
    redact: redactWarning,
  });
  const texts = options.warnings === null ? [] : [...(warning === null ? [] : [warning]), ...options.warnings];
  const lines = [...headers, ...warningLines(texts, headers)];
  try {
    await exchange.respond(response.status, lines, inTurn(masked.chunks, rest));
  } catch (error) {
    if (!(error instanceof Refusal && exchange.answered)) throw error;
    return { status: response.status, code: error.code };
  } finally {
    // Where nobody read it to its end.
    await rest?.return(undefined);
  }
  return { status: response.status, code: null };
}

/** Whether an error is the API server's or an admission plugin's; behind a proxy it is what a backend says. */
function quotesObjects({ info }: ApiRequest): boolean {
  return info.isResourceRequest && !isProxied(info);
}

/** One chunk at a time, so that a slow reader holds back the next write and not the event loop. */
async function* inTurn(
  chunks: readonly Uint8Array[],
  rest: AsyncIterable<Uint8Array> | null,
): AsyncIterable<Uint8Array> {
  yield* chunks;
  if (rest !== null) yield* rest;
}
