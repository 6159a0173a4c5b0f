import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestInfo } from '../../proxy/request/api-request.ts';
import type { HeaderList } from '../../proxy/request/header-list.ts';
import type { Authorizer } from '../access/authorization.ts';
import type { ServiceAccountTokens } from '../access/service-account-tokens.ts';
import type { User } from '../access/user.ts';
import type { ClusterObjects, WriteOptions } from '../store/cluster-objects.ts';
import { ApiError, invalid, unsupportedValue } from '../store/status.ts';
import type { ContainerFiles } from '../streams/running-container.ts';

/** What every handler works with. */
export interface Cluster {
  readonly objects: ClusterObjects;
  readonly authorizer: Authorizer;
  /** Issues the tokens of service accounts. */
  readonly tokens: ServiceAccountTokens;
  /** `https://host:port`. */
  readonly url: () => string;
  /** Files that shells have changed, for as long as the cluster runs. */
  readonly containerFiles: ContainerFiles;
}

/** A request that was authenticated and authorised. */
export interface Call {
  readonly cluster: Cluster;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly method: string;
  readonly query: URLSearchParams;
  readonly headers: HeaderList;
  readonly info: RequestInfo;
  /** Whom the request runs as: the impersonated user where there is one. */
  readonly user: User;
}

/** The server's limit of a body, in bytes (apiserver `MaxRequestBodyBytes`). */
const bodyLimit = 3 * 1024 * 1024;

/**
 * The whole body.
 * @throws {ApiError} 413 above 3 MiB.
 */
export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyLimit) {
      throw new ApiError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${bodyLimit}`, {});
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * `?dryRun=`: `All` alone, repeats allowed.
 * @throws {ApiError} 422 for any other value.
 */
export function readDryRun(values: readonly string[], options: string): boolean {
  if (values.length === 0) return false;
  if (values.every((value) => value === 'All')) return true;
  const shown = JSON.stringify(values);
  throw invalid({ group: 'meta.k8s.io', kind: options }, '', [
    {
      reason: 'FieldValueNotSupported',
      message: `Unsupported value: ${shown}: supported values: "All"`,
      field: 'dryRun',
    },
  ]);
}

/** Dry run and field manager of a create, update or patch. */
export function writeOptions(call: Call, options: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions'): WriteOptions {
  const agent = call.headers.first('User-Agent')?.split('/')[0] ?? '';
  return {
    dryRun: readDryRun(call.query.getAll('dryRun'), options),
    manager: call.query.get('fieldManager') || agent || 'unknown',
  };
}

/** What becomes of fields that are unknown or given twice. */
export interface FieldValidation {
  readonly strict: boolean;
  /** Says in a Warning header what is dropped; nothing when the client asked for `Ignore`. */
  warn(problem: string): void;
}

const validations = ['', 'Ignore', 'Strict', 'Warn'];

/**
 * `?fieldValidation=`.
 * @throws {ApiError} 422 for another word.
 */
export function fieldValidation(call: Call): FieldValidation {
  const asked = call.query.get('fieldValidation') ?? '';
  if (!validations.includes(asked)) {
    const options = { POST: 'CreateOptions', PUT: 'UpdateOptions' }[call.method] ?? 'PatchOptions';
    throw invalid({ group: 'meta.k8s.io', kind: options }, '', [
      unsupportedValue('fieldValidation', asked, validations),
    ]);
  }
  return {
    strict: asked === 'Strict',
    warn: (problem) => {
      if (asked !== 'Ignore') call.response.appendHeader('Warning', `299 - ${JSON.stringify(problem)}`);
    },
  };
}
