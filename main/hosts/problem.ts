import type { Problem } from '../../preload/contract.ts';
import { describeError } from './host-server.ts';

/** What the renderer is told about an error: words, a stable code, and lines to copy. Never a value that was sent. */
export function toProblem(error: unknown): Problem {
  const { code, message, details } = describeError(error);
  const lines = [`code: ${code}`, `time: ${new Date().toISOString()}`, `message: ${message}`, details];
  return { code, message, details: lines.filter(Boolean).join('\n'), reference: null };
}
