import { spawnSync } from 'node:child_process';
import { chmod, chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { usualWitness } from '../../cli/journal/journal-witness.ts';
import { journalLines } from '../../cli/journal/tail-command.ts';
import type { OwnReadRecord } from '../../model/journal-record.ts';
import { witnessFile } from '../../proxy/journal/head-witness.ts';
import { commandLine } from '../../scripts/build/command-line.mjs';
import { decided, finished, openTestJournal, publicKey } from '../proxy/journal/entries.ts';
import { home, run, start, temporaryFolder } from './run.ts';

async function dataFolderOfThree(): Promise<string> {
  const data = await temporaryFolder();
  const witness = witnessFile(await usualWitness(data, { environment: {}, home }));
  const journal = await openTestJournal(join(data, 'journal'), { witness });
  await journal.append({ type: 'gateway', event: 'started', detail: 'for a test' }, { durable: false });
  await journal.append(decided({ auditId: 'a', resource: 'secrets', name: 'db' }), { durable: false });
  await journal.append({ ...finished('a'), maskedValues: 2 }, { durable: false });
  await journal.close();
  return data;
}

describe('journal verify', () => {
  test('a whole journal: 0, and what was checked', async () => {
    const data = await dataFolderOfThree();
    const { code, out } = await run('journal', 'verify', '--data', data);
    expect(code).toBe(0);
    expect(out).toMatch(/^the journal in .* is whole and unchanged\n {2}3 records in 1 file, 1 \(.*\) to 3 \(.*\)\n/);
    expect(out).toContain('the signature of the head is right');
    expect(out).toContain('checked with the key beside the journal');
  });

  test('with a key from elsewhere there is nothing to add', async () => {
    const data = await dataFolderOfThree();
    const key = join(await temporaryFolder(), 'key.pem');
    await writeFile(key, publicKey);
    const { code, out } = await run('journal', 'verify', '--data', data, '--public-key', key);
    expect(code).toBe(0);
    expect(out).not.toContain('beside the journal');
  });

  test('a changed journal: 3, with file, line and reason', async () => {
    const data = await dataFolderOfThree();
    const path = join(data, 'journal', 'journal-000001.ndjson');
    await writeFile(path, (await readFile(path, 'utf8')).replace('"db"', '"web"'));
    const { code, out } = await run('journal', 'verify', '--data', data);
    expect(code).toBe(3);
    expect(out).toMatch(/^NOT VERIFIED: journal-000001\.ndjson, line 2: record 2 was changed/);
    const json = await run('journal', 'verify', '--data', data, '--json');
    expect(json.code).toBe(3);
    expect(JSON.parse(json.out)).toMatchObject({ ok: false, problem: { line: 2 } });
  });

  describe('case 64: beside the second place that keeps how far it reached', () => {
    test('says with what it was compared', async () => {
      const data = await dataFolderOfThree();
      const { code, out } = await run('journal', 'verify', '--data', data);
      expect(code).toBe(0);
      expect(out).toMatch(/\n {2}it was compared with .*journal-head-gatehouse-.*\.json, which knows of record 3$/);
    });

    test('a folder that is gone: 3, and how far it had come', async () => {
      const data = await dataFolderOfThree();
      await rm(join(data, 'journal'), { recursive: true });
      const { code, errors } = await run('journal', 'verify', '--data', data);
      expect(code).toBe(3);
      expect(errors).toMatch(/NOT VERIFIED: .*journal is gone, but .* says that record 3 was written there at 20/);
    });

    test('an empty folder in its place: 3', async () => {
      const data = await dataFolderOfThree();
      await rm(join(data, 'journal'), { recursive: true });
      await mkdir(join(data, 'journal'));
      const { code, out } = await run('journal', 'verify', '--data', data);
      expect(code).toBe(3);
      expect(out).toMatch(/^NOT VERIFIED: the journal is empty, but .* says that record 3 was written at 20/);
    });

    test('nothing in the second place: 6, whole as far as it goes; by itself, when asked for that: 0', async () => {
      const data = await dataFolderOfThree();
      await rm(await usualWitness(data, { environment: {}, home }));
      const { code, out } = await run('journal', 'verify', '--data', data);
      expect(code).toBe(6);
      expect(out).toMatch(/^the journal in .* is whole and unchanged, as far as it goes\n/);
      expect(out).toMatch(/note: nothing is kept in .*: whether a later part .* cannot be told$/);
      expect((await run('journal', 'verify', '--data', data, '--without-witness')).code).toBe(0);
    });

    test('the place that the app has, and one that a flag names', async () => {
      const data = join(await temporaryFolder(), 'data');
      await rename(await dataFolderOfThree(), data);
      const place = await temporaryFolder();
      const kept = join(place, 'kept.json');
      const { seq, hash, time, ...rest } = JSON.parse(await readFile(join(data, 'journal', 'head.json'), 'utf8'));
      await writeFile(kept, JSON.stringify({ seq, hash, time, ...rest }));
      expect((await run('journal', 'verify', '--data', data)).code).toBe(6);
      expect((await run('journal', 'verify', '--data', data, '--journal-witness', kept)).code).toBe(0);
      await mkdir(join(data, '..', 'keys'));
      await rename(kept, join(data, '..', 'keys', 'journal-head.json'));
      expect((await run('journal', 'verify', '--data', data)).code).toBe(0);
    });

    test.each([
      [['--journal-witness', ''], /--journal-witness takes a file outside/],
      [['--without-witness', '--journal-witness', 'x'], /exclude each other/],
    ])('%j is a wrong usage', async (flags, complaint) => {
      const { code, errors } = await run('journal', 'verify', '--data', await dataFolderOfThree(), ...flags);
      expect(errors).toMatch(complaint);
      expect(code).toBe(2);
    });
  });

  test.each([
    ['no journal', [], 1, /there is no journal in/],
    [
      'no such key',
      ['--public-key', '/nonexistent/key.pem'],
      1,
      /the public key \/nonexistent\/key\.pem cannot be read \(ENOENT\)/,
    ],
    [
      'no key in the file',
      ['--public-key', import.meta.filename],
      2,
      /--public-key: the file holds no public key in PEM/,
    ],
  ])('%s', async (what, flags, expected, complaint) => {
    const data = what === 'no journal' ? await temporaryFolder() : await dataFolderOfThree();
    const { code, errors } = await run('journal', 'verify', '--data', data, ...flags);
    expect(errors).toMatch(complaint);
    expect(code).toBe(expected);
  });
});

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
    expect(journalLines([{ ...decided({ auditId: 'x' }), ...place, signs }])[0]).toContain(
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
    expect(journalLines([read, { ...read, effective: eve }].map((one) => ({ ...one, ...place })))).toEqual([
      'T  gateway reads Secrets, to redact request x: api, db in shop on prod',
      'T  gateway reads Secrets as eve, to redact request x: api, db in shop on prod',
    ]);
  });

  test('an end whose beginning is not among the records has a line of its own', () => {
    const place = { v: 1, seq: 1, time: 'T', prev: '', hash: '' } as const;
    expect(journalLines([{ ...finished('x', 0), ...place }])).toEqual(['T  request x ended  client gone in 12 ms']);
  });
});

