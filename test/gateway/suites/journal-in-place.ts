import { appendFile, cp, link, mkdir, mkdtemp, readdir, rename, rm, symlink, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type HeadWitness, witnessFile } from '../../../proxy/journal/head-witness.ts';
import { verifyJournal } from '../../../proxy/journal/verify-journal.ts';
import { type GatewayWay, type RunningGateway, startGateway } from '../environment/running-gateway.ts';
import { nothingReaches } from './nothing-reached.ts';

const NAMESPACE = 'gatehouse-journal';
const FIRST = 'journal-000001.ndjson';

/** A gateway of its own in front of the tested cluster, that can be stopped and started again in its folder. */
interface Setting {
  readonly folder: string;
  readonly journal: string;
  readonly older: string;
  readonly witness: HeadWitness;
  start(way?: GatewayWay): Promise<RunningGateway>;
  verify(): ReturnType<typeof verifyJournal>;
}

/** Takes the journal away, or sets it back, under a gateway that runs. */
const WHILE_IT_RUNS: ReadonlyArray<[how: string, tamper: (setting: Setting) => Promise<unknown>]> = [
  ['its file is removed', ({ journal }) => rm(join(journal, FIRST))],
  ['its folder is removed', ({ journal }) => rm(journal, { recursive: true })],
  ['its folder is moved away', ({ journal, folder }) => rename(journal, join(folder, 'elsewhere'))],
  [
    'its folder is replaced by an older copy',
    async ({ journal, older }) => {
      await rm(journal, { recursive: true });
      await cp(older, journal, { recursive: true });
    },
  ],
  ['its file is replaced by an older copy', ({ journal, older }) => cp(join(older, FIRST), join(journal, FIRST))],
  ['its file is emptied', ({ journal }) => truncate(join(journal, FIRST), 0)],
  [
    'its file is kept under another name alone',
    async ({ journal, folder }) => {
      await link(join(journal, FIRST), join(folder, 'kept'));
      await rm(join(journal, FIRST));
    },
  ],
  [
    'its file is a link to where it was moved',
    async ({ journal, folder }) => {
      await rename(join(journal, FIRST), join(folder, 'moved'));
      await symlink(join(folder, 'moved'), join(journal, FIRST));
    },
  ],
  ['somebody else writes to its file', ({ journal }) => appendFile(join(journal, FIRST), '{}\n')],
];

const WHILE_IT_IS_STOPPED: ReadonlyArray<[how: string, tamper: (setting: Setting) => Promise<unknown>, says: RegExp]> =
  [
    [
      'an older copy of it was put in its place',
      async ({ journal, older }) => {
        await rm(journal, { recursive: true });
        await cp(older, journal, { recursive: true });
      },
      /missing at the end: the journal ends at record \d+, but/,
    ],
    [
      'it was deleted',
      ({ journal }) => rm(journal, { recursive: true }),
      /missing at the end: the journal is empty, but/,
    ],
    [
      'it was emptied, with its head',
      async ({ journal }) => {
        const files = (await readdir(journal)).filter((name) => name.endsWith('.ndjson'));
        for (const name of files) await truncate(join(journal, name), 0);
        await rm(join(journal, 'head.json'));
      },
      /missing at the end: the journal is empty, but/,
    ],
    [
      'a file in the middle of it was deleted',
      ({ journal }) => rm(join(journal, 'journal-000002.ndjson')),
      /^records \d+ to \d+ are missing between journal-000001\.ndjson and journal-000003\.ndjson/,
    ],
  ];

