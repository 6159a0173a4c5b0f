import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeMutants, mutableFolder, mutableFolders, toResult } from '../../scripts/test/mutants.mjs';

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'gatehouse-mutants-'));
  const files = {
    'proxy/doors/door.ts': 'export const open = (key: number) =>\n  key > 3 &&\n    key < 9;\n',
    'test/proxy/doors/door.test.ts': '',
    'proxy/walls/wall.ts': '',
    'proxy/empty/notes.md': '',
  };
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
});
afterAll(() => rmSync(root, { recursive: true }));

describe('a folder to change', () => {
  it.each(['proxy/doors', './proxy/doors/'])('is named from the root: %s', (given) => {
    expect(mutableFolder(given, root)).toBe('proxy/doors');
  });
  it.each([
    ['proxy/walls', 'proxy/walls has no tests: they would be in test/proxy/walls'],
    ['proxy/empty', 'proxy/empty holds no TypeScript'],
    ['proxy/gone', 'proxy/gone does not exist'],
    ['../proxy', "../proxy: name a folder from the repository's root"],
    ['/proxy', "/proxy: name a folder from the repository's root"],
  ])('is not %s, in words', (given, words) => {
    expect(() => mutableFolder(given, root)).toThrow(words);
  });
  it('is offered when it has tests', () => {
    expect(mutableFolders(root)).toEqual(['proxy/doors']);
  });
});

describe('the result of a run', () => {
  const at = (line: number, from: number, toLine: number, to: number) => ({
    start: { line, column: from },
    end: { line: toLine, column: to },
  });
  const mutant = (status: 'Killed' | 'Survived' | 'NoCoverage' | 'Timeout' | 'Ignored', location = at(1, 1, 1, 2)) => ({
    id: '1',
    fileName: 'proxy/doors/door.ts',
    mutatorName: 'ConditionalExpression',
    replacement: 'true',
    status,
    location,
  });

  it('names what survived by place and change, and leaves out what was not tried', () => {
    const result = toResult(
      'proxy/doors',
      [
        mutant('NoCoverage', at(2, 3, 3, 12)),
        mutant('Killed'),
        mutant('Survived', at(1, 27, 1, 33)),
        mutant('Timeout'),
        mutant('Ignored'),
      ],
      root,
    );
    expect(result).toEqual({
      folder: 'proxy/doors',
      mutants: 4,
      killed: 2,
      timedOut: 1,
      survivors: [
        { place: 'proxy/doors/door.ts:1', change: 'number → true', reached: true },
        { place: 'proxy/doors/door.ts:2', change: 'key > 3 && key < 9 → true', reached: false },
      ],
    });
    expect(describeMutants([result]).split('\n')).toEqual([
      'Survivors in proxy/doors:',
      '  proxy/doors/door.ts:1  number → true',
      '  proxy/doors/door.ts:2  key > 3 && key < 9 → true  (no test runs it)',
      '',
      'folder       mutants  killed  by time  survived  not run   score',
      'proxy/doors        4       2        1         1        1  50.0 %',
    ]);
  });
});
