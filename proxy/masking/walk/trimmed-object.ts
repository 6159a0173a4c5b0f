import type { Trim } from '../plan/response-mask.ts';
import type { Splice } from '../scan/byte-window.ts';
import type { OpenObject } from './masked-object.ts';

/**
 * What is left of an object that was asked for whole, as the API server writes it where less is asked for.
 * @param splices what is masked in the object.
 */
export function trimmedObject(
  metadata: OpenObject['metadata'],
  splices: readonly Splice[],
  { to, version }: Trim,
  read: (start: number, end: number) => Buffer,
): Buffer {
  if (to === 'None' || metadata === null) return Buffer.from('null');
  const pieces: Uint8Array[] = [
    Buffer.from(`{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/${version}","metadata":`),
  ];
  let from = metadata.start;
  for (const splice of splices.toSorted((one, other) => one.start - other.start)) {
    if (splice.start < metadata.start || splice.end > metadata.end) continue;
    pieces.push(read(from, splice.start), Buffer.from(splice.bytes));
    from = splice.end;
  }
  pieces.push(read(from, metadata.end), Buffer.from('}'));
  return Buffer.concat(pieces);
}
