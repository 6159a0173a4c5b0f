import { type Json, type JsonObject, objectAt } from '../store/json.ts';
import type { Column } from './column.ts';
import { columnsOf } from './columns.ts';

/** What a Table row carries of its object. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

function definitions(columns: readonly Column[]): Json {
  return columns.map((column) => ({
    name: column.name,
    type: column.type,
    format: column.name === 'Name' ? 'name' : '',
    description: column.name,
    priority: column.wide ? 1 : 0,
  }));
}

/** An object's metadata alone, as the server gives it to those who ask for no more. */
export function partialMetadata(object: JsonObject, version: string): JsonObject {
  return {
    kind: 'PartialObjectMetadata',
    apiVersion: `meta.k8s.io/${version}`,
    metadata: objectAt(object, 'metadata'),
  };
}

function row(object: JsonObject, columns: readonly Column[], include: IncludeObject, version: string): Json {
  const cells = columns.map((column) => column.cell(object));
  if (include === 'None') return { cells, object: null };
  return { cells, object: include === 'Object' ? object : partialMetadata(object, version) };
}

/** Options of a Table. */
export interface TableOptions {
  readonly version: string;
  readonly include: IncludeObject;
  /** False after the first event of a watch: definitions come once. */
  readonly withColumns: boolean;
}

/** A `meta.k8s.io` Table of some objects of one kind. */
export function tableOf(
  kind: string,
  objects: readonly JsonObject[],
  listMetadata: JsonObject,
  options: TableOptions,
): JsonObject {
  const columns = columnsOf(kind);
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${options.version}`,
    metadata: listMetadata,
    columnDefinitions: options.withColumns ? definitions(columns) : null,
    rows: objects.map((object) => row(object, columns, options.include, options.version)),
  };
}

/** The bookmark of a Table watch: one row of empty cells whose object carries the revision. */
export function bookmarkTable(kind: string, bookmark: JsonObject, options: TableOptions): JsonObject {
  const columns = columnsOf(kind);
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${options.version}`,
    metadata: { resourceVersion: objectAt(bookmark, 'metadata')['resourceVersion'] ?? '' },
    columnDefinitions: options.withColumns ? definitions(columns) : null,
    rows: [
      {
        cells: columns.map((column) => column.cell({ metadata: {} })),
        object: partialMetadata(bookmark, options.version),
      },
    ],
  };
}
