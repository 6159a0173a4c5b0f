import type { Document } from 'yaml';
import { BUILT_IN, type BuiltIn } from './built-in-parts.ts';
import {
  type Container,
  containerIn,
  type Entry,
  flowPair,
  insertAfter,
  insertBefore,
  NotEditable,
  replaceEntry,
  specContainer,
} from './edit-entry.ts';
import { flowText } from './flow-text.ts';
import { indexOfPart, partsOf, policyName, specOf, yamlDocuments } from './policy-parts.ts';

/**
 * The text of a policy file with one built-in rule or set in it as this version has it: written over the one of its name,
 * or put after the built-in one that comes before it. Every byte elsewhere stays.
 * @throws {NotEditable}
 */
export function withPart(file: string, text: string, part: BuiltIn): string {
  const edited = edit(text, part);
  // Whatever form the file has: what comes out says what was there, and the one part more.
  const before = says(file, text);
  before.set(part.id, part.fingerprint);
  const after = says(file, edited);
  const right = after.size === before.size && [...before].every(([id, saying]) => after.get(id) === saying);
  if (!right) throw new NotEditable('the file is written in a way that it cannot be put into');
  return edited;
}

/** A file for a document that the folder has not, with nothing in it but these parts. */
export function newFile(builtInText: string, parts: readonly BuiltIn[]): string {
  const head = builtInText.slice(0, builtInText.indexOf('\nspec:\n') + '\nspec:\n'.length);
  const indented = (lines: readonly string[], margin: string) =>
    lines.map((line) => (line === '' ? '' : margin + line));
  const sets = parts.filter(({ kind }) => kind === 'set').flatMap(({ lines }) => indented(lines, '    '));
  const rules = parts.filter(({ kind }) => kind === 'rule').map(({ lines }) => indented(lines, '  ').join('\n'));
  const lists = [...(sets.length === 0 ? [] : ['  sets:', ...sets]), rules.length === 0 ? '  rules: []' : '  rules:'];
  return `${head}${lists.join('\n')}\n${rules.join('\n\n')}${rules.length === 0 ? '' : '\n'}`;
}

function says(file: string, text: string): Map<string, string> {
  return new Map(partsOf(file, text).map(({ id, fingerprint }) => [id, fingerprint]));
}

function edit(text: string, part: BuiltIn): string {
  const document = yamlDocuments(text).find((one) => policyName(one) === part.policy);
  if (document === undefined) throw new NotEditable(`it has no policy "${part.policy}"`);
  return part.kind === 'rule' ? editRule(text, document, part) : editSet(text, document, part);
}

function editRule(text: string, document: Document.Parsed, part: BuiltIn): string {
  const spec = specOf(document);
  const container = containerIn(text, spec, 'rules');
  if (container === null) throw new NotEditable('it has no list of rules');
  return put(container, part, { lines: part.lines, flow: flowText(part.value) }, (name) =>
    indexOfPart(spec, 'rule', name),
  );
}

function editSet(text: string, document: Document.Parsed, part: BuiltIn): string {
  const spec = specOf(document);
  const entry = { lines: part.lines, flow: flowPair(nameOf(part), part.value) };
  const container = containerIn(text, spec, 'sets');
  if (container !== null) return put(container, part, entry, (name) => indexOfPart(spec, 'set', name));
  const rules = spec.items.findIndex(({ key }) => String(key) === 'rules');
  const sets = { lines: ['sets:', ...entry.lines.map((line) => `  ${line}`)], flow: `sets: {${entry.flow}}` };
  return insertBefore(specContainer(text, document, spec), rules, sets, 0);
}

/** Over the part of its name; else after the nearest one that is built in before it, or before the nearest after it. */
function put(container: Container, part: BuiltIn, entry: Entry, indexOf: (name: string) => number): string {
  const index = indexOf(nameOf(part));
  if (index !== -1) return replaceEntry(container, index, entry);
  const siblings = BUILT_IN.filter(({ policy, kind }) => policy === part.policy && kind === part.kind);
  const place = siblings.findIndex(({ id }) => id === part.id);
  const nearest = (parts: readonly BuiltIn[]) => parts.map((one) => indexOf(nameOf(one))).find((one) => one !== -1);
  const gap = part.kind === 'rule' ? 1 : 0;
  const before = nearest(siblings.slice(0, place).toReversed());
  const after = nearest(siblings.slice(place + 1));
  if (before === undefined && after !== undefined) return insertBefore(container, after, entry, gap);
  return insertAfter(container, before ?? container.node.items.length - 1, entry, gap);
}

function nameOf({ id, policy, kind }: BuiltIn): string {
  return id.slice(policy.length + (kind === 'set' ? 2 : 1));
}
