import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { entryInWords, joined } from '../../../cli/journal/entry-in-words.ts';
import type { JournalRecord, OwnReadRecord } from '../../../model/journal-record.ts';
import { decided, finished, openTestJournal } from '../../proxy/journal/entries.ts';
import { run, start } from '../run.ts';
import { dataFolderOfThree } from './journal-of-three.ts';

/** As the command prints them. */
const linesOf = (records: readonly JournalRecord[]) => joined(records).map(entryInWords);

describe('journal tail', () => {
  test('one line for each request and event, oldest first', async () => {
    const { code, out } = await run('journal', 'tail', '--data', await dataFolderOfThree());
    expect(code).toBe(0);
    expect(out.replaceAll(/20\S+Z/g, 'TIME').split('\n')).toEqual([
      'TIME  gateway started: for a test',
      'TIME  local:ada  get secrets shop/db  on prod  allow default/reads  200 in 12 ms, 2 masked',
    ]);
  });

  test('-n takes the last ones', async () => {
    const { out } = await run('journal', 'tail', '-n', '1', '--data', await dataFolderOfThree());
    expect(out).toMatch(/^20\S+Z {2}local:ada/);
    expect(out).not.toContain('\n');
  });

  test('--json prints the records as they stand', async () => {
    const { out } = await run('journal', 'tail', '--json', '--data', await dataFolderOfThree());
    expect(out.split('\n').map((line) => JSON.parse(line).seq)).toEqual([1, 2, 3]);
  });

  test('--follow goes on with what another process adds, until it is stopped', async () => {
    const data = await dataFolderOfThree();
    const tail = start('journal', 'tail', '--follow', '-n', '1', '--data', data);
    await tail.printed('shop/db');
    const journal = await openTestJournal(join(data, 'journal'));
    await journal.append(decided({ auditId: 'b', name: 'new-one' }), { durable: false });
    await tail.printed('new-one');
    tail.stop();
    expect(await tail.exit).toBe(0);
    expect(tail.out).toHaveLength(2);
    expect(tail.out[1]).toMatch(/get pods shop\/new-one {2}on prod {2}allow default\/reads {2}no end yet$/);
  });

  test('the signs of a request stand behind what was decided', () => {
    const place = { v: 1, seq: 1, time: 'T', prev: '', hash: '' } as const;
    const signs = [{ code: 'pod-placed-on-node', says: 'the pods are put on node n1, past the scheduler' }] as const;
    expect(linesOf([{ ...decided({ auditId: 'x' }), ...place, signs }])[0]).toContain(
      'default/reads  [pod-placed-on-node: the pods are put on node n1, past the scheduler]  no end yet',
    );
  });

  test('what the gateway reads itself says for which request', () => {
    const place = { v: 1, seq: 1, time: 'T', prev: '', hash: '' } as const;
    const reads = ['api', 'db'].map((name) => ({ name, auditId: `of-${name}` }));
    const read: OwnReadRecord = {
      ...{
        type: 'own-read',
        auditId: 'x',
        credential: 'admin',
        cluster: 'prod',
        resource: 'secrets',
        namespace: 'shop',
      },
      ...{ effective: null, reads },
    };
    const eve = { user: 'eve', uid: '', groups: [], extra: {} };
    expect(linesOf([read, { ...read, effective: eve }].map((one) => ({ ...one, ...place })))).toEqual([
      'T  gateway reads Secrets, to redact request x: api, db in shop on prod',
      'T  gateway reads Secrets as eve, to redact request x: api, db in shop on prod',
    ]);
  });

  test('an end whose beginning is not among the records has a line of its own', () => {
    const place = { v: 1, seq: 1, time: 'T', prev: '', hash: '' } as const;
    expect(linesOf([{ ...finished('x', 0), ...place }])).toEqual(['T  request x ended  client gone in 12 ms']);
  });
});
