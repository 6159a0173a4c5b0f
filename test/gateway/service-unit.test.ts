import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refreshCommandLine } from '../../scripts/build/command-line.mjs';
import { fencedBlock, read, repository } from '../docs/documents.ts';
import { kubectlPath, run } from './environment/command.ts';
import { startDemo } from './environment/demo.ts';
import { type Systemd, startSystemd, whyNoSystemd } from './environment/systemd/systemd.ts';
import type { TestedCluster } from './environment/tested-cluster.ts';

const document = read('docs/getting-started.md');
const UNIT = fencedBlock(document, 'ini unit');

const reason = await whyNot();
if (reason !== null) console.warn(`skipped: the unit under a real systemd: ${reason}`);

async function whyNot(): Promise<string | null> {
  if (Number.parseInt(process.versions.node, 10) < 24) return `the unit is for Node 24, and this is ${process.version}`;
  if (((await stat(repository)).mode & 0o005) !== 0o005) return 'other users cannot read this checkout';
  return whyNoSystemd();
}

/** The unit of docs/getting-started.md as it is written, but for its ports, under a real systemd. */
describe.skipIf(reason !== null)('the unit file, under a real systemd', () => {
  let systemd: Systemd | null = null;
  let cluster: TestedCluster;
  let folder = '';

  beforeAll(async () => {
    await refreshCommandLine();
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-unit-'));
    cluster = await startDemo();
    const minified = ['config', 'view', '--raw', '--flatten', '--minify', '--context', cluster.context, '-o', 'json'];
    const { stdout } = await run(kubectlPath, minified, { kubeconfig: cluster.kubeconfig });
    const { contexts, ...rest } = JSON.parse(stdout);
    const kubeconfig = { ...rest, contexts: [{ ...contexts[0], name: 'prod' }], 'current-context': 'prod' };
    const files = {
      kubeconfig: JSON.stringify(kubeconfig),
      unit: UNIT.replace('127.0.0.1:7443', `127.0.0.1:${await freePort()}`).replace(
        '127.0.0.1:9464',
        `127.0.0.1:${await freePort()}`,
      ),
      sysusers: fencedBlock(document, 'ini sysusers'),
    };
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    systemd = await startSystemd({
      '/opt/gatehouse': repository,
      '/usr/bin/node': process.execPath,
      '/usr/bin/kubectl': kubectlPath,
      '/media/files': folder,
    });
    await systemd?.run(`
      mkdir -p /etc/sysusers.d /etc/gatehouse
      cp /media/files/sysusers /etc/sysusers.d/gatehouse.conf
      systemd-sysusers
      cp /media/files/kubeconfig /etc/gatehouse/kubeconfig
      cp /media/files/unit /etc/systemd/system/gatehouse.service`);
  });
  afterAll(async () => {
    await systemd?.close();
    await cluster?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const script = async (text: string) => {
    if (systemd === null) throw new Error('no systemd');
    return await systemd.run(text);
  };
  const main = async () => (await script('systemctl show -p MainPID --value gatehouse')).out.trim();
  const log = async () => (await script('journalctl -u gatehouse --no-pager -o cat')).out;
  const started = async (times: number) =>
    await expect.poll(log).toMatch(new RegExp(`(?:gatehouse gateway ready[^]*){${times}}`));

  it('has nothing that systemd does not know, and is well shut', async (context) => {
    context.skip(systemd === null, 'no systemd starts here');
    expect(await script(fencedBlock(document, 'sh service'))).toMatchObject({ status: 0 });
    expect(await script('systemctl daemon-reload && systemd-analyze verify --man=no gatehouse.service')).toEqual({
      status: 0,
      out: '',
      errors: '',
    });
    const exposure = /Overall exposure level for gatehouse\.service: ([\d.]+)/;
    const { out } = await script('systemd-analyze security --no-pager gatehouse.service');
    expect(Number(exposure.exec(out)?.[1])).toBeLessThan(2);
  });

  it('starts, serves, keeps what it writes to itself, and lets it be reviewed', async (context) => {
    context.skip(systemd === null, 'no systemd starts here');
    expect(await script('systemctl start gatehouse')).toMatchObject({ status: 0 });
    await started(1);
    const shown = await script('KUBECONFIG=/run/gatehouse/client.yaml kubectl get secrets -A -o yaml');
    expect(shown).toMatchObject({ status: 0, errors: expect.stringMatching(/values? masked/) });
    // A list of this size is looked through by a thread, as WebAssembly: what the sandbox must not forbid.
    const large = `kubectl create configmap large -n default --from-file=/opt/gatehouse/package-lock.json --dry-run=client -o yaml`;
    const created = await script(`export KUBECONFIG=/run/gatehouse/client.yaml; ${large} | kubectl create -f -`);
    expect(created).toMatchObject({ status: 0, out: 'configmap/large created\n' });
    const open = await script('find /var/lib/gatehouse /var/lib/gatehouse-witness /run/gatehouse -perm /077 ! -type l');
    expect(open.out).toBe('');
    const pid = await main();
    expect((await script(`ps -o user= -p ${pid}`)).out.trim()).toBe('gatehouse');
    const hasSudo = (await script('command -v sudo')).status === 0;
    const lines = fencedBlock(document, 'sh approvals');
    const reviewed = await script(hasSudo ? lines : lines.replaceAll('sudo -u gatehouse', 'runuser -u gatehouse --'));
    expect(reviewed).toMatchObject({ status: 0, out: expect.stringMatching(/^nothing waits\n.*whole and unchanged/) });
  });

  it('cannot write elsewhere, and its policy is root’s', async (context) => {
    context.skip(systemd === null, 'no systemd starts here');
    const pid = await main();
    const inside = (command: string) => script(`nsenter -t ${pid} -m setpriv --reuid gatehouse ${command}`);
    for (const place of ['/etc/gatehouse/x', '/opt/gatehouse/x', '/etc/gatehouse/policy/never.yaml', '/home/x']) {
      expect((await inside(`touch ${place}`)).errors, place).toMatch(/Read-only file system|Permission denied/);
    }
  });

  it('comes back after a crash, and ends as asked', async (context) => {
    context.skip(systemd === null, 'no systemd starts here');
    await script('systemctl kill --signal=KILL gatehouse');
    await started(2);
    expect(await script('KUBECONFIG=/run/gatehouse/client.yaml kubectl get namespaces')).toMatchObject({ status: 0 });
    expect(await script('systemctl stop gatehouse')).toMatchObject({ status: 0 });
    expect((await script('systemctl show -p Result -p ExecMainStatus gatehouse')).out).toBe(
      'Result=success\nExecMainStatus=0\n',
    );
    expect((await script('ls /run/gatehouse')).status).not.toBe(0);
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
