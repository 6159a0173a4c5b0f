import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesBelow, read, repository } from './documents.ts';

/** A file with its folder, as documents and comments name it. */
const NAMED = /`((?:[\w-][\w.-]*\/)+[\w.-]+\.(?:ts|tsx|mjs|yaml))`/g;
/** Documents of the gateway name its files below `proxy/`, those of tests below `test/`. */
const ROOTS = ['', 'proxy', 'main', 'renderer', 'preload', 'demo', 'scripts', 'test'];

const texts = filesBelow('.').filter((path) => /\.(?:md|ts|tsx|mjs)$/.test(path) && !/fixtures|generated/.test(path));

function namedAndMissing(path: string): readonly string[] {
  const beside = [dirname(path), dirname(dirname(path))];
  return [...read(path).matchAll(NAMED)]
    .map(([, named = '']) => named)
    .filter((named) => ![...ROOTS, ...beside].some((root) => existsSync(join(repository, root, named))));
}

describe('files that documents and comments name', () => {
  it('are there', () => {
    expect(texts.length).toBeGreaterThan(900);
    expect(texts.flatMap((path) => namedAndMissing(path).map((named) => `${path}: ${named}`))).toEqual([]);
  });
});

describe('docs/follow-one-get.md', () => {
  it('needs no more than fourteen files of the gateway', () => {
    const rows = read('docs/follow-one-get.md').match(/^\| (\d+) \| `([^`]+)`/gm) ?? [];
    expect(rows).toHaveLength(14);
  });
});
