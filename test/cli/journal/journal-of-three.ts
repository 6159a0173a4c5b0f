import { join } from 'node:path';
import { usualWitness } from '../../../cli/journal/journal-witness.ts';
import { witnessFile } from '../../../proxy/journal/head-witness.ts';
import type { JournalOptions } from '../../../proxy/journal/open-journal.ts';
import { decided, finished, openTestJournal } from '../../proxy/journal/entries.ts';
import { home, temporaryFolder } from '../run.ts';

/** A data folder with a journal of one event and one request, closed; its witness is where a gateway keeps it. */
export async function dataFolderOfThree(options: Partial<JournalOptions> = {}): Promise<string> {
  const data = await temporaryFolder();
  const witness = witnessFile(await usualWitness(data, { environment: {}, home }));
  const journal = await openTestJournal(join(data, 'journal'), { witness, ...options });
  await journal.append({ type: 'gateway', event: 'started', detail: 'for a test' }, { durable: false });
  await journal.append(decided({ auditId: 'a', resource: 'secrets', name: 'db' }), { durable: false });
  await journal.append({ ...finished('a'), maskedValues: 2 }, { durable: false });
  await journal.close();
  return data;
}
