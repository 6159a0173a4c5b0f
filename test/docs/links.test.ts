import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesBelow, read, repository } from './documents.ts';

interface Link {
  readonly target: string;
  readonly line: number;
}

/** Links and images of a Markdown text that lead into the repository; code is left out. */
function relativeLinks(markdown: string): readonly Link[] {
  let fenced = false;
  return markdown.split('\n').flatMap((text, index) => {
    if (text.startsWith('```')) fenced = !fenced;
    if (fenced) return [];
    const plain = text.replace(/`[^`]*`/g, '');
    return [...plain.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = '']) => ({ target, line: index + 1 }))
      .filter(({ target }) => !/^[a-z]+:/.test(target));
  });
}

/** Anchors of headings, as code forges make them: lower case, spaces to dashes, no other punctuation. */
function anchors(markdown: string): readonly string[] {
  return markdown
    .split('\n')
    .filter((line) => /^#+ /.test(line))
    .map((line) =>
      line
        .replace(/^#+ /, '')
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    );
}

describe('links between documents', () => {
  const documents = filesBelow('.').filter((path) => path.endsWith('.md'));

  it.each(documents)('%s: every file, image and heading that it links to is there', (path) => {
    const markdown = read(path);
    const broken = relativeLinks(markdown).filter(({ target }) => {
      const [file = '', anchor] = target.split('#', 2);
      const meant = file === '' ? path : join(dirname(path), file);
      if (!existsSync(join(repository, meant))) return true;
      return anchor !== undefined && !anchors(read(meant)).includes(anchor);
    });
    expect(broken.map(({ target, line }) => `line ${line}: ${target}`)).toEqual([]);
  });

  it('every document and every picture in docs/ can be reached from the README', () => {
    const reached = new Set<string>();
    const visit = (path: string): void => {
      if (reached.has(path)) return;
      reached.add(path);
      if (!path.endsWith('.md') || !existsSync(join(repository, path))) return;
      for (const { target } of relativeLinks(read(path))) {
        const [file = ''] = target.split('#', 1);
        if (file !== '') visit(join(dirname(path), file));
      }
    };
    visit('README.md');
    expect(filesBelow('docs').filter((path) => !reached.has(path))).toEqual([]);
  });
});
