import { visibleJson } from '../../model/visible-text.ts';
import { Refusal, refusalStatus } from '../refusal.ts';
import type { Answerable, HeaderLine } from './exchange.ts';
import { warningHeader } from './warning-header.ts';

/**
 * Answers with the refusal's Kubernetes Status: always JSON, whatever the client accepts, because client-go decodes
 * errors by the response's own type. Does nothing where an answer is under way already, and never throws: a client
 * that went away needs no answer.
 */
export async function refuse(exchange: Answerable, refusal: Refusal, auditId?: string): Promise<void> {
  if (exchange.answered) return;
  const body = Buffer.from(`${visibleJson(JSON.stringify(refusalStatus(refusal)))}\n`);
  const { retryAfterSeconds, warnings = [] } = refusal.details;
  const headers: HeaderLine[] = [
    ['Content-Type', 'application/json'],
    ['Content-Length', String(body.length)],
    ['Cache-Control', 'no-cache, private'],
    ['X-Content-Type-Options', 'nosniff'],
    ...(auditId === undefined ? [] : [['Audit-Id', auditId] as const]),
    ...(retryAfterSeconds === undefined ? [] : [['Retry-After', String(retryAfterSeconds)] as const]),
    ...warnings.map((text) => ['Warning', warningHeader(text)] as const),
  ];
  await exchange.respond(refusal.status, headers, body).catch(() => undefined);
}

const DISCOVERY = /\/apis?(?:\?|$)/;

/**
 * The refusal with its message as a warning too, where the request is kubectl's first: client-go reads the answers to
 * `/api` and `/apis` raw (`discovery_client.go`) and shows a text of its own instead of the Status's message.
 */
export function audible(refusal: Refusal, target: string): Refusal {
  if (!DISCOVERY.test(target)) return refusal;
  const { details, code, message } = refusal;
  return new Refusal(code, message, { ...details, warnings: [...(details.warnings ?? []), message] });
}
