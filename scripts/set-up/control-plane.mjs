import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { cacheFolder, repository } from './cache-folder.mjs';
import { startProgress } from './progress.mjs';
import { lastLines, run } from './run.mjs';

/** Pinned in test/cluster/tools/kube/go.mod as well. */
const VERSION = 'v1.36.3';
const NEEDED = ['etcd', 'kube-apiserver'];
const RELEASE = 'https://raw.githubusercontent.com/kubernetes-sigs/controller-tools/HEAD/envtest-releases.yaml';

/**
 * Provides a real Kubernetes control plane's programs: those that KUBEBUILDER_ASSETS names, else built from pinned Go
 * modules, else the archive that the envtest project publishes.
 * @returns {Promise<string | null>} the folder with etcd, kube-apiserver and, but for the archive,
 *   kube-controller-manager, kube-scheduler, kwok and its `kwok-stages`; null where none can be had, which it says in
 *   one line
 */
export async function provideControlPlane() {
  const assets = process.env['KUBEBUILDER_ASSETS'];
  if (assets && NEEDED.every((program) => existsSync(join(assets, program)))) {
    console.log(`control plane: ${assets} (KUBEBUILDER_ASSETS)`);
    return assets;
  }
  const problems = [];
  for (const provide of [build, download]) {
    try {
      const folder = await provide();
      console.log(`control plane: ${folder}`);
      return folder;
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
    }
  }
  console.log(
    `control plane: not available (${problems.join('; ')}). Install Go 1.26 or newer, or set KUBEBUILDER_ASSETS to a folder with kube-apiserver and etcd.`,
  );
  return null;
}

async function build() {
  const folder = cacheFolder('control-plane', VERSION);
  const linker = ['gitVersion=v1.36.3', 'gitMajor=1', 'gitMinor=36'].map(
    (set) => `-X k8s.io/component-base/version.${set}`,
  );
  await mkdir(folder, { recursive: true });
  await buildModule('etcd', folder, ['-s', '-w'], { etcd: 'go.etcd.io/etcd/server/v3' });
  // Without the version set, the server calls itself v0.0.0 and kubectl warns of skew.
  await buildModule('kube', folder, ['-s', '-w', ...linker], {
    'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
    'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
    'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
  });
  await buildModule('kwok', folder, ['-s', '-w'], { kwok: 'sigs.k8s.io/kwok/cmd/kwok' });
  await copyStages(folder);
  return folder;
}

/** What kwok makes of nodes and pods: a node becomes ready, its pods run, a Job's end, a deleted one goes. */
const STAGES = ['node/fast/node-initialize', 'pod/fast/pod-ready', 'pod/fast/pod-complete', 'pod/fast/pod-delete'];

/**
 * Puts the stages beside the programs: they lie in kwok's module, which the tests know nothing of.
 * @param {string} folder
 */
