import { badRequest, notAcceptable, unknownFormat } from '../store/status.ts';
import type { IncludeObject } from '../table/table.ts';

/** How to write an answer. */
export interface Representation {
  readonly format: 'json' | 'yaml';
  readonly transform: 'none' | 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList';
  readonly tableVersion: string;
  readonly pretty: boolean;
}

/** Plain JSON. */
export const plainJson: Representation = { format: 'json', transform: 'none', tableVersion: 'v1', pretty: false };

/** What the real server offers; the demo cluster writes no protobuf, for no client asks for that alone. */
const available = 'application/json, application/yaml, application/vnd.kubernetes.protobuf';

function transformOf(parameters: ReadonlyMap<string, string>): Representation['transform'] | null {
  const asked = parameters.get('as');
  if (asked === undefined) return 'none';
  const version = parameters.get('v') ?? '';
  if (parameters.get('g') !== 'meta.k8s.io' || (version !== 'v1' && version !== 'v1beta1')) return null;
  return asked === 'Table' || asked === 'PartialObjectMetadata' || asked === 'PartialObjectMetadataList' ? asked : null;
}

/** A clause of an Accept header: its media type and parameters. */
function readClause(clause: string): { type: string; parameters: Map<string, string>; quality: number } {
  const [type = '', ...rest] = clause.split(';').map((part) => part.trim());
  const parameters = new Map(
    rest.map((parameter): [string, string] => {
      const [name = '', ...value] = parameter.split('=');
      return [name.trim(), value.join('=').trim()];
    }),
  );
  return { type, parameters, quality: Number(parameters.get('q') ?? 1) };
}

/** What the answer is: one object, a list, or a stream of events. */
export type AnswerShape = 'object' | 'list' | 'watch';

/**
 * Chooses a representation by the first Accept line, clause by clause (apiserver `handlers/negotiation`). Protobuf is not
 * offered: clients then take their JSON clause.
 * @throws {ApiError} 406 when no clause can be met.
 */
export function negotiate(accept: string | undefined, shape: AnswerShape, pretty: boolean): Representation {
  const clauses = (accept ?? '')
    .split(',')
    .map(readClause)
    .filter((clause) => clause.type !== '')
    .sort((left, right) => right.quality - left.quality);
  if (clauses.length === 0) return { ...plainJson, pretty };
  const concrete = clauses.some(({ type }) => type === '*/*' || /^application\/(json|yaml)$/.test(type));
  let written = false;
  for (const { type, parameters } of clauses) {
    const json = type === 'application/json' || type === '*/*' || (type === 'application/*' && concrete);
    const yaml = type === 'application/yaml';
    if (!json && !yaml) continue;
    if (yaml && shape === 'watch') {
      throw notAcceptable('application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch');
    }
    const transform = transformOf(parameters);
    if (transform === null) {
      written = true;
      continue;
    }
    return {
      format: yaml ? 'yaml' : 'json',
      transform,
      tableVersion: parameters.get('v') ?? 'v1',
      pretty: pretty || parameters.get('pretty') === '1',
    };
  }
  throw written ? notAcceptable(available) : unknownFormat(available);
}

/**
 * `?includeObject=`.
 * @throws {ApiError} 400 for any other word.
 */
export function readIncludeObject(value: string | null): IncludeObject {
  if (value === null || value === '') return 'Metadata';
  if (value === 'None' || value === 'Metadata' || value === 'Object') return value;
  throw badRequest(
    `Unable to convert to Table as requested: includeObject: Invalid value: "${value}": must be 'Metadata', 'Object', 'None', or empty`,
  );
}
