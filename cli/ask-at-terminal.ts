import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';

/** Asks on the terminal. A signal or the end of the input is an empty answer. */
export async function askAtTerminal(question: string, stop: AbortSignal): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const closed = once(lines, 'close').then(() => null);
  const answer = await Promise.race([lines.question(question, { signal: stop }).catch(() => null), closed]);
  // The cursor stands behind the question still.
  if (answer === null) process.stdout.write('\n');
  lines.close();
  return answer ?? '';
}
