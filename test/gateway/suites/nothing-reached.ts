import { expect } from 'vitest';
import type { DecidedRecord } from '../../../model/journal-record.ts';
import type { RunningGateway } from '../environment/running-gateway.ts';
import type { AuditedRequest } from '../environment/tested-cluster.ts';

/** The newest `decided` record. */
export async function lastDecided({ records }: RunningGateway): Promise<DecidedRecord> {
  const newest = (await records()).find(({ type }) => type === 'decided');
  if (newest?.type !== 'decided') throw new Error('nothing was decided yet');
  return newest;
}

/** Does something and looks into the API server's own audit log: nothing must have come of it there. */
export async function nothingReaches<T>({ cluster }: RunningGateway, act: () => Promise<T>): Promise<T> {
  const before = (await cluster.auditLog()).length;
  const answer = await act();
  const after = await cluster.auditLog();
  const came = after.slice(before).filter((event) => !isEndOfDirectWatch(event));
  expect(came.map(({ verb, requestURI }) => `${verb} ${requestURI}`)).toEqual([]);
  return answer;
}

/** A watch is logged when it ends, also one that an earlier test opened directly: its id is the server's, not a UUIDv7 of ours. */
function isEndOfDirectWatch({ verb, auditID }: AuditedRequest): boolean {
  return verb === 'watch' && auditID[14] !== '7';
}
