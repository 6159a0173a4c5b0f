import { createHash } from 'node:crypto';
import { readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PolicyProblem, PolicyState } from '../../../model/policy-state.ts';
import { withPath } from '../../disk-error.ts';
import { makeFolders } from '../../make-folders.ts';
import { type ResolvedRule, resolvedRules } from '../change/resolved-rule.ts';
import { type CompiledRule, compilePolicies } from '../compile-policy.ts';
import { DEFAULT_POLICY } from '../default-policy/default-policy.ts';
import { type ParsedPolicy, parsePolicyFile } from '../document/parse-policy.ts';
import { NotPolicyFileError, readRegularFile } from './regular-file.ts';
import { UNFINISHED, UPGRADE_MARK } from './upgrade-mark.ts';

/** A policy file is written by people; above this (bytes) it is something else. */
const MAX_FILE_BYTES = 1024 * 1024;

/** Above this in all: no policy, and too much to hold. */
const MAX_FOLDER_BYTES = 16 * 1024 * 1024;
const MAX_FILES = 1000;
const EMPTY = 'no-documents';
const MISSING = 'missing';

/** How often a folder that changes while it is read is read again. */
const TRIES = 5;

/** What stands in the folder now. Rules are complete, or there are problems and they must not come into force. */
export interface FolderContent {
  readonly digest: string;
  readonly files: readonly PolicyFile[];
  readonly rules: readonly CompiledRule[];
  /** The same rules as documents say them; to be looked at only where there are no problems. */
  readonly resolved: () => readonly ResolvedRule[];
  /** As they were read, with their positions. */
  readonly documents: readonly ParsedPolicy[];
  readonly policies: PolicyState['policies'];
  readonly problems: readonly PolicyProblem[];
}

/** A policy file as it is on the disk. */
export interface PolicyFile {
  readonly name: string;
  readonly bytes: Buffer;
}

/** The policy files of one moment, and what could not be read. */
export interface FolderFiles {
  readonly files: readonly PolicyFile[];
  readonly problems: readonly PolicyProblem[];
}

/** There is nothing that could be a policy: neither the files of one, nor one with a mistake. */
export function isEmptied({ files, problems }: FolderFiles): boolean {
  return files.length === 0 && problems.every(({ code }) => code === EMPTY || code === MISSING);
}

/** Reads every document of a folder. Never throws: what cannot be read is a problem like any other. */
export async function readPolicyFolder(folder: string): Promise<FolderContent> {
  return understandFiles(folder, await readPolicyFiles(folder));
}

/**
 * Reads the files of a folder. One that changes meanwhile is read again: of several files that are saved together, half
 * of them new is a policy that nobody wrote.
 */
export async function readPolicyFiles(folder: string): Promise<FolderFiles> {
  for (let left = TRIES; left > 0; left -= 1) {
    const before = await stampOf(folder);
    const read = await readOnce(folder);
    if (before === (await stampOf(folder))) return read;
  }
  return { files: [], problems: [wholeFile(folder, 'unsteady', 'the policy folder changes all the time')] };
}

/** What files say together, without a look at the disk. */
export function understandFiles(folder: string, { files, problems: unread }: FolderFiles): FolderContent {
  const problems = [...unread];
  const parsed = files.map(({ name, bytes }) => {
    if (name === UPGRADE_MARK) return { policies: [], problems: [wholeFile(name, 'upgrade-unfinished', UNFINISHED)] };
    const text = decode(bytes);
    if (text !== null) return parsePolicyFile(name, text);
    return { policies: [], problems: [wholeFile(name, 'unreadable', 'it is not UTF-8 text')] };
  });
  const policies = parsed.flatMap((file) => file.policies);
  const compiled = compilePolicies(policies);
  problems.push(...parsed.flatMap((file) => file.problems), ...compiled.problems);
  if (policies.length === 0 && problems.length === 0) {
    problems.push(wholeFile(folder, EMPTY, 'the policy folder holds no policy document (*.yaml)'));
  }
  return {
    digest: digestOf(files),
    files,
    rules: compiled.rules,
    resolved: () => resolvedRules(policies),
    documents: policies,
    policies: policies.map(({ file, document }) => ({
      name: document.metadata.name,
      file,
      rules: document.spec.rules.length,
    })),
    problems,
  };
}

