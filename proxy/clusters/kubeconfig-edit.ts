import { randomBytes } from 'node:crypto';
import { open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isMap, isScalar, isSeq, type Node, parseDocument, type YAMLMap } from 'yaml';
import { KubeconfigFileError, parseKubeconfig } from './kubeconfig-file.ts';

/** Why a kubeconfig was left as it is. */
export class KubeconfigEditError extends Error {
  override readonly name = 'KubeconfigEditError';
}

/** kubectl holds its lock for as long as a write takes. */
const LOCK_PATIENCE = 5_000;
const LOCK_LOOK = 50;

/**
 * Writes tokens into the `auth-provider` of a user, where client-go's persister writes them too, under the same lock
 * (`FILE.lock`, clientcmd/loader.go). All else of the file stays byte by byte, comments and order too; it keeps its
 * mode, and readers see the old text or the new.
 * @throws {KubeconfigEditError}
 */
export async function writeAuthProviderConfig(
  file: string,
  user: string,
  values: Readonly<Record<string, string>>,
): Promise<void> {
  const target = await realpath(file).catch((error: unknown) => refuse(error));
  const lock = await takeLock(`${file}.lock`);
  try {
    const before = await readFile(target);
    const text = editedText(before.toString('utf8'), user, values);
    proveEdit(before, Buffer.from(text), { file, user, values });
    await replace(target, text);
  } catch (error) {
    refuse(error);
  } finally {
    await lock.release();
  }
}

function refuse(error: unknown): never {
  if (error instanceof KubeconfigEditError) throw error;
  if (error instanceof KubeconfigFileError) throw new KubeconfigEditError(error.message);
  if (error instanceof Error && 'code' in error) throw new KubeconfigEditError(`it cannot be written (${error.code})`);
  throw error;
}

async function takeLock(path: string): Promise<{ release(): Promise<void> }> {
  const deadline = Date.now() + LOCK_PATIENCE;
  for (;;) {
    try {
      const file = await open(path, 'wx', 0o600);
      await file.close();
      return { release: () => rm(path, { force: true }) };
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) refuse(error);
      if (Date.now() > deadline) throw new KubeconfigEditError(`${path} is there; another program may be writing`);
      await delay(LOCK_LOOK);
    }
  }
}

async function replace(target: string, text: string): Promise<void> {
  const { mode } = await stat(target);
  const unfinished = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const file = await open(unfinished, 'wx', mode & 0o777);
    try {
      // What the person's umask would take away.
      await file.chmod(mode & 0o777);
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, target);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

/** The text with the values in their places: a scalar is replaced where it stands, a missing one follows the first. */
function editedText(text: string, user: string, values: Readonly<Record<string, string>>): string {
  const document = parseDocument(text, { schema: 'failsafe', version: '1.1', uniqueKeys: false });
  const config = configOf(document.contents, user);
  if (config === null) throw new KubeconfigEditError('its user is not written out in the file');
  const splices = Object.entries(values).map(([name, value]) => spliceFor(text, config, name, JSON.stringify(value)));
  return splices
    .sort((one, other) => other.from - one.from)
    .reduce((edited, { from, to, put }) => edited.slice(0, from) + put + edited.slice(to), text);
}

interface Splice {
  readonly from: number;
  readonly to: number;
  readonly put: string;
}

function spliceFor(text: string, config: YAMLMap, name: string, value: string): Splice {
  const pair = config.items.findLast(({ key }) => isScalar(key) && key.value === name);
  if (pair !== undefined) {
    const node = pair.value as Node | null;
    const inOneLine = isScalar(node) && (node.type === 'PLAIN' || node.type?.startsWith('QUOTE'));
    if (!inOneLine || !node?.range) throw new KubeconfigEditError(`its "${name}" is not text on a line`);
    const [from, to] = node.range;
    return { from, to, put: from === to ? ` ${value}` : value };
  }
  const first = config.items[0];
  const key = first?.key as Node | undefined;
  if (!key?.range) throw new KubeconfigEditError('its auth-provider has an empty config');
  const [from] = key.range;
  if (config.flow) return { from, to: from, put: `${JSON.stringify(name)}: ${value}, ` };
  const lineStart = text.lastIndexOf('\n', from - 1) + 1;
  const indent = text.slice(lineStart, from);
  if (indent.trim() !== '') throw new KubeconfigEditError('its auth-provider has a config in a form of its own');
  const newline = text.slice(0, text.indexOf('\n') + 1).endsWith('\r\n') ? '\r\n' : '\n';
  return { from, to: from, put: `${name}: ${value}${newline}${indent}` };
}

/** The map itself, where it is written out: what an alias or a merge leads to may be others' too. */
function configOf(root: unknown, user: string): YAMLMap | null {
  const users = fieldOf(root, 'users');
  if (!isSeq(users)) return null;
  const entry = users.items.find((item) => {
    const name = fieldOf(item, 'name');
    return isScalar(name) && name.value === user;
  });
  const config = fieldOf(fieldOf(fieldOf(entry, 'user'), 'auth-provider'), 'config');
  return isMap(config) && !config.anchor ? config : null;
}

function fieldOf(node: unknown, name: string): unknown {
  if (!isMap(node)) return null;
  return node.items.findLast(({ key }) => isScalar(key) && key.value === name)?.value ?? null;
}

/** Reads both and compares: an edit changes these values, and nothing else that anybody reads. */
function proveEdit(
  before: Buffer,
  after: Buffer,
  edit: { readonly file: string; readonly user: string; readonly values: Readonly<Record<string, string>> },
): void {
  const expected = parseKubeconfig(before, edit.file);
  const changed = {
    ...expected,
    users: expected.users.map((user) => {
      const provider = user['auth-provider'];
      if (user.name !== edit.user || !provider) return user;
      return { ...user, 'auth-provider': { ...provider, config: { ...provider.config, ...edit.values } } };
    }),
  };
  if (canonical(parseKubeconfig(after, edit.file)) !== canonical(changed)) {
    throw new KubeconfigEditError('its text is in a form that cannot be changed in one place');
  }
}

/** Line numbers in flaws, and the order of fields, may differ. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (name, held) => {
    if (name === 'flaws') return (held as readonly unknown[]).length;
    if (typeof held !== 'object' || held === null || Array.isArray(held)) return held;
    return Object.fromEntries(Object.entries(held).sort(([one], [other]) => (one < other ? -1 : 1)));
  });
}
