import { createInterface } from 'node:readline';
import { standardError } from '../../cli/standard-error.ts';

/*
 * A program with a log on stderr, which a test starts and reads, or does not. Each line of its standard input is a number
 * of lines to write; it answers on standard output with how many were lost.
 */

const errors = standardError(process.env);
process.stdout.write(`${errors.reader}\n`);
let number = 0;
for await (const line of createInterface({ input: process.stdin })) {
  let lost = 0;
  for (let left = Number(line); left > 0; left -= 1) {
    number += 1;
    if (!errors.write(`${String(number).padStart(999, '.')}\n`)) lost += 1;
  }
  // EPIPE is told a moment later.
  await new Promise((resolve) => setImmediate(resolve));
  process.stdout.write(`${JSON.stringify({ lost, megabytes: Math.round(process.memoryUsage().rss / 2 ** 20) })}\n`);
}
if (!(await errors.flushed(200))) process.exit();
