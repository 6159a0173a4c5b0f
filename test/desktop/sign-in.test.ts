import { lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { parse } from 'yaml';
import { type DemoApp, expect, test } from './launch/demo-test.ts';

/** What a person types; it must be found nowhere afterwards. */
const PASSWORD = 'correct horse battery';
const CODE = '918273';

const ASKS_PASSWORD = `stty -echo < /dev/tty
printf '\\033[1mPassword for dana:\\033[0m ' > /dev/tty
read -r answer < /dev/tty
stty echo < /dev/tty
[ "$answer" = '${PASSWORD}' ] || { echo "not the password: $answer" >&2; exit 1; }
exec /bin/cat "$0.credential"`;
const ASKS_CODE = `echo 'Open https://sign-in.example and come back with a code.' >&2
printf 'Code: ' >&2
read -r answer
[ "$answer" = '${CODE}' ] || { echo 'the code is too old' >&2; exit 1; }
exec /bin/cat "$0.credential"`;

/** Contexts on the demo cluster whose credential a plugin gives that asks first, and which counts its runs. */
async function contexts(app: DemoApp, home: string, plugins: Readonly<Record<string, string>>) {
  // A hand, without which main would ask whether to.
  await app.gatehouse.page.keyboard.press('Shift');
  const connected = await app.gatehouse.invoke('clusters.startDemo', undefined);
  const demo = parse(readFileSync(connected.ok ? connected.value.file : '', 'utf8'));
  const { user } = demo.users[0];
  const pem = (field: string) => Buffer.from(user[`${field}-data`], 'base64').toString();
  const apiVersion = 'client.authentication.k8s.io/v1';
  const status = { clientCertificateData: pem('client-certificate'), clientKeyData: pem('client-key') };
  const users = Object.entries(plugins).map(([name, script]) => {
    const command = join(home, `${name}-plugin`);
    writeFileSync(command, `#!/bin/sh\necho run >> "$0.runs"\n${script}\n`, { mode: 0o755 });
    writeFileSync(`${command}.credential`, JSON.stringify({ kind: 'ExecCredential', apiVersion, status }));
    return { name, user: { exec: { apiVersion, command, interactiveMode: 'Always' } } };
  });
  mkdirSync(join(home, '.kube'));
  const cluster = { name: 'c', cluster: demo.clusters[0].cluster };
  const listed = users.map(({ name }) => ({ name, context: { cluster: 'c', user: name } }));
  writeFileSync(join(home, '.kube', 'config'), JSON.stringify({ clusters: [cluster], users, contexts: listed }));
  return {
    runs: (name: string) => readFileSync(join(home, `${name}-plugin.runs`), 'utf8').split('\n').length - 1,
  };
}

/** Does what opens the window of a plugin, and waits for its question. */
async function asking({ electron }: DemoApp, context: string, act: () => Promise<unknown>): Promise<Page> {
  const opening = electron.waitForEvent('window');
  await act();
  const window = await opening;
  await expect(window.getByRole('heading', { level: 1, name: `Sign in to ${context}` })).toBeVisible();
  return window;
}

/** By keyboard; the window may be gone before the key is up again. */
async function answered(window: Page, text: string): Promise<void> {
  await expect(window.getByRole('button', { name: 'Send' })).toBeEnabled();
  await window.keyboard.type(text);
  const closed = window.waitForEvent('close');
  await window.keyboard.press('Enter').catch(() => undefined);
  await closed;
}

for (const theme of ['light', 'dark'] as const) {
  test.describe(`in ${theme} colours`, () => {
    test.use({ settings: { theme } });

    test('a credential plugin asks for a password in a window of its own', async ({ home, start }, testInfo) => {
      const app = await start();
      const { gatehouse, folders } = app;
      const { runs } = await contexts(app, home, { guarded: ASKS_PASSWORD });
      await gatehouse.row('Clusters', /guarded/).click();
      const connect = () => gatehouse.page.getByRole('button', { name: 'Connect', exact: true }).press('Enter');
      const window = await asking(app, 'guarded', connect);

      await test.step('it says who asks, as text, and hides what is typed', async () => {
        await expect(window.getByRole('log')).toHaveText('Password for dana: ');
        await expect(window.getByRole('main')).toContainText(join(home, 'guarded-plugin'));
        await expect(window.getByLabel('Answer, hidden')).toBeFocused();
        await expect(window.getByLabel('Answer, hidden')).toHaveAttribute('type', 'password');
        await testInfo.attach(`sign-in-${theme}.png`, { body: await window.screenshot(), contentType: 'image/png' });
        const { violations } = await new AxeBuilder({ page: window }).setLegacyMode(true).analyze();
        expect(violations.map(({ id, nodes }) => `${id} ${nodes.map(({ html }) => html).join()}`)).toEqual([]);
      });

      await test.step('the main document can neither read the question nor answer it', async () => {
        await gatehouse.page.keyboard.press('Shift');
        for (const [call, argument] of [
          ['signIn.question', undefined],
          ['signIn.answer', { id: '5d1b9a5c-0000-4000-8000-000000000000', text: 'x' }],
          ['signIn.cancel', { id: '5d1b9a5c-0000-4000-8000-000000000000' }],
        ] as const) {
          const reply = await gatehouse.invoke(call, argument as never);
          expect(reply).toMatchObject({ ok: false, problem: { code: 'sender-refused' } });
        }
        expect(await gatehouse.page.evaluate(() => open('app://sign-in/index.html') === null)).toBe(true);
      });

      await test.step('a look by itself runs nothing', async () => {
        await gatehouse.invoke('clusters.look', 'guarded');
        expect(runs('guarded')).toBe(1);
      });

      await test.step('the answer signs in, and what was typed is found nowhere', async () => {
        await answered(window, PASSWORD);
        const connected = gatehouse.sidebar.getByRole('button', { name: 'Cluster guarded Connected' });
        await expect(connected).toBeVisible();
        expect(runs('guarded')).toBe(1);
        expect(filesWith(folders.root, PASSWORD)).toEqual([]);
        expect(app.log()).not.toContain(PASSWORD);
      });
    });
  });
}

test('a plugin whose window is closed is ended, and asks again when a person signs in', async ({ home, start }) => {
  const app = await start();
  const { gatehouse } = app;
  const { runs } = await contexts(app, home, { coded: ASKS_CODE });
  const row = gatehouse.row('Clusters', /coded/);
  await row.click();
  const window = await asking(app, 'coded', () => gatehouse.invoke('clusters.connect', 'coded'));
  await expect(window.getByRole('log')).toContainText('come back with a code.');
  await expect(window.getByLabel('Answer', { exact: true })).toHaveAttribute('type', 'text');
  const closed = window.waitForEvent('close');
  await window.keyboard.press('Escape').catch(() => undefined);
  await closed;
  await expect(row).toContainText('who did not answer; sign in again');

  const signIn = () => gatehouse.page.getByRole('button', { name: 'Sign in again' }).click();
  await answered(await asking(app, 'coded', signIn), '000000');
  await expect(row).toContainText('the code is too old');
  await answered(await asking(app, 'coded', signIn), CODE);
  await expect(gatehouse.sidebar.getByRole('button', { name: 'Cluster coded Connected' })).toBeVisible();
  expect(runs('coded')).toBe(3);
});

function filesWith(folder: string, text: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const file = join(folder, name);
    return lstatSync(file).isFile() && readFileSync(file).includes(text);
  });
}
