import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  LineCounter,
  type Node,
  parseAllDocuments,
  visit,
} from 'yaml';
import type { z } from 'zod';
import type { PolicyProblem } from '../../../model/policy-state.ts';
import { LATER_KEYS, type PolicyDocument, policyDocument } from './policy-document.ts';

/** Keys and indexes from the document's root. */
export type DocumentPath = ReadonlyArray<string | number>;

/** A document that has the right form, and a way to say where in its file something stands. */
export interface ParsedPolicy {
  readonly file: string;
  readonly document: PolicyDocument;
  problem(path: DocumentPath, code: string, message: string): PolicyProblem;
}

export interface ParsedFile {
  readonly policies: readonly ParsedPolicy[];
  readonly problems: readonly PolicyProblem[];
}

/** Reads every document of one policy file. Never throws: what is wrong comes back with line and column. */
export function parsePolicyFile(file: string, text: string): ParsedFile {
  const lines = new LineCounter();
  const at = (offset: number, code: string, message: string): PolicyProblem => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col, code, message };
  };
  const parsed = parseAllDocuments(text, { version: '1.2', uniqueKeys: true, lineCounter: lines, prettyErrors: false });
  const documents = (Array.isArray(parsed) ? parsed : []) as Document.Parsed[];
  const policies: ParsedPolicy[] = [];
  const problems: PolicyProblem[] = [];
  for (const document of documents) {
    const broken = [...document.errors, ...document.warnings].map((error) => {
      const hint =
        error.code === 'BAD_ALIAS' || text[error.pos[0]] === '*' ? ' (a text that begins with * needs quotes)' : '';
      return at(error.pos[0], 'yaml', `${error.message.split('\n', 1)[0]}${hint}`);
    });
    if (broken.length > 0) {
      problems.push(...broken);
      continue;
    }
    if (document.contents === null) continue;
    const reference = firstReference(document);
    if (reference) {
      const message = 'anchors and aliases are not read; use spec.sets (a text that begins with * or & needs quotes)';
      problems.push(at(reference.range?.[0] ?? 0, 'yaml', message));
      continue;
    }
    const result = policyDocument.safeParse(document.toJS());
    const problem: ParsedPolicy['problem'] = (path, code, message) =>
      at(offsetOf(document, path), code, path.length === 0 ? message : `${pathText(path)}: ${message}`);
    if (result.success) policies.push({ file, document: result.data, problem });
    else for (const issue of result.error.issues) problems.push(...problemsOf(document, issue, [], at));
  }
  if (policies.length === 0 && problems.length === 0) {
    // An editor may be half-way through saving: without this, the file's deny rules would be gone for a moment.
    problems.push({
      file,
      line: 0,
      column: 0,
      code: 'no-documents',
      message: 'the file holds no policy document; remove it',
    });
  }
  return { policies, problems };
}

function firstReference(document: Document.Parsed): Node | null {
  let found: Node | null = null;
  visit(document, {
    Node(_key, node) {
      if (!isAlias(node) && !node.anchor) return undefined;
      found = node;
      return visit.BREAK;
    },
  });
  return found;
}

type Issue = z.core.$ZodIssue;

function problemsOf(
  document: Document.Parsed,
  issue: Issue,
  above: DocumentPath,
  at: (offset: number, code: string, message: string) => PolicyProblem,
): PolicyProblem[] {
  const path = [...above, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const later = LATER_KEYS.has(key);
      const message = later
        ? `"${key}" is not supported yet by this version, and a rule is not half applied: take it out`
        : `"${key}" is not a key of the policy format`;
      return at(offsetOfKey(document, path, key), later ? 'not-supported-yet' : 'unknown-key', prefixed(path, message));
    });
  }
  if (issue.code === 'invalid_union') {
    // Of the alternatives the one that got furthest is the one that was meant.
    const branches = issue.errors as readonly Issue[][];
    const meant = branches.toSorted((left, right) => depth(right) - depth(left))[0] ?? [];
    if (meant.length > 0) return meant.flatMap((inner) => problemsOf(document, inner, path, at));
  }
  return [at(offsetOf(document, path), 'invalid-value', prefixed(path, issue.message))];
}

/** An unknown key counts as deep: the block itself was of the right kind. */
function depth(issues: readonly Issue[]): number {
  const lengths = issues.map((issue) => issue.path.length + (issue.code === 'unrecognized_keys' ? 1 : 0));
  return Math.max(0, ...lengths);
}

function prefixed(path: DocumentPath, message: string): string {
  return path.length === 0 ? message : `${pathText(path)}: ${message}`;
}

function pathText(path: DocumentPath): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${step}`))
    .join('');
}

/** Where a value stands; where it is missing, the block that lacks it. */
function offsetOf(document: Document.Parsed, path: DocumentPath): number {
  for (let length = path.length; length > 0; length -= 1) {
    const last = path[length - 1];
    if (typeof last === 'string') {
      const offset = keyOffset(document, path.slice(0, length - 1), last);
      if (offset !== null) return offset;
    }
    const node = document.getIn(path.slice(0, length), true);
    if ((isScalar(node) || isCollection(node)) && node.range) return node.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}

function offsetOfKey(document: Document.Parsed, path: DocumentPath, key: string): number {
  return keyOffset(document, path, key) ?? offsetOf(document, path);
}

function keyOffset(document: Document.Parsed, path: DocumentPath, key: string): number | null {
  const parent = path.length === 0 ? document.contents : document.getIn(path, true);
  if (!isMap(parent)) return null;
  for (const pair of parent.items) {
    if (isScalar(pair.key) && pair.key.value === key && pair.key.range) return pair.key.range[0];
  }
  return null;
}
