import type { AuditedRequest } from '../environment/tested-cluster.ts';
import { NAMESPACE, type StepTaken } from './day-with-a-chart.ts';

/** A UUIDv7, which begins with its time, and what may stand behind it. */
const TIMED_ID = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/;

/**
 * What the steps cost, for information: requests, questions to a person, and requests that the gateway made of its own,
 * told from the clients' by their Audit-IDs. Those are counted for the chart whose namespace or name they hold.
 */
export function costOfSteps(steps: readonly StepTaken[], audited: readonly AuditedRequest[]): string {
  const clients = new Set(steps.flatMap(({ requests }) => requests));
  const own = audited.flatMap(({ auditID, requestURI }) => {
    const [whole, high = '', low = ''] = TIMED_ID.exec(auditID) ?? [];
    if (whole === undefined || clients.has(auditID)) return [];
    return [{ time: Number.parseInt(high + low, 16), requestURI }];
  });
  const rows = steps.map(({ chart, step, requests, asked, from, to }) => {
    const isOfChart = (part: string): boolean => part === `${NAMESPACE}-${chart}` || part.startsWith(chart);
    const mine = own.filter(
      ({ time, requestURI }) => time >= from && time <= to && requestURI.split(/[/?]/).some(isOfChart),
    );
    return [chart, step, requests.length, asked.length, mine.length] as const;
  });
  const sum = (column: 2 | 3 | 4): number => rows.reduce((total, row) => total + row[column], 0);
  const lines = [
    ['chart', 'step', 'requests', 'asked', "gateway's own"],
    ...rows,
    ['all', '', sum(2), sum(3), sum(4)],
  ].map(([chart, step, ...numbers]) =>
    [String(chart).padEnd(20), String(step).padEnd(24), ...numbers.map((each) => String(each).padStart(14))].join(''),
  );
  return ['What everyday charts cost:', ...lines].join('\n');
}
