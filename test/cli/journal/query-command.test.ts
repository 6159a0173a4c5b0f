import { appendFile, chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { fits } from '../../../cli/journal/entry-filter.ts';
import { timeRange } from '../../../cli/journal/time-range.ts';
import type { JournalEntry, OwnReadRecord } from '../../../model/journal-record.ts';
import { sealRecord } from '../../../proxy/journal/record-chain.ts';
import { decided, finished, openTestJournal } from '../../proxy/journal/entries.ts';
import { run, start, temporaryFolder } from '../run.ts';

const isRoot = process.getuid?.() === 0;
if (isRoot) console.log('skipped: root may read every file, so none can be kept from this test');

const eve = { user: 'eve', uid: '', groups: ['dev'], extra: {} };
const approval = { id: 'ap-1', code: '7F3K', state: 'APPROVED', by: 'local:bob', waitedMs: 4_000 };
const ownRead: OwnReadRecord = {
  ...{ type: 'own-read', auditId: 'logs', effective: null, credential: 'admin', cluster: 'stage', resource: 'secrets' },
  ...{ namespace: 'shop', reads: [{ name: 'db', auditId: 'logs-db' }] },
};

function request(auditId: string, change: Partial<ReturnType<typeof decided>['request']>, more: object = {}) {
  const base = decided({ auditId });
  return { ...base, ...more, request: { ...base.request, ...change } };
}

const deny = { ...decided().decision, outcome: 'deny', code: 'denied-by-policy', rule: 'never/prod' } as const;
const sign = { code: 'pod-placed-on-node', says: 'the pods are put on node n1' } as const;

/** What each of them is, is its Audit-ID. */
const ENTRIES: ReadonlyArray<readonly [time: string, ...entries: JournalEntry[]]> = [
  ['2026-03-01T10:00:00.000Z', { type: 'gateway', event: 'started', detail: 'for a test' }],
  ['2026-03-01T11:00:00.000Z', decided({ auditId: 'plain', name: 'web-0' }), finished('plain')],
  [
    '2026-03-02T00:30:00.000Z',
    request(
      'scaled',
      { resource: 'deployments', apiGroup: 'apps', subresource: 'scale', verb: 'patch', policyVerb: 'patch' },
      { effective: eve, cluster: 'stage' },
    ),
  ],
  [
    '2026-03-02T01:00:00.000Z',
    {
      ...request('denied', { resource: 'deployments', apiGroup: 'apps', verb: 'delete', policyVerb: 'delete' }),
      decision: deny,
    },
    finished('denied', 403),
  ],
  [
    '2026-03-02T02:00:00.000Z',
    {
      type: 'approval',
      approvalId: 'ap-1',
      code: '7F3K',
      state: 'PENDING',
      by: null,
      comment: null,
      intentDigest: 'd',
    },
  ],
  [
    '2026-03-02T02:00:04.000Z',
    {
      type: 'approval',
      approvalId: 'ap-1',
      code: '7F3K',
      state: 'APPROVED',
      by: 'local:bob',
      caller: { uid: 1_000, claims: { sudoUser: 'dora', sudoUid: 1_001 } },
      comment: 'fine',
      intentDigest: 'd',
    },
  ],
  [
    '2026-03-02T02:00:05.000Z',
    {
      ...request(
        'approved',
        { subresource: 'exec', verb: 'create', policyVerb: 'exec', namespace: 'ops' },
        { approval, signs: [sign] },
      ),
    },
  ],
  [
    '2026-03-03T00:00:00.000Z',
    request(
      'logs',
      { subresource: 'log' },
      { cluster: 'stage', principal: { ...decided().principal, user: 'local:carol' } },
    ),
    ownRead,
  ],
  // Ends come in another order than beginnings, days later and in another file.
  ['2026-03-03T12:00:00.000Z', finished('logs', 502), finished('approved', 101)],
  [
    '2026-03-04T00:00:00.000Z',
    finished('scaled', 0),
    { type: 'refused', from: 'a', to: 'b', counts: { 'foreign-host': 2 } },
  ],
];

/** One file for each day, as a gateway writes it. */
async function journalOf(entries: typeof ENTRIES, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  let last = { seq: 0, hash: '0'.repeat(64) };
  let file = 0;
  let day = '';
  for (const [time, ...records] of entries) {
    if (time.slice(0, 10) !== day) file += 1;
    day = time.slice(0, 10);
    for (const entry of records) {
      const { record, line } = sealRecord(entry, { seq: last.seq + 1, time, prev: last.hash });
      last = record;
      await appendFile(join(folder, `journal-${String(file).padStart(6, '0')}.ndjson`), line);
    }
  }
}

async function dataFolder(entries = ENTRIES): Promise<string> {
  const data = await temporaryFolder();
  await journalOf(entries, join(data, 'journal'));
  return data;
}

async function found(data: string, ...flags: string[]): Promise<string[]> {
  const { out } = await run('journal', 'query', '--output', 'ndjson', '--data', data, ...flags);
  const entries = out === '' ? [] : out.split('\n').map((line) => JSON.parse(line));
  return entries.map(({ type, auditId, state, event }) =>
    type === 'decided' ? auditId : `${type} ${auditId ?? state ?? event ?? ''}`.trim(),
  );
}

describe('journal query', () => {
  test.each<[flags: string[], found: string[]]>([
    [['--person', 'carol'], ['logs']],
    [['--user', 'local:carol'], ['logs']],
    [
      ['--person', 'bob'],
      ['approved', 'approval APPROVED'],
    ],
    [
      ['--person', 'carol', '--person', 'bob'],
      ['logs', 'approved', 'approval APPROVED'],
    ],
    [['--person', 'local:c*'], ['logs']],
    [['--person', 'dora'], ['approval APPROVED']],
    [['--person', 'local:dora'], ['approval APPROVED']],
    [['--as', 'eve'], ['scaled']],
    [['--as', 'e*e'], ['scaled']],
    [['--outcome', 'deny'], ['denied']],
    [['--outcome', 'DENY'], ['denied']],
    [['--code', 'denied-by-policy'], ['denied']],
    [
      ['--code', '7F3K'],
      ['approved', 'approval APPROVED', 'approval PENDING'],
    ],
    [['--code', 'pod-placed-on-node'], ['approved']],
    [['--status', '502'], ['logs']],
    [
      ['--status', '5xx', '--status', 'gone'],
      ['logs', 'scaled'],
    ],
    [['--status', '101'], ['approved']],
    [
      ['--cluster', 'stage'],
      ['own-read logs', 'logs', 'scaled'],
    ],
    [
      ['--cluster', 'stage', '--type', 'request'],
      ['logs', 'scaled'],
    ],
    [['--namespace', 'ops'], ['approved']],
    [
      ['--resource', 'deployments'],
      ['denied', 'scaled'],
    ],
    [
      ['--resource', 'deployments.apps'],
      ['denied', 'scaled'],
    ],
    [['--resource', 'deployments.apps/scale'], ['scaled']],
    [['--resource', 'deployments.apps/'], ['denied']],
    [['--resource', 'deployments.extensions'], []],
    [['--resource', 'pods/exec'], ['approved']],
    [['--resource', '*/log'], ['logs']],
    [
      ['--name', 'web-0', '--verb', 'get'],
      ['logs', 'plain'],
    ],
    [['--verb', 'exec'], ['approved']],
    [['--rule', 'never/*'], ['denied']],
    [['--session', 'terminal-1', '--until', '2026-03-01'], ['plain']],
    [
      ['--audit-id', 'logs'],
      ['own-read logs', 'logs'],
    ],
    [['--audit-id', 'logs-db'], ['own-read logs']],
    [['--type', 'gateway'], ['gateway started']],
    [['--type', 'refused'], ['refused']],
    [
      ['--since', '2026-03-03'],
      ['refused', 'own-read logs', 'logs'],
    ],
    [['--since', '2026-03-02T01:00:00Z', '--until', '2026-03-02T03:00:00+01:00', '--type', 'request'], ['denied']],
    [['--since', '2026-03-02', '--until', '2026-03-02', '--limit', '1'], ['approved']],
  ])('%j', async (flags, expected) => {
    expect(await found(await dataFolder(), ...flags)).toEqual(expected);
  });

  test('all of it: newest first, each request once, with its end', async () => {
    const data = await dataFolder();
    expect(await found(data)).toHaveLength(10);
    const { out } = await run('journal', 'query', '--type', 'request', '--data', data);
    expect(out.split('\n')).toEqual([
      '2026-03-03T00:00:00.000Z  local:carol  get pods/log shop/web-0  on stage  allow default/reads  502 in 12 ms  logs',
      expect.stringMatching(/^2026-03-02T02:00:05\.000Z .*\(7F3K APPROVED by local:bob\).* 101 in 12 ms {2}approved$/),
      expect.stringMatching(/deny denied-by-policy never\/prod {2}403 in 12 ms {2}denied$/),
      expect.stringMatching(
        /as eve \[dev\] {2}patch deployments\.apps\/scale shop\/web-0 .* client gone in 12 ms {2}scaled$/,
      ),
      expect.stringMatching(/ 200 in 12 ms {2}plain$/),
    ]);
  });

  test('--output: one array, one object a line, or the records as they stand', async () => {
    const data = await dataFolder();
    const of = async (...flags: string[]) =>
      (await run('journal', 'query', '--audit-id', 'plain', '--data', data, ...flags)).out;
    const [entry, ...more] = JSON.parse(await of('--output', 'json'));
    expect(more).toEqual([]);
    expect(entry).toMatchObject({ seq: 2, type: 'decided', cluster: 'prod', finished: { seq: 3, status: 200 } });
    expect(JSON.parse(await of('-o', 'ndjson'))).toEqual(entry);
    const records = (await of('--output', 'records')).split('\n');
    expect(records.map((line) => JSON.parse(line).type)).toEqual(['decided', 'finished']);
    const file = await readFile(join(data, 'journal', 'journal-000001.ndjson'), 'utf8');
    for (const line of records) expect(file).toContain(`${line}\n`);
    expect(await of('--json')).toBe(records.join('\n'));
    expect(JSON.parse(await of('--output', 'json', '--cluster', 'nope'))).toEqual([]);
  });

  test.each<[flags: string[], says: RegExp]>([
    [['--cluster', 'prdo'], /none has the cluster "prdo"; there are stage, prod$/],
    [['--resource', 'deployment'], /none has the resource "deployment"; there are .*deployments\.apps\/scale/],
    [['--as', 'mallory'], /none has the as "mallory"; there are eve$/],
    [['--cluster', 'stage', '--outcome', 'deny'], /^gatehouse: nothing matches all of that$/],
    [['--since', '2030-01-01'], /^gatehouse: nothing matches all of that$/],
  ])('what nothing has is no error, and what there is is said: %j', async (flags, says) => {
    const { code, out, errors } = await run('journal', 'query', '--data', await dataFolder(), ...flags);
    expect(errors).toMatch(says);
    expect({ code, out }).toEqual({ code: 0, out: '' });
  });

  test.each<[flags: string[], says: RegExp]>([
    [['--outcome', 'denied'], /--outcome takes allow, deny, requireApproval, refused, not "denied"/],
    [['--type', 'requests'], /--type takes request, approval, own-read, refused, gateway, not "requests"/],
    [['--status', '42'], /--status takes a status such as 404/],
    [['--output', 'yaml'], /--output takes text, ndjson, json or records, not "yaml"/],
    [['--output', 'text', '--json'], /--json and --output text exclude each other/],
    [['--limit', '0'], /--limit takes a whole number of at least 1/],
    [['--cluster', ''], /--cluster is empty/],
    [['--since', 'yesterday'], /--since: "yesterday" is no time\. It takes 2026-03-29T08:00:00Z/],
    [['--since', '2026-03-29T02:30'], /"2026-03-29T02:30" is in no time zone: add Z, or an offset/],
    [['--since', '2026-02-30'], /"2026-02-30" is no time/],
    [['--since', '2026-03-03', '--until', '2026-03-02'], /--since .* is not before --until/],
    [['--since', '1h', '--until', '2h'], /is not before/],
  ])('%j is a wrong usage', async (flags, says) => {
    const { code, errors } = await run('journal', 'query', '--data', await dataFolder(), ...flags);
    expect(errors).toMatch(says);
    expect(code).toBe(2);
  });
});

const UNSEEN = /(?!\n)[\p{Cc}\p{Cf}]/u;

describe('what can be wrong with a journal does not hide the rest of it', () => {
  let data = '';
  const path = (file: number) => join(data, 'journal', `journal-00000${file}.ndjson`);
  const query = (...flags: string[]) => run('journal', 'query', '--type', 'request', '--data', data, ...flags);

  test('a journal that is written, rotated and trimmed while it is read', async () => {
    data = await temporaryFolder();
    const journal = await openTestJournal(join(data, 'journal'), {
      ...{ fileBytes: 20_000, retention: { days: 30, bytes: 150_000 } },
    });
    // From the first look on there is something to find.
    await journal.append(decided({ auditId: 'first' }), { durable: true });
    let writing = true;
    const writer = (async () => {
      for (let index = 0; writing; index += 1) {
        await journal.append(decided({ auditId: `r${index}` }), { durable: false });
        await journal.append(finished(`r${index}`), { durable: false });
      }
    })();
    try {
      for (let round = 0; round < 15; round += 1) {
        const { code, out, errors } = await run(
          'journal',
          'query',
          '-o',
          'ndjson',
          '--type',
          'request',
          '--data',
          data,
        );
        expect({ code, errors }).toEqual({ code: 0, errors: '' });
        const numbers = out
          .split('\n')
          .map((line) => JSON.parse(line))
          .filter(({ type }) => type === 'decided')
          .map(({ seq }) => seq);
        expect(numbers).toEqual(numbers.toSorted((a, b) => b - a));
        expect(new Set(numbers).size).toBe(numbers.length);
      }
    } finally {
      writing = false;
      await writer;
    }
  });

  test('a last line that is being written', async () => {
    data = await dataFolder();
    await appendFile(path(4), '{"v":1,"se');
    expect(await query()).toMatchObject({ code: 0, errors: '' });
    expect(await found(data, '--type', 'request')).toHaveLength(5);
  });

  test.each<[what: string, line: string]>([
    ['a changed record', '(changed)'],
    ['no JSON', '{"v":1,'],
    ['an empty line', ''],
    [
      'a record of no known shape, its hash made to fit',
      sealRecord({ type: 'decided', auditId: 'x' } as never, {
        seq: 99,
        time: '2026-03-02T03:00:00.000Z',
        prev: 'a'.repeat(64),
      }).line.trimEnd(),
    ],
  ])('%s in the middle is left out, and said', async (_, line) => {
    data = await dataFolder();
    const text = await readFile(path(2), 'utf8');
    const changed = text.replace('"stage"', '"prod"');
    await writeFile(path(2), line === '(changed)' ? changed : text.replace('\n', `\n${line}\n`));
    const { code, out, errors } = await query();
    expect(errors).toMatch(
      /^gatehouse: 1 line is not as the gateway wrote them and left out: "gatehouse journal verify" says which$/,
    );
    expect(out.split('\n')).toHaveLength(line === '(changed)' ? 4 : 5);
    expect(code).toBe(0);
  });

  test.skipIf(isRoot)('a file that may not be read: the others are printed, and it is named', async () => {
    data = await dataFolder();
    await chmod(path(2), 0);
    const { code, out, errors } = await query();
    expect(out.split('\n')).toHaveLength(2 + 2);
    expect(errors).toMatch(/not read, so what is in it is not above: journal-000002\.ndjson \(EACCES\)/);
    expect(code).toBe(1);
  });

  test('a folder in the place of a file, as whoever is root sees what may not be read', async () => {
    data = await dataFolder();
    await rm(path(2));
    await mkdir(path(2));
    const { code, out, errors } = await query();
    expect(out.split('\n')).toHaveLength(2 + 2);
    expect(errors).toMatch(/journal-000002\.ndjson \(EISDIR\)/);
    expect(code).toBe(1);
  });

  test('an end whose beginning retention took is told', async () => {
    data = await dataFolder();
    await rm(path(2));
    const { out } = await query('--status', '101');
    expect(out).toMatch(/request approved ended {2}101 in 12 ms$/);
  });

  test('a clock that was set back: what is in the time is found, and the order is that of writing', async () => {
    const times = ['2026-03-05T00:00:00.000Z', '2026-03-01T00:00:00.000Z', '2026-03-05T01:00:00.000Z'];
    data = await dataFolder(times.map((time, index) => [time, decided({ auditId: `r${index}` })] as const));
    expect(await found(data, '--since', '2026-03-04')).toEqual(['r2', 'r0']);
    expect(await found(data)).toEqual(['r2', 'r1', 'r0']);
  });

  test('what a record holds cannot drive a terminal, nor make a line of its own', async () => {
    const name = 'web\u001b[2J\u202e\nFAKE';
    data = await dataFolder([['2026-03-01T00:00:00.000Z', decided({ auditId: 'x', name }), finished('x')]]);
    for (const flags of [[], ['-o', 'json'], ['-o', 'ndjson']]) {
      const { out } = await query(...flags);
      expect(out.split('\n').filter((line) => line !== ']')).toHaveLength(1);
      expect(out).not.toMatch(UNSEEN);
    }
    expect(await found(data, '--name', name)).toEqual(['x']);
    const shown = await run('journal', 'show', 'x', '--data', data);
    expect(shown.out).not.toMatch(UNSEEN);
    expect(shown.out).not.toContain('\nFAKE');
  });
});

describe('journal show', () => {
  test('everything of one request, its approval and what was read for it', async () => {
    const data = await dataFolder();
    const approved = await run('journal', 'show', 'approved', '--data', data);
    expect(approved.code).toBe(0);
    for (const line of [
      /^records +9 and 13$/m,
      /^who +local:ada \[gatehouse:local\], from a terminal of the app\n +\(terminal-1\)$/m,
      /^what +exec pods\/exec ops\/web-0$/m,
      /^waited +4 s for 7F3K: APPROVED by local:bob$/m,
      /^sign +pod-placed-on-node: the pods are put on node n1$/m,
      /^approval +2026-03-02T02:00:00\.000Z +7F3K PENDING$/m,
      /^approval +2026-03-02T02:00:04\.000Z +7F3K APPROVED by local:bob, through\n +sudo by dora \(claimed\): fine$/m,
      /^end +2026-03-03T12:00:00\.000Z +101 in 12 ms$/m,
    ])
      expect(approved.out).toMatch(line);
    const logs = await run('journal', 'show', 'logs', '--data', data);
    expect(logs.out).toMatch(/^read for it +Secrets in shop, by the gateway itself: db \(logs-db\)$/m);
    const json = await run('journal', 'show', 'logs', '--json', '--data', data);
    expect(json.out.split('\n').map((line) => JSON.parse(line).type)).toEqual(['own-read', 'decided']);
  });

  test('one that is not there: 1, and where to look', async () => {
    const { code, errors } = await run('journal', 'show', 'nope', '--data', await dataFolder());
    expect({ code, errors }).toEqual({
      code: 1,
      errors: expect.stringMatching(/has no request nope: "gatehouse journal query" lists them/),
    });
  });
});

describe('journal tail with the same flags', () => {
  test('the last that match, oldest first', async () => {
    const { out } = await run('journal', 'tail', '-n', '2', '--type', 'request', '--data', await dataFolder());
    expect(out.split('\n').map((line) => line.slice(0, 19))).toEqual(['2026-03-02T02:00:05', '2026-03-03T00:00:00']);
  });

  test('--follow goes on over new files and retention, with what matches alone; an end is told with it', async () => {
    const data = await temporaryFolder();
    const folder = join(data, 'journal');
    const journal = await openTestJournal(folder, { fileBytes: 2_000, retention: { days: 30, bytes: 9_000 } });
    await journal.append(decided({ auditId: 'first', cluster: 'stage' }), { durable: true });
    const all = start('journal', 'tail', '-f', '--cluster', 'stage', '--data', data);
    const failed = start('journal', 'tail', '-f', '--status', '5xx', '--data', data);
    await journal.append(decided({ auditId: 'second', cluster: 'stage' }), { durable: true });
    await journal.append(finished('second', 500), { durable: true });
    await Promise.all([all.printed('500 in'), failed.printed('500 in')]);
    for (let index = 0; index < 40; index += 1) await journal.append(decided(), { durable: false });
    await journal.append(finished('first', 503), { durable: true });
    await all.printed('request first ended  503');
    await failed.printed(' on stage  allow default/reads  503 in 12 ms');
    for (const tail of [all, failed]) {
      tail.stop();
      expect(await tail.exit).toBe(0);
    }
    expect((await readdir(folder)).includes('journal-000001.ndjson')).toBe(false);
    expect(failed.out).toHaveLength(2);
    expect(all.out.every((line) => / on stage | ended /.test(line))).toBe(true);
  });
});

describe('times', () => {
  const now = Date.parse('2026-10-25T01:30:00Z');
  beforeAll(() => {
    // Central Europe sets its clocks back at 01:00 UTC that day.
    process.env['TZ'] = 'Europe/Berlin';
  });

  test.each<[since: string, at: string]>([
    ['2026-10-25', '2026-10-25T00:00:00.000Z'],
    ['2026-10-25T02:30:00+02:00', '2026-10-25T00:30:00.000Z'],
    ['2026-10-25T02:30:00+01:00', '2026-10-25T01:30:00.000Z'],
    ['2026-10-25t02:30z', '2026-10-25T02:30:00.000Z'],
    ['2026-10-25 02:30:00.5Z', '2026-10-25T02:30:00.500Z'],
    ['24h', '2026-10-24T01:30:00.000Z'],
    ['1d', '2026-10-24T01:30:00.000Z'],
    ['90s', '2026-10-25T01:28:30.000Z'],
    ['2w', '2026-10-11T01:30:00.000Z'],
  ])('%s is %s', (since, at) => {
    expect(new Date(timeRange('x', { since }, now).since ?? 0).toISOString()).toBe(at);
  });

  test('a day as an end counts as a whole; ages beyond all time are no fault', () => {
    expect(timeRange('x', { until: '2026-10-25' }, now)).toEqual({
      since: null,
      until: Date.parse('2026-10-26T00:00:00Z'),
    });
    expect(timeRange('x', { since: '999999999w' }, now).since).toBeLessThan(0);
  });
});

test.each<[text: string, value: string, expected: boolean]>([
  ['web-0', 'web-0', true],
  ['web-0', 'web', false],
  ['web-0', 'web*', true],
  ['web-0', '*0', true],
  ['web-0', 'w*b*0', true],
  ['web', 'web*web', false],
  ['web-0', '**', true],
  ['', '*', true],
  ['a'.repeat(10_000), `${'a*'.repeat(2_000)}b`, false],
])('%s fits %s: %s', (text, value, expected) => expect(fits(text, value)).toBe(expected));
