import { visit } from 'yaml';
import { composeYaml } from './whole-yaml.ts';

/**
 * The text of a document with other values in those of its texts that `change` has something for, in the quotes that
 * they need.
 * @returns null where the document cannot be read.
 */
export function rewriteTexts(text: string, change: (value: string, source: string) => string | null): string | null {
  const root = composeYaml(text);
  if (root === undefined || root === null) return null;
  const parts: Array<{ readonly start: number; readonly end: number; readonly text: string }> = [];
  visit(root, {
    Scalar: (_, node) => {
      const [start, end] = node.range ?? [];
      if (start === undefined || end === undefined || typeof node.value !== 'string') return;
      const source = text.slice(start, end).replace(/\n+$/, '');
      const changed = change(node.value, source);
      if (changed !== null) parts.push({ start, end: start + source.length, text: changed });
    },
  });
  let rewritten = '';
  let from = 0;
  for (const part of parts.sort((a, b) => a.start - b.start)) {
    rewritten += text.slice(from, part.start) + part.text;
    from = part.end;
  }
  return rewritten + text.slice(from);
}
