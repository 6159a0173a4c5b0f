import { stdin, stdout } from 'node:process';
import { createInterface } from 'node:readline';
import { openJournal } from '../../../proxy/journal/open-journal.ts';

/**
 * A program for the crash and disk tests, built and run as a process of its own.
 *
 * `flood` appends durable records as fast as it can and acknowledges each on stdout, until it is killed.
 * `step` appends one record for each line on stdin and answers `ok <seq> <problem>` or
 * `no <code> <problem>`; it closes the journal when stdin ends.
 */
const [mode = '', folder = '', signingKey = ''] = process.argv.slice(2);
// Past the file size limit the kernel sends this signal beside the error; its default action would end the process.
process.on('SIGXFSZ', () => undefined);

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const retention = { days: 30, bytes: 1e9 };
const journal = await openJournal({ folder, signingKey, retention, log, fileBytes: mode === 'flood' ? 200_000 : 1e9 });
const entry = { type: 'gateway', event: 'started', detail: 'x'.repeat(400) } as const;

if (mode === 'flood') {
  const appendForEver = async () => {
    for (;;) {
      const { seq, hash } = await journal.append(entry, { durable: true });
      stdout.write(`${seq} ${hash}\n`);
    }
  };
  for (let lane = 0; lane < 8; lane += 1) void appendForEver();
} else {
  let told: string | null = null;
  journal.onProblem((problem) => {
    told = problem;
  });
  /** What listeners were told; it must be what the journal itself says. */
  const problem = () => (told === journal.problem() ? String(told) : 'listeners were not told');
  stdout.write('ready\n');
  for await (const line of createInterface({ input: stdin })) {
    const answer = await journal.append({ ...entry, detail: line }, { durable: true }).then(
      ({ seq }) => `ok ${seq} ${problem()}`,
      (error) => `no ${error.code} ${problem()}`,
    );
    stdout.write(`${answer}\n`);
  }
  await journal.close();
}