/** The journal removed, replaced, emptied: under a gateway that runs, and under one that is stopped. */
export function describeJournalInPlace(environment: () => RunningGateway): void {
  describe('a journal that somebody takes away', () => {
    beforeAll(async () => void (await environment().directly(['create', 'namespace', NAMESPACE])));
    afterAll(async () => void (await environment().directly(['delete', 'namespace', NAMESPACE, '--wait=false'])));

    const setUp = async (): Promise<Setting> => {
      const folder = await mkdtemp(join(tmpdir(), 'gatehouse-journal-'));
      onTestFinished(() => rm(folder, { recursive: true, force: true }));
      const journal = join(folder, 'data', 'journal');
      const witness = witnessFile(join(folder, 'state', 'journal-head.json'));
      return {
        folder,
        journal,
        older: join(folder, 'older'),
        witness,
        start: (way) => startGateway(environment().cluster, 'test', { folder, journalWitness: witness, ...way }),
        verify: () => verifyJournal(journal, { publicKey: null, witness }),
      };
    };
    const create = ({ kubectl }: RunningGateway, name: string) =>
      kubectl(['-n', NAMESPACE, 'create', 'configmap', name]);
    const read = ({ kubectl }: RunningGateway) => kubectl(['-n', NAMESPACE, 'get', 'configmaps']);
    /** With records of some kilobytes: files of 64 KiB are soon full. */
    const fill = async ({ request }: RunningGateway): Promise<void> => {
      const target = `/api/v1/namespaces/${NAMESPACE}/configmaps/none?pretty=${'x'.repeat(6_000)}`;
      for (let count = 0; count < 36; count += 1) await request('GET', target);
    };
    const nameOf = (how: string) => how.replaceAll(/[^a-z]+/g, '-');

    it.each(WHILE_IT_RUNS)(
      'case 64: %s while it runs: nothing is sent, reads neither; the next start and verification say what is missing',
      async (how, tamper) => {
        const setting = await setUp();
        const running = await setting.start();
        const problems: string[] = [];
        running.gateway.on('journalProblem', (problem) => problems.push(problem ?? 'none'));
        try {
          await cp(setting.journal, setting.older, { recursive: true });
          expect((await create(running, `before-${nameOf(how)}`)).code).toBe(0);
          await tamper(setting);
          const written = await nothingReaches(running, () => create(running, `after-${nameOf(how)}`));
          expect(written.code).not.toBe(0);
          expect(written.stderr).toMatch(/the journal of Gatehouse cannot be written: .*(gone|place|link|cut|wrote)/);
          const readAfter = await nothingReaches(running, () => read(running));
          expect(readAfter.stderr).toMatch(/the journal of Gatehouse cannot be written/);
          expect(problems).toEqual([expect.stringContaining('Put it back as it was, or start Gatehouse again')]);
        } finally {
          await running.close();
        }
        const gone = await environment().directly(['-n', NAMESPACE, 'get', 'configmap', `after-${nameOf(how)}`]);
        expect(gone.stderr).toContain('NotFound');
        // What is a link or has one byte too many is whole all the same; whatever lacks records says so.
        const isWhole = /link|somebody/.test(how);
        if (isWhole) return;
        const again = await setting.start();
        try {
          expect(again.gateway.journalFindings().join()).toMatch(/missing at the end/);
          expect((await read(again)).code).toBe(0);
          expect((await again.records()).map((record) => 'event' in record && record.event)).toContain(
            'journal-missing',
          );
        } finally {
          await again.close();
        }
        expect((await setting.verify()).ok).toBe(false);
      },
    );

    it.each(WHILE_IT_IS_STOPPED)(
      'case 64: %s while it is stopped: verification, the next start and the journal itself say what is missing',
      async (_, tamper, says) => {
        const setting = await setUp();
        const way = { journalRetention: { days: 1, bytes: 512 * 1024 } };
        const first = await setting.start(way);
        await read(first);
        await cp(setting.journal, setting.older, { recursive: true });
        await fill(first);
        await first.close();
        expect(await setting.verify()).toMatchObject({ ok: true, files: expect.any(Number) });
        await tamper(setting);
        await mkdir(setting.journal, { recursive: true });
        expect((await setting.verify()).ok).toBe(false);

        const again = await setting.start(way);
        try {
          expect(again.gateway.journalFindings()).toEqual([expect.stringMatching(says)]);
          expect((await read(again)).code).toBe(0);
          const note = (await again.records()).find((one) => one.type === 'gateway' && one.event === 'journal-missing');
          expect(note).toMatchObject({ detail: expect.stringMatching(says), missing: { to: expect.any(Number) } });
        } finally {
          await again.close();
        }
        expect((await setting.verify()).ok).toBe(false);
        const third = await setting.start(way);
        expect(third.gateway.journalFindings()).toEqual([]);
        await third.close();
      },
    );

    it('case 64: what retention removed is no loss, and a kill in the middle is none either', async () => {
      const setting = await setUp();
      const way = { journalRetention: { days: 1, bytes: 128 * 1024 } };
      const first = await setting.start(way);
      await fill(first);
      const behind = await setting.witness.read();
      await fill(first);
      await first.close();
      // As a kill would leave it.
      await setting.witness.write(behind ?? '');
      const report = await setting.verify();
      expect(report).toMatchObject({ ok: true, problem: null });
      expect(report.first?.seq).toBeGreaterThan(1);
      const again = await setting.start(way);
      expect(again.gateway.journalFindings()).toEqual([]);
      await again.close();
      expect(await setting.verify()).toMatchObject({ ok: true });
    });
  });
}
