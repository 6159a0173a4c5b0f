import { oneLine } from '../one-line.ts';
import { actsAsText } from './match/act-as-match.ts';
import type { PolicyQuestion } from './policy-question.ts';
import { impersonationText, resourceText } from './policy-question.ts';

const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g;
const MAX_VALUE = 200;

const VALUES: Readonly<Record<string, (question: PolicyQuestion) => string>> = {
  'principal.user': ({ principal }) => principal.user,
  'impersonation.user': ({ impersonation }) => impersonation?.user ?? '(nobody)',
  'impersonation.groups': ({ impersonation }) => impersonation?.groups.join(', ') ?? '',
  'impersonation.uid': ({ impersonation }) => impersonation?.uid ?? '',
  impersonation: impersonationText,
  actsAs: (question) => actsAsText(question, impersonationText(question)),
  cluster: ({ cluster }) => cluster.name,
  verb: ({ verb }) => verb,
  resource: resourceText,
  namespace: ({ namespace }) => namespace,
  name: ({ name }) => name,
  path: ({ nonResourcePath }) => nonResourcePath,
};

/** Names of placeholders that a message may hold. */
export const PLACEHOLDERS: readonly string[] = Object.keys(VALUES);

/** The first placeholder of a message that means nothing; null when all are known. */
export function unknownPlaceholder(message: string): string | null {
  for (const [, name = ''] of message.matchAll(PLACEHOLDER)) if (!Object.hasOwn(VALUES, name)) return name;
  return null;
}

/** Fills a rule's message. Values come from the client, so they are cut and stay plain text on one line. */
export function fillMessage(message: string, question: PolicyQuestion): string {
  return message.replace(PLACEHOLDER, (_whole, name: string) => plainText(VALUES[name]?.(question) ?? ''));
}

/** A client's words for a message: one line without control characters, cut at a length that a terminal can show. */
export function plainText(value: string): string {
  const line = oneLine(value);
  return line.length > MAX_VALUE ? `${line.slice(0, MAX_VALUE)}…` : line;
}
