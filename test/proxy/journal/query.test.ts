import { describe, expect, test } from 'vitest';
import type { JournalEntry } from '../../../model/journal-record.ts';
import type { JournalFilter } from '../../../proxy/journal/journal.ts';
import { decided, finished, openTestJournal, temporaryFolder } from './entries.ts';

const entries: readonly JournalEntry[] = [
  { type: 'gateway', event: 'started', detail: 'version 0.1.0' },
  decided({ auditId: 'a', cluster: 'prod', session: 'one', resource: 'secrets', name: 'db' }),
  decided({ auditId: 'b', cluster: 'prod', session: 'two', user: 'local:eve', outcome: 'deny', rule: 'default/proxy' }),
  finished('b', 403),
  decided({
    auditId: 'c',
    cluster: 'test',
    session: 'one',
    effective: { user: 'system:admin', uid: '', groups: [], extra: {} },
  }),
  finished('a'),
  { type: 'refused', from: '', to: '', counts: { 'plain-http': 3 } },
  { type: 'approval', approvalId: 'x', code: '7F3K', state: 'PENDING', by: null, comment: null, intentDigest: '' },
  finished('c'),
];

async function journalOf(list: readonly JournalEntry[], fileBytes = 1_500) {
  const journal = await openTestJournal(await temporaryFolder(), { fileBytes });
  for (const entry of list) await journal.append(entry, { durable: false });
  return journal;
}

describe('a filter', () => {
  test.each<[JournalFilter, number[]]>([
    [{}, [9, 8, 7, 6, 5, 4, 3, 2, 1]],
    [{ types: ['decided'] }, [5, 3, 2]],
    [{ types: ['finished', 'gateway'] }, [9, 6, 4, 1]],
    [{ auditId: 'b' }, [4, 3]],
    [{ cluster: 'prod' }, [6, 4, 3, 2]],
    [{ cluster: 'prod', types: ['decided'] }, [3, 2]],
    [{ cluster: 'prod', types: ['finished'] }, [6, 4]],
    [{ session: 'one' }, [9, 6, 5, 2]],
    [{ outcome: 'deny' }, [4, 3]],
    [{ text: 'EVE' }, [4, 3]],
    [{ text: 'secrets' }, [6, 2]],
    [{ text: 'system:admin' }, [9, 5]],
    [{ text: 'default/proxy' }, [4, 3]],
    [{ text: '7f3k' }, [8]],
    [{ text: 'plain-http' }, [7]],
    [{ cluster: 'prod', session: 'one', text: 'db', outcome: 'allow' }, [6, 2]],
    [{ cluster: 'nowhere' }, []],
  ])('%j finds %j', async (filter, expected) => {
    const journal = await journalOf(entries);
    expect((await journal.query(filter, { limit: 100 })).map(({ seq }) => seq)).toEqual(expected);
  });
});

test('pages go on before the last record seen, across files, and miss nothing', async () => {
  const journal = await journalOf(Array.from({ length: 100 }, (_, index) => decided({ name: `pod-${index}` })));
  const seen: number[] = [];
  for (let before: number | undefined; ; ) {
    const page = await journal.query({}, { limit: 7, ...(before === undefined ? {} : { before }) });
    if (page.length === 0) break;
    seen.push(...page.map(({ seq }) => seq));
    before = page.at(-1)?.seq;
  }
  expect(seen).toEqual(Array.from({ length: 100 }, (_, index) => 100 - index));
});

test('records longer than a read chunk, and text of several bytes a character, come back whole', async () => {
  const name = '“ж𝄞”'.repeat(20_000);
  const journal = await journalOf([decided(), decided({ name }), decided()]);
  const found = await journal.query({}, { limit: 3 });
  expect(found.map((record) => 'request' in record && record.request.name.length)).toEqual([5, name.length, 5]);
});

test('a limit counts requests: the end of each comes with it', async () => {
  const journal = await journalOf(entries);
  expect((await journal.query({ session: 'one' }, { limit: 1 })).map(({ seq }) => seq)).toEqual([9, 5]);
  expect(await journal.query({}, { limit: 0 })).toEqual([]);
});
