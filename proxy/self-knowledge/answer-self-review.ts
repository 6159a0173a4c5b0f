import { Readable } from 'node:stream';
import type { Decision } from '../../model/decision.ts';
import type { UpstreamResponse } from '../forward/upstream.ts';
import { Refusal } from '../refusal.ts';
import type { ApiRequest } from '../request/api-request.ts';
import { isJsonObject } from '../request/json-value.ts';
import { readProtobufObject } from '../request/protobuf/read-object.ts';
import { checkBody } from '../request/request-body.ts';
import { judgeAccess } from './access-review.ts';
import type { Judge } from './judge.ts';
import { isPlainObject, type PlainObject, textOf } from './plain-json.ts';
import { judgeRules } from './rules-review.ts';
import type { SelfReview } from './self-review.ts';

/** A review names one request or lists one namespace's rules; the largest real lists are some hundred KiB. */
const LONGEST = 16 * 1024 * 1024;
/** Lengths and digests are of the cluster's bytes, which are not those that are sent. */
const ABOUT_BYTES = /^(?:content-length|content-encoding|etag|transfer-encoding)$/i;
/** Named in the warning behind `kubectl auth can-i --list`; the rest is counted. */
const NAMED_APPROVALS = 6;

export interface SelfReviewQuestion {
  readonly kind: SelfReview;
  readonly request: ApiRequest;
  /** As it was sent. */
  readonly body: Buffer | null;
  readonly judge: Judge;
  /** Whether somebody here could give the approval that a decision asks for. */
  readonly canAsk: (decision: Decision) => boolean;
}

export interface SelfReviewAnswer {
  readonly response: UpstreamResponse;
  /** For `Warning:` headers. */
  readonly warnings: readonly string[];
}

/**
 * The cluster's answer to a review of oneself, with what policy says to the same. What is not a success passes as it is.
 * @throws {Refusal} `upstream-response-invalid` where the answer cannot be read: half of it would be untrue.
 */
export async function answerSelfReview(
  response: UpstreamResponse,
  question: SelfReviewQuestion,
): Promise<SelfReviewAnswer> {
  if (response.status < 200 || response.status > 299) return { response, warnings: [] };
  const review = await readReview(response);
  const status = isPlainObject(review['status']) ? review['status'] : {};
  const { kind, judge, canAsk } = question;
  if (kind === 'access') {
    const spec = review['spec'];
    if (!isPlainObject(spec)) throw unreadable('it does not say what it is about');
    const judged = judgeAccess(status, spec, judge, canAsk);
    return {
      response: replaced(response, { ...review, status: judged.status }),
      warnings: judged.warning === null ? [] : [judged.warning],
    };
  }
  const judged = judgeRules(status, namespaceAsked(question), judge, canAsk);
  return {
    response: replaced(response, { ...review, status: judged.status }),
    warnings: approvalWarning(judged.approvals),
  };
}

async function readReview(response: UpstreamResponse): Promise<PlainObject> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > LONGEST) throw unreadable('it is too long');
    chunks.push(chunk);
  }
  try {
    const parsed: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    if (isPlainObject(parsed)) return parsed;
  } catch (cause) {
    throw unreadable('it is not JSON', cause);
  }
  throw unreadable('it is not an object');
}

function unreadable(why: string, cause?: unknown): Refusal {
  return new Refusal(
    'upstream-response-invalid',
    `The cluster's answer to a question about yourself cannot be read, so policy cannot be added to it: ${why}`,
    cause === undefined ? {} : { cause },
  );
}

/** The cluster's answer to a rules review does not repeat the namespace (registry/authorization/selfsubjectrulesreview). */
function namespaceAsked({ request, body }: SelfReviewQuestion): string {
  if (body === null) return '';
  if (request.contentType === 'application/vnd.kubernetes.protobuf') {
    return textOf(readProtobufObject(body)?.['spec'], 'namespace');
  }
  const parsed = checkBody(request, body);
  const spec = isJsonObject(parsed) ? parsed.get('spec') : undefined;
  const namespace = isJsonObject(spec) ? spec.get('namespace') : undefined;
  return typeof namespace === 'string' ? namespace : '';
}

function replaced(response: UpstreamResponse, review: PlainObject): UpstreamResponse {
  const bytes = Buffer.from(`${JSON.stringify(review)}\n`);
  const headers = response.headers.filter(([name]) => !ABOUT_BYTES.test(name));
  return {
    ...response,
    headers: [...headers, ['Content-Length', String(bytes.length)]],
    body: Readable.from([bytes], { objectMode: false }),
  };
}

function approvalWarning(approvals: readonly string[]): readonly string[] {
  if (approvals.length === 0) return [];
  const named = approvals.slice(0, NAMED_APPROVALS).join(', ');
  const rest = approvals.length - NAMED_APPROVALS;
  return [`a person is asked first for some requests to ${named}${rest > 0 ? ` and ${rest} more` : ''}`];
}
