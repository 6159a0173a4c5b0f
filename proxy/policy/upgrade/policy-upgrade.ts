import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuiltInPart, PolicyUpgrade, PolicyUpgraded } from '../../../model/policy-upgrade.ts';
import { withPath } from '../../disk-error.ts';
import { DEFAULT_POLICY } from '../default-policy/default-policy.ts';
import { type FolderFiles, readPolicyFiles, understandFiles } from '../source/read-policy-folder.ts';
import { UNFINISHED, UPGRADE_MARK } from '../source/upgrade-mark.ts';
import { BUILT_IN, type BuiltIn } from './built-in-parts.ts';
import { compareFolder } from './compare-folder.ts';
import { NotEditable } from './edit-entry.ts';
import { newFile, withPart } from './edit-file.ts';
import { partsOf } from './policy-parts.ts';
import { PolicyUpgradeError } from './policy-upgrade-error.ts';
import { type FileChange, writeFiles } from './write-files.ts';

/**
 * A policy folder beside the built-in policy of this version. Writes nothing.
 * @throws {PolicyUpgradeError}
 */
export async function planUpgrade(folder: string): Promise<PolicyUpgrade> {
  return (await look(folder)).plan;
}

/** What a person said yes to. */
export interface TakeOver {
  /** Of the folder that was shown. */
  readonly digest: string;
  /** Ids of parts that are available there. */
  readonly parts: readonly string[];
}

/**
 * Writes built-in parts into the folder, and nothing else: whoever calls chooses among the texts of this version, and none
 * of what a person changed. All of it is in force, or the folder is as it was.
 * @throws {PolicyUpgradeError}
 */
export async function takeOver(folder: string, { digest, parts }: TakeOver): Promise<PolicyUpgraded> {
  const { place, read, plan } = await look(folder);
  if (plan.digest !== digest) {
    throw new PolicyUpgradeError(
      'policy-folder-changed',
      'the policy folder was changed since it was shown: look again',
    );
  }
  const chosen = withNeeds(plan.parts, parts);
  const texts = edited(textsOf(read), chosen);
  const files = [...texts].map(([name, text]) => ({ name, bytes: Buffer.from(text, 'utf8') })).toSorted(byName);
  const after = understandFiles(place, { files, problems: [] });
  const [problem] = after.problems;
  if (problem !== undefined) {
    const message = `with it the policy would not be taken (${problem.file}, line ${problem.line}: ${problem.message}); nothing was written`;
    throw new PolicyUpgradeError('policy-upgrade-refused', message);
  }
  const before = new Map(read.files.map(({ name, bytes }) => [name, bytes]));
  const changes: FileChange[] = files
    .filter(({ name, bytes }) => !before.get(name)?.equals(bytes))
    .map((file) => ({ ...file, isNew: !before.has(file.name) }));
  const unchanged = async () => understandFiles(place, await readPolicyFiles(place)).digest === digest;
  const copies = await writeFiles(place, changes, unchanged);
  return {
    folder: place,
    taken: chosen.map(({ id }) => id),
    files: changes.map(({ name }) => name),
    copies: copies === null ? null : join(place, copies),
    digest: after.digest,
  };
}

interface Look {
  /** The folder itself, where what was named is a link to it. */
  readonly place: string;
  readonly read: FolderFiles;
  readonly plan: PolicyUpgrade;
}

async function look(folder: string): Promise<Look> {
  const place = await realpath(folder).catch((cause: unknown) => {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw withPath(cause, folder, 'read');
    const message = `there is no policy folder ${folder}; a gateway that starts on it writes the built-in policy of its version`;
    throw new PolicyUpgradeError('policy-folder-missing', message, { cause });
  });
  const read = await readPolicyFiles(place);
  if (read.files.some(({ name }) => name === UPGRADE_MARK)) {
    throw new PolicyUpgradeError('policy-upgrade-unfinished', UNFINISHED);
  }
  const content = understandFiles(place, read);
  const [problem] = content.problems;
  if (problem?.code === 'no-documents' && read.files.length === 0) {
    const message = `${place} holds no policy; a gateway that starts on it writes the built-in policy of its version`;
    throw new PolicyUpgradeError('policy-folder-missing', message);
  }
  if (problem !== undefined) {
    const where = problem.line === 0 ? '' : `, line ${problem.line}`;
    const message = `the policy has to be mended first: ${problem.file}${where}: ${problem.message}`;
    throw new PolicyUpgradeError('policy-folder-broken', message);
  }
  const parts = [...textsOf(read)].flatMap(([name, text]) => partsOf(name, withoutMark(text)));
  return { place, read, plan: { folder: place, digest: content.digest, parts: compareFolder(parts) } };
}

/** The chosen parts and the sets that they need, in their order in the built-in policy. */
function withNeeds(parts: readonly BuiltInPart[], chosen: readonly string[]): BuiltInPart[] {
  const wanted = new Set<string>();
  for (const id of chosen) {
    const part = parts.find((one) => one.id === id);
    if (part === undefined) {
      throw new PolicyUpgradeError('policy-part-unknown', `"${id}" is no rule or set of the built-in policy`);
    }
    if (!part.available) {
      const message = `"${id}" is not to be taken over: the folder has it already, or a person changed it`;
      throw new PolicyUpgradeError('policy-part-not-available', message);
    }
    for (const one of [id, ...part.needs]) wanted.add(one);
  }
  return parts.filter(({ id }) => wanted.has(id));
}

/** The texts of all files, with those parts in them. */
function edited(texts: Map<string, string>, chosen: readonly BuiltInPart[]): Map<string, string> {
  const missing = new Map<string, BuiltIn[]>();
  const policies = new Set(
    [...texts].flatMap(([name, text]) => partsOf(name, withoutMark(text)).map((part) => part.policy)),
  );
  for (const { id, file } of chosen) {
    const part = BUILT_IN.find((one) => one.id === id);
    if (part === undefined) continue;
    if (!policies.has(part.policy)) {
      missing.set(part.policy, [...(missing.get(part.policy) ?? []), part]);
      continue;
    }
    const text = texts.get(file) ?? '';
    try {
      const mark = text.slice(0, text.length - withoutMark(text).length);
      texts.set(file, mark + withPart(file, withoutMark(text), part));
    } catch (error) {
      if (!(error instanceof NotEditable)) throw error;
      const message = `${id} cannot be written into ${file}: ${error.message}. Put it in by hand:\n${part.lines.join('\n')}`;
      throw new PolicyUpgradeError('policy-file-not-editable', message, { cause: error });
    }
  }
  for (const parts of missing.values()) {
    const file = parts[0]?.file ?? '';
    const builtInText = DEFAULT_POLICY.find((one) => one.file === file)?.text ?? '';
    const free = [file, `built-in-${file}`].find((name) => !texts.has(name));
    if (free === undefined) {
      const message = `${file} and built-in-${file} are the names of other files: rename one of them`;
      throw new PolicyUpgradeError('policy-file-not-editable', message);
    }
    texts.set(free, newFile(builtInText, parts));
  }
  return texts;
}

function textsOf({ files }: FolderFiles): Map<string, string> {
  return new Map(files.map(({ name, bytes }) => [name, bytes.toString('utf8')]));
}

/** Some editors begin a file with a byte order mark; it stays where it is. */
function withoutMark(text: string): string {
  return text.replace(/^\ufeff/, '');
}

/** As the folder is read: by UTF-16 code units. */
function byName({ name: left }: { readonly name: string }, { name: right }: { readonly name: string }): number {
  return left < right ? -1 : 1;
}
