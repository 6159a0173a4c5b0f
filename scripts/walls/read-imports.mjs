import { posix } from 'node:path';
import { parseSync, Visitor } from 'vite';

/**
 * @typedef {object} Import something that one file takes from another place
 * @property {string} file the file it stands in, from the root
 * @property {number} line
 * @property {string | null} path a path of ours, from the root, as it is written
 * @property {string | null} package a package's name, `node` for what Node builds in, or `computed` for what no text says
 * @property {boolean} isAddress only named by `new URL('…', import.meta.url)`, not loaded where it stands
 */

/**
 * All that a source file takes from elsewhere: imports of values and of types, re-exports, `import()`, `require()`,
 * `import('…')` as a type, and addresses.
 * @param {string} file from the root, with `/`
 * @param {string} text
 * @returns {Import[]}
 */
export function readImports(file, text) {
  const { program, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0]?.message}`);
  /** @type {Import[]} */
  const imports = [];
  /** @param {any} node what names the target */
  const take = (node) => {
    if (!node) return;
    const named = literal(node);
    const isPath = named !== null && /^\.{0,2}\//.test(named);
    imports.push({
      file,
      line: lineOf(text, node.start),
      path: isPath ? posix.join(posix.dirname(file), named) : null,
      package: isPath ? null : packageOf(named),
      isAddress: false,
    });
  };
  new Visitor({
    ImportDeclaration: (node) => take(node.source),
    ExportNamedDeclaration: (node) => take(node.source),
    ExportAllDeclaration: (node) => take(node.source),
    ImportExpression: (node) => take(node.source),
    TSImportType: (node) => take(node.source),
    CallExpression({ callee, arguments: given }) {
      if (callee.type === 'Identifier' && callee.name === 'require') take(given[0]);
    },
    NewExpression({ callee, arguments: [address, base] }) {
      if (callee.type !== 'Identifier' || callee.name !== 'URL' || !address || !base) return;
      const named = literal(address);
      if (named === null || text.slice(base.start, base.end) !== 'import.meta.url') return;
      const path = posix.join(posix.dirname(file), named);
      imports.push({ file, line: lineOf(text, address.start), path, package: null, isAddress: true });
    },
  }).visit(program);
  return imports;
}

/**
 * @param {any} node
 * @returns {string | null} null when it is computed
 */
function literal(node) {
  if (node.type === 'TemplateLiteral') return node.expressions.length === 0 ? node.quasis[0].value.cooked : null;
  return typeof node.value === 'string' ? node.value : null;
}

/** @param {string | null} named */
function packageOf(named) {
  if (named === null) return 'computed';
  if (named.startsWith('node:')) return 'node';
  const parts = named.split('/');
  return parts.slice(0, named.startsWith('@') ? 2 : 1).join('/');
}

/** @param {string} text
 * @param {number} offset */
function lineOf(text, offset) {
  return text.slice(0, offset).split('\n').length;
}
