import { execFileSync } from 'node:child_process';
import { chmod, chown, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { isUnknownVariable, variableOf } from '../../../cli/config/environment.ts';
import { GATEWAY_FLAGS } from '../../../cli/gateway/gateway-flags.ts';
import { filesBelow, read } from '../../docs/documents.ts';
import { kubeconfigToNowhere } from '../nowhere.ts';
import { finished, run, runWith, startIn, temporaryFolder } from '../run.ts';

let folder = '';
let config = '';

beforeEach(async () => {
  folder = await temporaryFolder();
  config = join(folder, 'gatehouse.yaml');
  await kubeconfigToNowhere(folder);
});

/** Writes the config file; what it says is enough for a gateway, with more lines behind. */
async function says(...lines: string[]): Promise<void> {
  await writeFile(config, ['kubeconfig: own.yaml', 'write-kubeconfig: client.yaml', ...lines, ''].join('\n'), {
    mode: 0o644,
  });
}

interface Report {
  readonly ok: boolean;
  readonly settings: ReadonlyArray<{
    name: string;
    values: string[];
    origin: { from: string; line?: number; variable?: string };
  }>;
  readonly wrong: ReadonlyArray<{ name: string | null; message: string }>;
  readonly notes: readonly string[];
}

/** What `config check` says of one setting, and of what is wrong. */
async function checked(environment: Record<string, string>, ...words: string[]) {
  const { code, out, errors } = await runWith(environment, 'config', 'check', ...words, '-o', 'json');
  expect(errors).toBe('');
  const report: Report = JSON.parse(out);
  expect(code).toBe(report.ok ? 0 : 1);
  const of = (name: string) => report.settings.find((one) => one.name === name);
  return { ...report, of };
}

describe('who counts', () => {
  test('a flag before the environment, the environment before the file, the file before what is usual', async () => {
    await says('journal-days: 1', 'journal-megabytes: 1', 'listen: 127.0.0.1:0');
    const environment = { GATEHOUSE_JOURNAL_DAYS: '2', GATEHOUSE_JOURNAL_MEGABYTES: '2', GATEHOUSE_CONFIG: config };
    const { of, ok } = await checked(environment, '--journal-days', '3');
    expect(of('journal-days')).toMatchObject({ values: ['3'], origin: { from: 'flag' } });
    expect(of('journal-megabytes')).toMatchObject({
      values: ['2'],
      origin: { from: 'environment', variable: 'GATEHOUSE_JOURNAL_MEGABYTES' },
    });
    expect(of('listen')).toMatchObject({ values: ['127.0.0.1:0'], origin: { from: 'file', line: 5 } });
    expect(of('trust-policy-folder')).toMatchObject({ values: ['false'], origin: { from: 'default' } });
    expect(of('context')).toMatchObject({ values: ['nowhere'], origin: { from: 'default' } });
    expect(ok).toBe(true);
  });

  test('a switch that is on in the file is put off by the environment, and by a flag', async () => {
    await says('trust-policy-folder: true');
    const name = 'trust-policy-folder';
    expect((await checked({}, config)).of(name)?.values).toEqual(['true']);
    expect((await checked({ GATEHOUSE_TRUST_POLICY_FOLDER: 'false' }, config)).of(name)?.values).toEqual(['false']);
    expect((await checked({}, config, '--no-trust-policy-folder')).of(name)?.values).toEqual(['false']);
    expect((await checked({}, config, '--trust-policy-folder=false')).of(name)?.values).toEqual(['false']);
  });

  test('several values are taken whole from one of them, and separated by colons in the environment as in KUBECONFIG', async () => {
    await says();
    const other = join(folder, 'other.yaml');
    await writeFile(other, await readFile(join(folder, 'own.yaml')));
    expect(
      (await checked({ GATEHOUSE_KUBECONFIG: `${other}:${join(folder, 'own.yaml')}` }, config)).of('kubeconfig')
        ?.values,
    ).toEqual([other, join(folder, 'own.yaml')]);
    expect((await checked({}, config, '--kubeconfig', other)).of('kubeconfig')?.values).toEqual([other]);
  });

  test('--config before $GATEHOUSE_CONFIG; and nothing is looked for by itself', async () => {
    await says('journal-days: 7');
    const environment = { GATEHOUSE_CONFIG: join(folder, 'not-there.yaml') };
    expect((await checked(environment, '--config', config)).of('journal-days')?.values).toEqual(['7']);
    expect((await checked({})).of('journal-days')?.origin).toEqual({ from: 'default' });
  });
});

describe('a gateway', () => {
  function gateway(environment: Record<string, string>, ...words: string[]) {
    const running = startIn({ environment }, 'gateway', ...words);
    onTestFinished(async () => {
      running.stop();
      await running.exit;
    });
    return running;
  }

  test('runs with a file alone; and the other commands find its data folder by the same file', async () => {
    await says('data: data', 'context: nowhere');
    const running = gateway({}, '--config', config);
    await running.printed('ready');
    expect(await readdir(join(folder, 'data'))).toContain('control.sock');
    expect(await run('requests', '--config', config)).toMatchObject({ code: 0, out: 'nothing waits' });
    expect(await runWith({ GATEHOUSE_CONFIG: config }, 'streams')).toMatchObject({ code: 0, out: 'no stream is open' });
    expect(await runWith({ GATEHOUSE_DATA: join(folder, 'data') }, 'policy', 'pending')).toMatchObject({ code: 0 });
  });

  test('runs with the environment alone', async () => {
    const running = gateway({
      GATEHOUSE_KUBECONFIG: join(folder, 'own.yaml'),
      GATEHOUSE_WRITE_KUBECONFIG: join(folder, 'client.yaml'),
      GATEHOUSE_DATA: join(folder, 'data'),
    });
    await running.printed('ready');
  });

  test('does not start with a mistake in the file, and makes nothing', async () => {
    await says('data: data', 'jounal-days: 3', 'listen: no');
    expect(await run('gateway', '--config', config)).toMatchObject({
      code: 2,
      errors: `gatehouse: ${config}:4:1: there is no flag "jounal-days"; did you mean "journal-days"?\n1 more: "gatehouse config check" shows them all.`,
    });
    expect(await readdir(folder)).not.toContain('data');
  });

  test('says who said what it complains about', async () => {
    await says('listen: 0.0.0.0:443');
    const { errors, code } = await run('gateway', '--config', config);
    expect(errors).toContain(`not "0.0.0.0:443" (--listen is said by ${config}:3:1)`);
    expect(code).toBe(2);
    await says();
    expect((await runWith({ GATEHOUSE_CONTEXT: 'prod' }, 'gateway', '--config', config)).errors).toContain(
      '(--context is said by GATEHOUSE_CONTEXT)',
    );
  });

  test.each([
    ['GATEHOUSE_POLCY', /^gatehouse: GATEHOUSE_POLCY: it sets nothing; did you mean GATEHOUSE_POLICY\?$/],
    ['GATEHOUSE_CONFG', /did you mean GATEHOUSE_CONFIG\?/],
    ['GATEHOUSE_WRITE_KUBECONIFG', /did you mean GATEHOUSE_WRITE_KUBECONFIG\?/],
  ])('does not start beside %s', async (variable, complaint) => {
    await says();
    expect(await runWith({ [variable]: 'x' }, 'gateway', '--config', config)).toMatchObject({
      code: 2,
      errors: expect.stringMatching(complaint),
    });
  });

  test('names a variable with its prefix that is nothing like a flag, and starts', async () => {
    await says('data: data');
    const running = gateway({ GATEHOUSE_VERSION: '1.2' }, '--config', config);
    await running.printed('ready');
    expect(running.errors[0]).toMatch(/^gatehouse: GATEHOUSE_VERSION sets nothing; what can be set so are the flags/);
  });
});

describe('a config file that is not read', () => {
  const refused = async () => (await run('gateway', '--config', config)).errors;

  test.each<[what: string, make: () => Promise<unknown>, why: RegExp]>([
    ['is not there', async () => {}, /gatehouse\.yaml does not exist$/],
    ['is a folder', () => mkdir(config), /gatehouse\.yaml is not a regular file$/],
    ['is a pipe, for which nobody waits', async () => execFileSync('mkfifo', [config]), /is not a regular file/],
    ['is a device', () => symlink('/dev/zero', config), /is not a regular file/],
    ['is a link to itself', () => symlink(config, config), /is a link that leads to itself/],
    ['is in a file', async () => writeFile(config, ''), /does not exist/],
    [
      'is much too large',
      () => writeFile(config, Buffer.alloc(100 * 1024 * 1024, '#'), { mode: 0o644 }),
      /is larger than 64 KiB/,
    ],
    [
      'is UTF-16',
      () => writeFile(config, Buffer.from('\ufeffcontext: a\n', 'utf16le'), { mode: 0o644 }),
      /is not UTF-8 text/,
    ],
    [
      'may be written by its group',
      () => withMode(0o664),
      /may be written by others \(mode 0664\), .*: chmod go-w it$/,
    ],
    ['may be written by all', () => withMode(0o666), /may be written by others \(mode 0666\)/],
  ])('because it %s', async (what, make, why) => {
    await make();
    if (what === 'is in a file') config = join(config, 'gatehouse.yaml');
    expect(await refused()).toMatch(why);
  });

  async function withMode(mode: number) {
    await says();
    await chmod(config, mode);
  }

  test('because it is a link to what others may write', async () => {
    const real = join(folder, 'real.yaml');
    await writeFile(real, 'journal-days: 1\n');
    await chmod(real, 0o666);
    await symlink(real, config);
    expect(await refused()).toMatch(/may be written by others/);
  });

  test.skipIf(process.geteuid?.() !== 0)(
    'because it is somebody else’s (needs root, to make such a file)',
    async () => {
      await says();
      await chown(config, 12_345, 12_345);
      expect(await refused()).toMatch(
        /belongs to uid 12345, who could configure this gateway with it: give it to root or to uid 0/,
      );
    },
  );

  test('but one with a byte order mark is', async () => {
    await writeFile(config, '\ufeffjournal-days: 5\n', { mode: 0o644 });
    expect((await checked({}, config)).of('journal-days')?.values).toEqual(['5']);
  });
});

describe('the environment', () => {
  test.each<[variable: string, value: string, complaint: RegExp]>([
    ['GATEHOUSE_DATA', '', /^gatehouse: GATEHOUSE_DATA: it is empty: unset it, or give it FOLDER/],
    ['GATEHOUSE_CONFIG', '', /GATEHOUSE_CONFIG: it takes the name of a FILE/],
    ['GATEHOUSE_JOURNAL_DAYS', '0x10', /GATEHOUSE_JOURNAL_DAYS: it takes a whole number of at least 1, not "0x10"/],
    ['GATEHOUSE_TRUST_POLICY_FOLDER', 'yes', /it takes true or false, not "yes"/],
    ['GATEHOUSE_TRUST_POLICY_FOLDER', '1', /it takes true or false, not "1"/],
    ['GATEHOUSE_KUBECONFIG', '/a:', /it is empty/],
    ['GATEHOUSE_DATA', '~/data', /no shell has expanded "~\/data"/],
  ])('%s=%j is refused', async (variable, value, complaint) => {
    expect(await runWith({ [variable]: value }, 'gateway', '--write-kubeconfig', 'x')).toMatchObject({
      code: 2,
      errors: expect.stringMatching(complaint),
    });
  });

  test('of other commands says the flags alone that are the gateway’s: no yes comes from it', async () => {
    const environment = {
      GATEHOUSE_YES: 'true',
      GATEHOUSE_JSON: 'true',
      GATEHOUSE_LISTEN: 'nonsense',
      GATEHOUSE_DATA: join(folder, 'data'),
    };
    expect(await runWith(environment, 'requests')).toMatchObject({
      code: 4,
      errors: expect.stringContaining(`no gateway answers in ${join(folder, 'data')}`),
    });
  });

  test.each([
    'GATEHOUSE_SERVICE_HOST',
    'GATEHOUSE_SERVICE_PORT',
    'GATEHOUSE_SERVICE_PORT_HTTPS',
    'GATEHOUSE_PORT',
    'GATEHOUSE_PORT_443_TCP',
    'GATEHOUSE_PORT_443_TCP_ADDR',
    'GATEHOUSE_CENTRAL_SERVICE_HOST',
    'GATEHOUSE_CENTRAL_PORT_443_TCP_PROTO',
  ])('%s, which Kubernetes sets beside a Service, is nothing of ours', (variable) =>
    expect(isUnknownVariable(variable, GATEWAY_FLAGS)).toBe(false),
  );

  test('knows every variable with its prefix that stands anywhere in this repository', () => {
    const sources = ['cli', 'main', 'preload', 'proxy', 'scripts', 'demo', 'docs'].flatMap(filesBelow);
    const files = [...sources, 'README.md', 'vitest.config.ts', 'playwright.config.ts'].filter(
      (path) => !path.endsWith('.png'),
    );
    const variables = new Set(files.flatMap((path) => read(path).match(/\bGATEHOUSE_[A-Z0-9_]*[A-Z0-9]\b/g) ?? []));
    const unknown = [...variables].filter((variable) => isUnknownVariable(variable, GATEWAY_FLAGS));
    expect(unknown).toEqual([]);
    expect(variables.size).toBeGreaterThan(10);
  });

  test('has no two flags under one variable', () => {
    const variables = ['config', ...Object.keys(GATEWAY_FLAGS)].map(variableOf);
    expect(new Set(variables).size).toBe(variables.length);
  });
});

describe('gatehouse config check', () => {
  test('finds what is not there, may not be read, and does not fit', async () => {
    const taken = createServer();
    await new Promise<void>((listening) => taken.listen(0, '127.0.0.1', listening));
    onTestFinished(() => void taken.close());
    const port = (taken.address() as { port: number }).port;
    await mkdir(join(folder, 'policy'));
    await writeFile(join(folder, 'policy', 'a.yaml'), 'apiVersion: gatehouse/v1\nkind: AccesPolicy\n');
    await says(
      'data: own.yaml',
      'context: prod',
      'policy: policy',
      `listen: 127.0.0.1:${port}`,
      'journal-witness: own.yaml/x',
    );
    const { wrong, notes } = await checked({}, config);
    const messages = wrong.map(({ message }) => message);
    expect(messages).toContainEqual(expect.stringMatching(/:3:1: data: .*own\.yaml is not a folder/));
    expect(messages).toContainEqual(
      expect.stringMatching(/journal-witness: .*own\.yaml\/x cannot be made: .*own\.yaml is not a folder/),
    );
    expect(messages).toContainEqual(
      expect.stringMatching(/--context: the kubeconfig has no context "prod"; it has: nowhere/),
    );
    expect(messages).toContainEqual(expect.stringMatching(/^policy: a\.yaml:\d+:\d+: /));
    expect(notes).toContainEqual(expect.stringMatching(/something listens on 127\.0\.0\.1:\d+ already/));
  });

  test('needs no flag, and takes those of a gateway', async () => {
    const { out } = await run('config', 'check', '--help');
    expect(out.replaceAll(/\n */g, ' ')).toMatch(
      /^Usage: gatehouse config check \[FILE\] \[--output text\|json\] \[--config FILE\] \[FLAGS OF GATEWAY\]/,
    );
    expect(out).not.toContain('--kubeconfig');
  });

  test.each([
    [['--config'], /^gatehouse: --config takes the name of a FILE, and none is there$/],
    [['--config='], /^gatehouse: --config takes the name of a FILE, and none is there$/],
    [['--config', 'a', '--config', 'b'], /^gatehouse: --config is given twice: give it once$/],
  ])('a gateway with %j does not start', async (words, complaint) => {
    expect(await run('gateway', ...words)).toMatchObject({ code: 2, errors: expect.stringMatching(complaint) });
  });

  test('makes nothing', async () => {
    await says('data: data', 'policy: rules');
    expect((await checked({}, config)).ok).toBe(true);
    expect((await readdir(folder)).sort()).toEqual(['gatehouse.yaml', 'own.yaml']);
  });

  test('says it to people: what is in force, by whom, and what is wrong', async () => {
    await says('data: data', 'journal-days: 0');
    const { out, code } = await finished(
      startIn({ environment: { GATEHOUSE_JOURNAL_MEGABYTES: '5', GATEHOUSE_FOO: 'x' } }, 'config', 'check', config),
    );
    expect(code).toBe(1);
    expect(out).toContain(`config file ${config}`);
    expect(out).toMatch(/\njournal-megabytes +GATEHOUSE_JOURNAL_MEGABYTES +5\n/);
    expect(out).toMatch(/\ndata +line 3 +\/.*\/data\n/);
    expect(out).toMatch(/\njournal-days +line 4 +WRONG\n/);
    expect(out).toContain('\nnote: GATEHOUSE_FOO sets nothing');
    expect(out).toContain(`\nWRONG: ${config}:4:15: journal-days takes a whole number of at least 1, not "0"\n`);
  });

  test('names a file twice, or a flag that is none: wrong usage', async () => {
    expect(await run('config', 'check', 'a', '--config', 'b')).toMatchObject({
      code: 2,
      errors: expect.stringContaining('named twice'),
    });
    expect(await run('config', 'check', '--lissten', 'b')).toMatchObject({
      code: 2,
      errors: expect.stringContaining('did you mean --listen?'),
    });
  });
});
