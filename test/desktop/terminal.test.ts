import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './launch/demo-test.ts';
import { pressShortcut } from './launch/press-shortcut.ts';
import type { GatehouseWindow } from './screens/gatehouse-window.ts';

/** The numbers in `ls -l` of /proc/self/fd, without the one that `ls` lists by. */
const inherited = (listing: string) =>
  [...listing.matchAll(/ (\d+) -> (.*)$/gm)].filter(([, , to]) => !to?.endsWith('/fd')).map(([, number]) => number);

test.describe('case 68: a child of the app inherits 0, 1, 2 and no other file', () => {
  test.skip(process.platform !== 'linux', 'the kernel lists the open files of a process on Linux alone');

  test('a shell of the terminal, with another terminal open', async ({ demo }) => {
    const { terminal, gatehouse } = demo;
    await pressShortcut(demo, 'T');
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
    await gatehouse.invokeByHand('clusters.connect', slug);
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

test('tmux, which writes to its standard input, shows its windows', async ({ demo }) => {
  const { terminal, gatehouse } = demo;
  // A server of its own, which ends with its one session.
  await terminal.paste('tmux -L "test-$$" -f /dev/null new-session "echo inside of tmux; stty size; exec cat"');
  await terminal.shows('inside of tmux');
  await terminal.shows('[0]');
  await terminal.type('typed into it');
  await terminal.shows(/typed into it\ntyped into it/);
  await gatehouse.page.keyboard.press('Control+D');
  await terminal.shows('[exited]');
});

test('emoji and wide characters take the cells that programs count, and are copied as they are', async ({ demo }) => {
  const { terminal } = demo;
  const texts = [
    'kubectl',
    '你好',
    '👩',
    '👩\u200d💻',
    'e\u0301',
    '🇩🇪',
    '❤\ufe0f',
    '✅',
    '🫠',
    '한글',
    'ｱ',
    'ก็',
    '👍🏽',
  ];
  // The terminal is asked where its cursor is; GNU wc counts with wcwidth.
  const ask = "IFS='[;' read -rsd R -p $'\\e[6n' _ _ column";
  const { output } = await terminal.run(
    `for text in ${texts.join(' ')}; do printf %s "$text"; ${ask}; printf '\\nwidth %s %s\\n' $((column - 1)) $(printf %s "$text" | wc -L); done`,
  );
  const widths = [...output.matchAll(/^width (\d+) (\d+)$/gm)].map(([, drawn, counted]) => [drawn, counted]);
  expect(widths).toHaveLength(texts.length);
  expect(widths.map(([drawn]) => drawn)).toEqual(widths.map(([, counted]) => counted));
  await terminal.run('clear; echo 👩\u200d💻 你好');
  await terminal.shows(/^👩\u200d💻 你好$/m);
});

test.describe('tabs and keys', () => {
  test('a running program is asked about before its terminal is closed; a shell at its prompt is not', async ({
    demo,
  }) => {
    const { terminal, gatehouse } = demo;
    const { page } = gatehouse;
    const question = page.getByRole('dialog', { name: 'Close this terminal?' });
    await terminal.paste('sleep 600');
    await expect.poll(async () => (await foreground(gatehouse)) ?? '').toBe('sleep');

    await test.step('Enter keeps it, and the keyboard is in the terminal again', async () => {
      await pressShortcut(demo, 'W');
      await expect(question).toContainText('sleep is running in it');
      await page.keyboard.press('Enter');
      await expect(question).toBeHidden();
      await expect(page.getByRole('tab')).toHaveCount(1);
      await page.keyboard.press('Control+C');
      await terminal.ready();
    });

    await test.step('the button of the tab asks too, and closes it', async () => {
      await terminal.paste('sleep 600');
      await expect.poll(async () => (await foreground(gatehouse)) ?? '').toBe('sleep');
      await page.getByRole('button', { name: 'Close terminal' }).click();
      await question.getByRole('button', { name: 'Close terminal' }).click();
      await expect(page.getByRole('tab')).toHaveCount(0);
    });

    await test.step('at the prompt nothing is asked', async () => {
      await pressShortcut(demo, 'T');
      await terminal.ready();
      await pressShortcut(demo, 'W');
      await expect(page.getByRole('tab')).toHaveCount(0);
    });
  });

  test('terminals are walked with Ctrl+Tab, the active one is in view, and the shell gets none of the keys', async ({
    demo,
  }) => {
    const { terminal, gatehouse, electron } = demo;
    const { page } = gatehouse;
    const tabs = page.getByRole('tab');
    await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setSize(780, 560));
    for (let count = 2; count <= 7; count += 1) {
      await pressShortcut(demo, 'T');
      await expect(tabs).toHaveCount(count);
      await terminal.ready();
    }
    const inView = async () => {
      const tab = await page.getByRole('tab', { selected: true }).boundingBox();
      const list = await page.getByRole('tablist').boundingBox();
      return tab !== null && list !== null && tab.x >= list.x - 1 && tab.x + tab.width <= list.x + list.width + 1;
    };
    await terminal.ready();
    await expect.poll(inView).toBe(true);
    await terminal.paste('cat -v');
    await page.keyboard.press('Control+Tab');
    await expect(tabs.first()).toHaveAttribute('aria-selected', 'true');
    await expect.poll(inView).toBe(true);
    await terminal.ready();
    await page.keyboard.press('Control+Shift+Tab');
    await expect(tabs.last()).toHaveAttribute('aria-selected', 'true');
    await expect.poll(inView).toBe(true);
    await terminal.type('only this');
    await terminal.shows(/cat -v\nonly this\nonly this/);

    await page.getByRole('button', { name: 'All 7 terminals' }).click();
    await page.getByRole('menuitem').first().click();
    await expect(tabs.first()).toHaveAttribute('aria-selected', 'true');
    await expect.poll(inView).toBe(true);
  });

  test('the size of the text is changed by keys and by the menu, and remembered', async ({ demo }) => {
    const { terminal, gatehouse, electron, folders } = demo;
    const { page } = gatehouse;
    const size = async () => {
      const settings = await gatehouse.invoke('settings.read', undefined);
      return settings.ok ? settings.value.terminalFontSize : 0;
    };
    const columns = async () => Number((await terminal.run('tput cols')).output.match(/^(\d+)$/m)?.[1]);
    const before = await columns();
    await page.keyboard.press('Control+Equal');
    await page.keyboard.press('Control+Shift+Equal');
    await expect.poll(size).toBe(15);
    await expect.poll(columns).toBeLessThan(before);
    await page.keyboard.press('Control+Minus');
    await expect.poll(size).toBe(14);
    await page.keyboard.press('Control+0');
    await expect.poll(size).toBe(13);
    await expect.poll(columns).toBe(before);
    await electron.evaluate(({ Menu }) => {
      const view = Menu.getApplicationMenu()?.items.find(({ label }) => label === 'View');
      view?.submenu?.items.find(({ label }) => label === 'Larger terminal text')?.click();
    });
    await expect.poll(size).toBe(14);
    await expect.poll(columns).toBeLessThan(before);
    const remembered = JSON.parse(readFileSync(join(folders.root, 'settings.json'), 'utf8'));
    expect(remembered).toMatchObject({ settings: { terminalFontSize: 14 } });
  });
});

/** The program that the app would ask about. */
async function foreground(gatehouse: GatehouseWindow): Promise<string | null> {
  const list = await gatehouse.invoke('terminals.list', undefined);
  const answer = await gatehouse.invoke('terminals.foreground', list.ok ? (list.value[0]?.id ?? '') : '');
  return answer.ok ? answer.value : null;
}
