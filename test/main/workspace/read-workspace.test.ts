import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EMPTY, readWorkspace } from '../../../main/workspace/read-workspace.ts';
import { WorkspaceFile } from '../../../main/workspace/workspace-file.ts';

const WORKSPACE = {
  clusters: [{ slug: 'staging', demo: false }],
  terminals: [{ cluster: 'staging', namespace: 'web', folder: '/home/dana/shop' }],
  activeTerminal: 0,
  place: { screen: 'secrets', item: 'web/stripe', cluster: 'staging', terminal: null },
} as const;

describe('of what a stored workspace says', () => {
  test('all is taken that this version wrote', () => {
    expect(readWorkspace({ version: 1, ...WORKSPACE })).toEqual(WORKSPACE);
  });

  test.each<[string, unknown]>([
    ['no object', 'rm -rf'],
    ['another version', { version: 2, ...WORKSPACE }],
    ['no version', WORKSPACE],
  ])('nothing is taken of %s', (_what, stored) => {
    expect(readWorkspace(stored)).toEqual(EMPTY);
  });

  test.each<[string, object]>([
    ['a path for a cluster', { cluster: '../../etc', namespace: 'web', folder: '/' }],
    ['a command for a namespace', { cluster: 'staging', namespace: '$(id)', folder: '/' }],
    ['no namespace', { cluster: 'staging', folder: '/' }],
  ])('a terminal is left out that has %s', (_what, terminal) => {
    expect(readWorkspace({ version: 1, terminals: [terminal, ...WORKSPACE.terminals] }).terminals).toEqual(
      WORKSPACE.terminals,
    );
  });

  test.each(['relative', '-rf', '', 7, `/${'x'.repeat(5000)}`, '/a\0b', ['/']])(
    'a folder is not taken that is %j',
    (folder) => {
      const terminal = { cluster: 'staging', namespace: 'web', folder };
      expect(readWorkspace({ version: 1, terminals: [terminal] }).terminals).toEqual([{ ...terminal, folder: null }]);
    },
  );

  test('nothing is taken beyond names and folders, and not more shells than a person opens', () => {
    const terminals = Array.from({ length: 5000 }, () => ({
      ...WORKSPACE.terminals[0],
      command: 'rm -rf /',
      shell: '/bin/evil',
    }));
    const read = readWorkspace({ version: 1, terminals });
    expect(read.terminals).toHaveLength(32);
    expect(read.terminals[0]).toEqual(WORKSPACE.terminals[0]);
  });

  test('a terminal that was just being asked for is not asked for again', () => {
    const place = { screen: 'terminal', item: 'new:staging', cluster: 'staging', terminal: 't-1' };
    expect(readWorkspace({ version: 1, place }).place).toEqual({ ...place, item: null });
  });
});

describe('the file', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-workspace-'));
    path = join(folder, 'workspace.json');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const problems: unknown[] = [];
  const open = () => new WorkspaceFile(path, (error) => problems.push(error));

  test('holds what was open for its owner alone, and says the same when it is read', () => {
    const file = open();
    file.write(() => WORKSPACE);
    file.close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(open().read()).toEqual(WORKSPACE);
  });

  test('keeps what was open when the app began to end', () => {
    const file = open();
    file.write(() => WORKSPACE);
    file.close();
    file.write(() => EMPTY);
    file.close();
    expect(open().read()).toEqual(WORKSPACE);
  });

  test.each<[string, (path: string) => void]>([
    ['none', () => undefined],
    ['half of one', (at) => writeFileSync(at, '{"version":1,"termin')],
    ['a pipe', (at) => execFileSync('mkfifo', [at])],
    ['one that is far too large', (at) => writeFileSync(at, `"${'x'.repeat(300_000)}"`)],
  ])('says nothing where there is %s', (_what, make) => {
    make(path);
    expect(open().read()).toEqual(EMPTY);
  });

  test('is not written through a link that somebody put beside it', () => {
    const victim = join(folder, 'victim');
    writeFileSync(victim, 'untouched');
    symlinkSync(victim, `${path}.new`);
    const file = open();
    file.write(() => WORKSPACE);
    file.close();
    expect(readFileSync(victim, 'utf8')).toBe('untouched');
    expect(problems).toHaveLength(1);
  });
});
