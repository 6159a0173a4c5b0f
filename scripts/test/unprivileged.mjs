import { spawnSync } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { repository } from '../set-up/cache-folder.mjs';
import { run } from '../set-up/run.mjs';

/**
 * Where and as whom the app is run. Chromium refuses its sandbox to root, so root runs the app as `nobody`, with a
 * home of its own, and on copies of what that user cannot read.
 * @typedef {object} Place
 * @property {string[]} prefix the command that becomes that user; empty when this one is unprivileged already
 * @property {string} node
 * @property {string} tree the repository, or a copy
 * @property {string} scratch a folder that the user owns, removed by `close`
 * @property {string} electron the runtime's folder
 * @property {import('../set-up/kubectl.mjs').ClusterTools} tools
 * @property {NodeJS.ProcessEnv} env this process's, with what belongs to its user replaced
 * @property {() => Promise<void>} close
 */

const ACCOUNT = 'nobody';
/** Nothing that runs needs these, and some are large. */
const LEFT = new Set(['.git', '.cache', 'test-output', 'demo-output']);

/**
 * @param {{ electron: string, tools: import('../set-up/kubectl.mjs').ClusterTools }} programs
 * @returns {Promise<Place>}
 */
export async function prepareUnprivileged({ electron, tools }) {
  const scratch = await mkdtemp(join(tmpdir(), 'gatehouse-'));
  const close = () => rm(scratch, { recursive: true, force: true });
  const home = join(scratch, 'home');
  await mkdir(home, { mode: 0o700 });
  const env = { ...process.env, HOME: home };
  for (const name of Object.keys(env)) {
    if (/^(npm_|XDG_|KUBECONFIG$|DBUS_)/i.test(name)) Reflect.deleteProperty(env, name);
  }
  if (process.getuid?.() !== 0) {
    return { prefix: [], node: process.execPath, tree: repository, scratch, electron, tools, env, close };
  }
  const [uid, gid] = ['-u', '-g'].map((flag) => Number(spawnSync('id', [flag, ACCOUNT], { encoding: 'utf8' }).stdout));
  if (!uid || !gid) throw new Error(`there is no user ${ACCOUNT} to run the app as`);
  const prefix = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--'];
  await chown(scratch, uid, gid);
  await chown(home, uid, gid);
  console.log(`root may not use Chromium's sandbox: running the app as ${ACCOUNT}`);

  /** @param {string} path
   * @param {string} name */
  const reachable = async (path, name) => (canRead(prefix, path) ? path : copy(path, join(scratch, name)));
  return {
    prefix,
    node: await reachable(process.execPath, 'node'),
    tree: await reachable(repository, 'tree'),
    electron: await reachable(electron, 'electron'),
    tools: {
      kubectl: await reachable(tools.kubectl, 'kubectl'),
      helm: await reachable(tools.helm, 'helm'),
    },
    scratch,
    // `nobody` has no login shell; a person who runs the app does.
    env: { ...env, USER: ACCOUNT, LOGNAME: ACCOUNT, SHELL: '/bin/bash', TMPDIR: '/tmp' },
    close,
  };
}

/**
 * @param {string[]} prefix
 * @param {string} path a file, or a folder with all that is in it
 */
function canRead(prefix, path) {
  const skipped = [...LEFT].flatMap((name) => ['-name', name, '-o']).slice(0, -1);
  const question = [path, '(', ...skipped, ')', '-prune', '-o', '!', '-readable', '-print', '-quit'];
  const [command = '', ...rest] = [...prefix, 'find', ...question];
  const { status, stdout } = spawnSync(command, rest, { encoding: 'utf8' });
  return status === 0 && stdout === '';
}

/**
 * @param {string} from
 * @param {string} to
 * @returns {Promise<string>} `to`
 */
async function copy(from, to) {
  console.log(`copying ${basename(from)}, which ${ACCOUNT} cannot read`);
  const entries = await readdir(from).catch(() => null);
  if (entries === null) await run('cp', ['-a', from, to]);
  else {
    await mkdir(to);
    const taken = entries.filter((name) => !LEFT.has(name)).map((name) => join(from, name));
    await run('cp', ['-a', '--reflink=auto', ...taken, to]);
  }
  await chmod(to, 0o755);
  await run('chmod', ['-R', 'a+rX', to]);
  return to;
}
