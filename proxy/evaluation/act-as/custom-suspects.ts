import type { Road } from '../../../model/gained-identity.ts';
import { deputyOf } from '../../policy/act-as/deputies.ts';
import type { PolicyQuestion } from '../../policy/policy-question.ts';
import type { ApiRequest } from '../../request/api-request.ts';
import { isJsonObject, type JsonValue } from '../../request/json-value.ts';
import { writeJson } from '../../request/write-json.ts';
import { isAccountField } from './custom-accounts.ts';
import { isCodeField } from './custom-code.ts';
import { isMetadataOnly } from './metadata-only.ts';
import { secretsIn } from './workload.ts';

const HOST_FIELD =
  /^(?:host[-_]?(?:path|disk|dir(?:ectory)?)s?|privileged|hostPID|hostProcess|procMount|capabilities)$/i;
const SECRET_FIELDS = ['secret', 'secretKeyRef', 'secretRef'];
/** Types of a Secret that stands for somebody, and the annotation that says for whom. */
const TOKEN_WORDS = /^(?:kubernetes\.io\/service-account|bootstrap\.kubernetes\.io\/token)/;

/** The roads that a custom resource may take by the words of its body, so that a certificate or a route costs no question. */
export function suspectedOfCustomResource(
  { verb, apiGroup, resource }: PolicyQuestion,
  request: ApiRequest,
  roads: readonly Road[],
  body: JsonValue,
): readonly Road[] {
  const suspected = new Set<Road>();
  const { fields, namesToken } = wordsOf(body);
  const says = (is: (field: string) => boolean): boolean => [...fields].some(is);
  const deputy = deputyOf(apiGroup, resource);
  if (deputy !== null && !isMetadataOnly(request, body) && says((field) => deputy.words?.test(field) ?? true)) {
    suspected.add(deputy.road);
  }
  // Of what is new the words alone are enough (`stated-workload.ts`).
  if (verb !== 'create' && takesSecrets(body, fields)) suspected.add('pod');
  const names = says(isAccountField) || fields.has('containers');
  const hosts = says((field) => HOST_FIELD.test(field));
  if (names) suspected.add('pod');
  if (hosts) suspected.add('node');
  if (namesToken) suspected.add('secret');
  // Of what is new the account says all; of what is written whole, what it runs as stands in it.
  const mayBeKept = verb === 'patch' || (verb === 'update' && (names || hosts));
  if (mayBeKept && says(isCodeField)) suspected.add('exec');
  return roads.filter((road) => suspected.has(road));
}

/** True for a body that may bring a Secret into pods; a certificate's `secretName` is where it is kept. */
function takesSecrets(body: JsonValue, fields: ReadonlySet<string>): boolean {
  if (!SECRET_FIELDS.some((field) => fields.has(field))) return false;
  return Array.isArray(body) || secretsIn(JSON.parse(writeJson(body))).size > 0;
}

/** The fields that a body speaks of, those in the JSON Pointers of a patch among them. */
function wordsOf(body: JsonValue): { readonly fields: ReadonlySet<string>; readonly namesToken: boolean } {
  const isPatch = Array.isArray(body);
  const fields = new Set<string>();
  let namesToken = false;
  const waiting: JsonValue[] = [body];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next === 'string') {
      if (TOKEN_WORDS.test(next)) namesToken = true;
      if (isPatch && next.startsWith('/')) for (const field of fieldsOfPointer(next)) fields.add(field);
    } else if (isJsonObject(next)) {
      for (const [field, value] of next) {
        fields.add(field);
        waiting.push(value);
      }
    } else if (Array.isArray(next)) for (const value of next as readonly JsonValue[]) waiting.push(value);
  }
  return { fields, namesToken: namesToken || [...fields].some((field) => TOKEN_WORDS.test(field)) };
}

/** RFC 6901. */
function fieldsOfPointer(pointer: string): string[] {
  return pointer.split('/').map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}