async function copyStages(folder) {
  const goal = join(folder, 'kwok-stages');
  if (existsSync(goal)) return;
  requireGo();
  const { code, output } = await run('go', ['mod', 'download', '-json', 'sigs.k8s.io/kwok'], {
    ...goRun('kwok'),
    onLine: () => undefined,
  });
  if (code !== 0) throw new Error(`go could not fetch kwok's stages: ${lastLines(output, 2)}`);
  const work = await mkdtemp(join(folder, '.copying-'));
  try {
    for (const stage of STAGES) {
      const source = join(JSON.parse(output).Dir, 'kustomize/stage', `${stage}.yaml`);
      await copyFile(source, join(work, basename(source)));
    }
    await rename(work, goal);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * Where and how go runs for one of the pinned modules.
 * @param {string} module its folder in test/cluster/tools
 */
function goRun(module) {
  return {
    cwd: join(repository, 'test/cluster/tools', module),
    env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOTOOLCHAIN: 'local' },
  };
}

/**
 * @param {string} module its folder in test/cluster/tools
 * @param {string} folder where the programs go
 * @param {readonly string[]} linkerFlags
 * @param {Readonly<Record<string, string>>} programs packages by program
 */
async function buildModule(module, folder, linkerFlags, programs) {
  const missing = Object.entries(programs).filter(([program]) => !existsSync(join(folder, program)));
  if (missing.length === 0) return;
  requireGo();
  const { cwd, env } = goRun(module);
  const packages = missing.map(([, name]) => name);

  const fetching = startProgress(`Go modules of ${module}`, { unit: 'count', noun: 'fetched' });
  let fetched = 0;
  const listed = await run('go', ['list', '-deps', ...packages], {
    cwd,
    env,
    onLine: (line) => {
      if (line.startsWith('go: downloading')) fetching.update(++fetched);
    },
  });
  if (listed.code !== 0) throw new Error(`go could not fetch the modules of ${module}: ${lastLines(listed.output, 2)}`);
  fetching.end(`${fetched} fetched, checked against go.sum`);

  const total = listed.output.split('\n').filter((line) => line && !line.startsWith('go: ')).length;
  // go names the packages that it compiles; those in its cache are not among them.
  const building = startProgress(`building ${missing.map(([program]) => program).join(', ')}`, {
    total,
    unit: 'count',
    noun: 'packages at most',
    everySeconds: 15,
  });
  const work = await mkdtemp(join(folder, '.building-'));
  try {
    for (const [program, name] of missing) {
      let compiled = 0;
      const { code, output } = await run(
        'go',
        ['build', '-v', '-ldflags', linkerFlags.join(' '), '-o', join(work, program), name],
        { cwd, env, onLine: () => building.update(++compiled) },
      );
      if (code !== 0) throw new Error(`go build ${name} failed: ${lastLines(output, 3)}`);
      await rename(join(work, program), join(folder, program));
    }
    building.end('built');
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function requireGo() {
  const said = spawnSync('go', ['env', 'GOVERSION'], {
    encoding: 'utf8',
    env: { ...process.env, GOTOOLCHAIN: 'local' },
  });
  const [, major = 0, minor = 0] = /go(\d+)\.(\d+)/.exec(said.stdout ?? '') ?? [];
  if (Number(major) * 1000 + Number(minor) < 1026)
    throw new Error(`Go 1.26 is needed, found ${said.stdout?.trim() || 'none'}`);
}

/** The archive carries no controllers, scheduler or kwok; tests that need them say so and are skipped. */
async function download() {
  const folder = cacheFolder('control-plane', `${VERSION}-envtest`);
  if (existsSync(folder)) return folder;
  const platform = `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const answer = await fetchOrExplain(RELEASE, AbortSignal.timeout(15_000));
  const { parse } = await import('yaml');
  /** @type {Record<string, Record<string, { hash: string, selfLink: string }>>} */
  const releases = parse(await answer.text()).releases;
  const [newest] = Object.keys(releases)
    .filter((name) => name.startsWith('v1.36.'))
    .sort((one, other) => Number(other.split('.')[2]) - Number(one.split('.')[2]));
  const archive = newest && releases[newest]?.[`envtest-${newest}-${platform}.tar.gz`];
  if (!archive) throw new Error(`envtest publishes no control plane 1.36 for ${platform}`);

  await mkdir(cacheFolder('control-plane'), { recursive: true });
  const work = await mkdtemp(cacheFolder('control-plane', '.unpacking-'));
  try {
    const body = await fetchOrExplain(archive.selfLink);
    const progress = startProgress(`envtest ${newest}`, { total: Number(body.headers.get('content-length')) });
    const chunks = [];
    let received = 0;
    for await (const chunk of /** @type {AsyncIterable<Uint8Array>} */ (body.body ?? [])) {
      chunks.push(chunk);
      received += chunk.length;
      progress.update(received);
    }
    const bytes = Buffer.concat(chunks);
    if (createHash('sha512').update(bytes).digest('hex') !== archive.hash)
      throw new Error('the envtest archive has another SHA-512 than published');
    const file = join(work, 'envtest.tar.gz');
    await writeFile(file, bytes);
    const { x } = await import('tar');
    const programs = join(work, 'programs');
    await mkdir(programs);
    await x({ file, cwd: programs, strip: 2 });
    await rename(programs, folder);
    progress.end('unpacked, SHA-512 verified');
    return folder;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * @param {string} url
 * @param {AbortSignal} [signal]
 */
async function fetchOrExplain(url, signal) {
  const { host } = new URL(url);
  const answer = await fetch(url, signal ? { signal } : {}).catch(() => null);
  if (!answer?.ok) throw new Error(`${host} ${answer ? `answered ${answer.status}` : 'did not answer'}`);
  return answer;
}
