import type { MaskObligation } from '../../model/decision.ts';
import type { Principal } from '../../model/principal.ts';
import type { Cluster } from '../clusters/cluster.ts';
import { discard } from '../forward/pooled-upstream.ts';
import { sendUpstream } from '../forward/send-upstream.ts';
import type { Upstream } from '../forward/upstream.ts';
import { maskRefusal } from '../masking/mask-document.ts';
import { MaskingStream, type MaskingStreamOptions } from '../masking/masking-stream.ts';
import { compileMaskRules } from '../masking/plan/mask-rules.ts';
import { newMaskReport } from '../masking/plan/response-mask.ts';
import type { MaskKey } from '../masking/tokens/mask-token.ts';
import type { MaskedValue } from '../masking/tokens/masked-value.ts';
import { policyQuestion } from '../policy/policy-question.ts';
import type { PolicySource } from '../policy/policy-source.ts';
import type { SeenValues } from '../redaction/seen-values.ts';
import { Refusal } from '../refusal.ts';
import type { ApiRequest, RequestInfo } from '../request/api-request.ts';
import { jsonText, textAt } from '../request/json-text.ts';
import type { JsonValue } from '../request/json-value.ts';
import { readRequest } from '../request/read-request.ts';
import { readStrictJson } from '../request/strict-json.ts';
import type { Source } from './source.ts';

/** An object, or a list of them, as it is in the cluster now: in clear, and as the client is shown it. */
export interface LiveObject extends Source {
  readonly resourceVersion: string;
  readonly uid: string;
  /** Every value that was masked in it, by itself. */
  readonly values: readonly MaskedValue[];
}

/** What the cluster answered to a read, and what the same principal's reads are shown of it. */
export interface LiveRead {
  readonly bytes: Uint8Array;
  readonly info: RequestInfo;
  readonly masks: readonly MaskObligation[];
}

/** The reads alone; what they say is another's business (`liveObjectsIn`). */
export interface LiveReads {
  /**
   * @param target path and query of a GET.
   * @returns null where there is no such object.
   * @throws {Refusal} where it cannot be read.
   */
  read(target: string): Promise<LiveRead | null>;
}

/** Reads from the cluster on behalf of one write. */
export interface LiveObjects {
  /**
   * @param target path and query of a GET.
   * @returns null where there is no such object.
   * @throws {Refusal} where it cannot be read or not be masked.
   */
  read(target: string): Promise<LiveObject | null>;
  /**
   * What any client would be shown of an object of the kind that is written, whatever this gateway remembers: a value
   * that is masked because it was seen is in clear after the next start.
   */
  mask(object: JsonValue): JsonValue;
}

export interface LiveReadsOptions {
  readonly policy: PolicySource;
  readonly upstream: Upstream;
  readonly principal: Principal;
  readonly cluster: Cluster;
  /** The cluster as policies name it. */
  readonly policyCluster: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  /** The write. It is read as whom it is written, so that rehydration never has more rights than the request. */
  readonly request: ApiRequest;
  readonly masks: readonly MaskObligation[];
  readonly auditId: string;
  readonly signal: AbortSignal;
}

/** How what was read is masked. */
export interface LiveMasks {
  readonly request: ApiRequest;
  /** Of the write. */
  readonly masks: readonly MaskObligation[];
  /** Of the cluster. */
  readonly key: MaskKey;
  /** What was masked because it is a Secret's value elsewhere is masked the same way here. */
  readonly seen: SeenValues;
}

/** Bytes; a list of every revision of a helm release is the largest that is read. */
const LIMIT = 32 * 1024 * 1024;

/**
 * Each read is a request of its own in the cluster's audit log: its Audit-ID is the write's with a number behind it.
 * The masks are those that the same principal's reads get, and those of the write.
 */
export function openLiveReads(options: LiveReadsOptions): LiveReads {
  const { policy, upstream, principal, cluster, policyCluster, request, auditId, signal } = options;
  let reads = 0;
  return {
    read: async (target) => {
      const plainRead = readRequest({
        method: 'GET',
        target,
        rawHeaders: ['Host', 'gatehouse', 'Accept', 'application/json', 'User-Agent', 'gatehouse/rehydration'],
      });
      const read: ApiRequest = { ...plainRead, impersonation: request.impersonation };
      reads += 1;
      const response = await sendUpstream(upstream, cluster, {
        request: read,
        body: null,
        auditId: `${auditId}.${reads}`,
        accept: 'application/json',
        compression: false,
        signal,
      });
      if ('socket' in response) throw new Refusal('upstream-response-invalid', 'The cluster upgraded a plain request');
      if (response.status !== 200) discard(response.body);
      if (response.status === 404) return null;
      if (response.status !== 200) throw cannotRead(read, response.status);
      const bytes = await collect(response.body);
      const decision = policy.decide(policyQuestion(principal, policyCluster, read));
      return { bytes, info: read.info, masks: [...decision.masks, ...options.masks] };
    },
  };
}

/** What those reads say. */
export function liveObjectsIn(reads: LiveReads, { request, masks, key, seen }: LiveMasks): LiveObjects {
  return {
    read: async (target) => {
      const found = await reads.read(target);
      if (found === null) return null;
      const bytes = Buffer.from(found.bytes.buffer, found.bytes.byteOffset, found.bytes.byteLength);
      const read = { info: found.info };
      const rules = compileMaskRules({ request: read, obligations: found.masks, seen });
      const plain = readAnswer(bytes);
      const values: MaskedValue[] = [];
      const onMasked = (value: MaskedValue): number => values.push(value);
      const masked = rules === null ? plain : readAnswer(maskBytes(bytes, read, { key, rules, onMasked }));
      return {
        plain,
        masked,
        resourceVersion: textAt(plain, 'metadata', 'resourceVersion'),
        uid: textAt(plain, 'metadata', 'uid'),
        values,
      };
    },
    mask: (object) => {
      const rules = compileMaskRules({ request, obligations: masks });
      if (rules === null) return object;
      // A patch need not say its kind.
      const anyKind = { ...rules, kinds: null };
      return readAnswer(maskBytes(Buffer.from(jsonText(object)), request, { key, rules: anyKind }));
    },
  };
}

function maskBytes(
  bytes: Buffer,
  request: Pick<ApiRequest, 'info'>,
  how: Pick<MaskingStreamOptions, 'key' | 'rules' | 'onMasked'>,
): Buffer {
  try {
    const stream = new MaskingStream({ ...how, events: false, report: newMaskReport() });
    return Buffer.concat([stream.push(bytes), stream.end()]);
  } catch (error) {
    throw maskRefusal(error, request);
  }
}

function cannotRead({ info }: ApiRequest, status: number): Refusal {
  return new Refusal(
    'mask-written-back',
    `The body holds masks, and ${info.resource} ${info.name} could not be read to put back what they stand for (the cluster answered ${status}); nothing was written`,
    { resource: info.resource, group: info.apiGroup, name: info.name },
  );
}

function readAnswer(bytes: Buffer): JsonValue {
  try {
    return readStrictJson(bytes);
  } catch (cause) {
    throw new Refusal('upstream-response-invalid', 'The cluster answered with an object that cannot be read', {
      cause,
    });
  }
}

async function collect(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > LIMIT) {
      throw new Refusal('upstream-response-invalid', `The cluster answered with more than ${LIMIT} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
