import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './launch/demo-test.ts';

/** The numbers in `ls -l` of /proc/self/fd, without the one that `ls` lists by. */
const inherited = (listing: string) =>
  [...listing.matchAll(/ (\d+) -> (.*)$/gm)].filter(([, , to]) => !to?.endsWith('/fd')).map(([, number]) => number);

test.describe('case 68: a child of the app inherits 0, 1, 2 and no other file', () => {
  test.skip(process.platform !== 'linux', 'the kernel lists the open files of a process on Linux alone');

  test('a shell of the terminal, with another terminal open', async ({ demo }) => {
    const { terminal, gatehouse } = demo;
    await gatehouse.page.keyboard.press('Control+Shift+T');
    await expect(gatehouse.page.getByRole('tab')).toHaveCount(2);
    await terminal.ready();
    // What the shell itself has: bash keeps the terminal once more under 255, for itself alone.
    const own = inherited((await terminal.run('ls -l /proc/$$/fd')).output);
    expect(own).toEqual(['0', '1', '2', '255']);
    const { output } = await terminal.run('tty; ls -l /proc/self/fd');
    expect(inherited(output)).toEqual(['0', '1', '2']);
    const [tty = ''] = /\/dev\/pts\/\d+/.exec(output) ?? [];
    expect(output.split('\n').filter((line) => line.endsWith(` -> ${tty}`))).toHaveLength(3);
  });

  test('the login shell, kubectl and a credential plugin', async ({ home, start }) => {
    const kubectl = process.env['GATEHOUSE_TEST_KUBECTL'] ?? 'kubectl';
    const tools = join(home, 'tools');
    const note = (name: string) => `ls -l /proc/self/fd > '${join(home, name)}'`;
    mkdirSync(tools, { recursive: true });
    writeFileSync(join(home, '.profile'), `${note('of-login-shell')}\nexport PATH='${tools}':"$PATH"\n`);
    writeFileSync(join(tools, 'kubectl'), `#!/bin/sh\n${note('of-kubectl')}\nexec '${kubectl}' "$@"\n`);
    writeFileSync(join(tools, 'credentials'), `#!/bin/sh\n${note('of-plugin')}\nexit 3\n`);
    for (const name of ['kubectl', 'credentials']) chmodSync(join(tools, name), 0o755);
    mkdirSync(join(home, '.kube'));
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: join(tools, 'credentials'),
      interactiveMode: 'Never',
    };
    const kubeconfig = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'c',
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
      clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:9' } }],
      users: [{ name: 'u', user: { exec } }],
    };
    writeFileSync(join(home, '.kube', 'config'), JSON.stringify(kubeconfig));
    const { gatehouse } = await start();
    await gatehouse.invoke('app.info', undefined);
    const list = await gatehouse.invoke('clusters.list', undefined);
    const slug = list.ok ? (list.value[0]?.slug ?? '') : '';
    await gatehouse.invoke('clusters.connect', slug);
    // The first request to the cluster needs its credential.
    await gatehouse.invoke('secrets.namespaces', slug);
    for (const name of ['of-login-shell', 'of-kubectl', 'of-plugin']) {
      await expect.poll(() => existsSync(join(home, name)), name).toBe(true);
      expect(inherited(readFileSync(join(home, name), 'utf8')), name).toEqual(['0', '1', '2']);
    }
  });
});

test('a shell gets the person’s environment, without what Chromium sets for itself', async ({ demo }) => {
  const { output } = await demo.terminal.run('env | cut -d= -f1 | sort');
  const names = output.split('\n');
  expect(names).toEqual(expect.arrayContaining(['HOME', 'PATH', 'KUBECONFIG', 'TERM']));
  const ofElectron = /^(ELECTRON_|CHROME_|NODE_OPTIONS|GDK_BACKEND|NO_AT_BRIDGE|DBUS_SESSION_BUS_ADDRESS|ORIGINAL_XDG)/;
  // What the tests' own environment has of these is the person's.
  expect(names.filter((name) => ofElectron.test(name) && process.env[name] === undefined)).toEqual([]);
});