async function readOnce(folder: string): Promise<FolderFiles> {
  const files: PolicyFile[] = [];
  const problems: PolicyProblem[] = [];
  let total = 0;
  try {
    const names = await policyFiles(folder);
    if (names.length > MAX_FILES) {
      return { files, problems: [wholeFile(folder, 'too-large', `it holds more than ${MAX_FILES} policy files`)] };
    }
    for (const name of names) {
      try {
        const bytes = await readRegularFile(join(folder, name), MAX_FILE_BYTES);
        files.push({ name, bytes });
        total += bytes.length;
        if (total > MAX_FOLDER_BYTES) {
          return {
            files: [],
            problems: [wholeFile(folder, 'too-large', 'its policy files are larger than 16 MiB in all')],
          };
        }
      } catch (error) {
        if (error instanceof NotPolicyFileError) problems.push(wholeFile(name, error.code, error.message));
        else problems.push(wholeFile(name, 'unreadable', `it cannot be read: ${reasonOf(error)}`));
      }
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code === 'ENOENT' ? MISSING : 'unreadable';
    problems.push(wholeFile(folder, code, `the policy folder cannot be read: ${reasonOf(error)}`));
  }
  return { files, problems };
}

/** Which policy files there are, and which version of each; what cannot be looked at says so by its error. */
async function stampOf(folder: string): Promise<string> {
  try {
    const stamps = (await policyFiles(folder)).map(async (name) => {
      const { ino, size, mtimeNs } = await stat(join(folder, name), { bigint: true });
      return `${name} ${ino} ${size} ${mtimeNs}`;
    });
    const settled = await Promise.allSettled(stamps);
    return settled.map((one) => (one.status === 'fulfilled' ? one.value : reasonOf(one.reason))).join('\n');
  } catch (error) {
    return reasonOf(error);
  }
}

/**
 * Writes the built-in policy where there is none: the folder is missing or holds no policy file. Returns true when it
 * did. Each file appears whole or not at all, and where one cannot be written the others are taken back: a part of the
 * policy would be taken for a person's own at the next start.
 * @throws {DiskError}
 */
export async function writeDefaultPolicy(folder: string): Promise<boolean> {
  await makeFolders(folder);
  if ((await policyFiles(folder)).length > 0) return false;
  // The strictest file first: a crash half-way leaves less allowed, never more.
  const written: string[] = [];
  for (const { file, text } of DEFAULT_POLICY.toReversed()) {
    const path = join(folder, file);
    const unfinished = join(folder, `.${file}.new`);
    try {
      await writeFile(unfinished, text, { mode: 0o600 });
      await rename(unfinished, path);
    } catch (error) {
      for (const one of [...written, unfinished]) await rm(one, { force: true }).catch(() => undefined);
      throw withPath(error, path, 'written');
    }
    written.push(path);
  }
  return true;
}

/** `*.yaml` and `*.yml`, without hidden files (editors put theirs there), in one order everywhere. */
export async function policyFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names.filter((name) => /\.ya?ml$/i.test(name) && !name.startsWith('.')).sort();
}

/** SHA-256 over names and contents, lengths first so that no two folders run into each other. */
function digestOf(files: ReadonlyArray<{ readonly name: string; readonly bytes: Buffer }>): string {
  const hash = createHash('sha256');
  for (const { name, bytes } of files)
    hash.update(`${Buffer.byteLength(name)} ${bytes.length}\n${name}\n`).update(bytes);
  return hash.digest('hex');
}

function decode(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function wholeFile(file: string, code: string, message: string): PolicyProblem {
  return { file, line: 0, column: 0, code, message };
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}