describe('a journal that may not be read', () => {
  test.runIf(process.geteuid?.() !== 0)('is not said to be missing, or gone', async () => {
    const data = await dataFolderOfThree();
    await chmod(join(data, 'journal'), 0);
    onTestFinished(() => chmod(join(data, 'journal'), 0o700));
    for (const what of ['verify', 'tail']) {
      expect(await run('journal', what, '--data', data)).toMatchObject({
        code: 1,
        errors: `gatehouse: the journal in ${data} cannot be read: the user that this runs as may not read it (EACCES)`,
      });
    }
  });

  test.runIf(process.geteuid?.() === 0)('names its owner', async () => {
    const data = await dataFolderOfThree();
    await chown(data, 12_345, 12_345);
    await chmod(data, 0o700);
    const words = [commandLine, 'journal', 'verify', '--data', data];
    const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8', uid: 12_346, gid: 12_346 });
    // The program itself may lie where only root can go.
    if (stderr.includes('EACCES: permission denied, open') || stderr.includes('MODULE_NOT_FOUND')) return;
    expect(stderr).toBe(
      `gatehouse: the journal in ${data} cannot be read: the user that this runs as may not read it (EACCES); it belongs to uid 12345: run this as that user (sudo -u '#12345' …)\n`,
    );
    expect(status).toBe(1);
  });
});
