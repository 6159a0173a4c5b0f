import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { ElectronApplication, Page } from '@playwright/test';
import { expect, test } from './launch/demo-test.ts';
import type { GatehouseWindow } from './screens/gatehouse-window.ts';

const OPEN = `apiVersion: gatehouse/v1
kind: AccessPolicy
metadata: {name: everything}
spec:
  rules:
  - {id: all, effect: allow, match: {}}
`;

/** Waits until the app says that a change waits, and opens the window in which it is confirmed. */
async function review(electron: ElectronApplication, gatehouse: GatehouseWindow): Promise<Page> {
  await expect(gatehouse.notices).toContainText('A change of the policy waits for you');
  const opening = electron.waitForEvent('window');
  await gatehouse.notices.getByRole('button', { name: 'Review change' }).press('Enter');
  const window = await opening;
  await expect(window.getByRole('heading', { level: 1, name: 'Change of the policy' })).toBeVisible();
  return window;
}

/** The window may be gone before the key is up again. */
async function closedByEnter(window: Page): Promise<void> {
  const closed = window.waitForEvent('close');
  await window.keyboard.press('Enter').catch(() => undefined);
  await closed;
}

for (const theme of ['light', 'dark'] as const) {
  test.describe(`in ${theme} colours`, () => {
    test.use({ settings: { theme } });

    test('case 63: a program that opens the policy folder opens nothing until the person says yes, by keyboard', async ({
      demo,
    }, testInfo) => {
      const { gatehouse, terminal, electron, folders } = demo;
      const policy = join(folders.root, 'policy');
      const before = await gatehouse.invoke('policy.state', undefined);

      await test.step('it is said, and nothing of it is in force', async () => {
        rmSync(join(policy, 'never.yaml'));
        rmSync(join(policy, 'confirm.yaml'));
        writeFileSync(join(policy, 'open.yaml'), OPEN);
        await expect(gatehouse.notices).toContainText('A change of the policy waits for you');
        await expect(gatehouse.page.getByRole('contentinfo')).toContainText('a change waits for you');
        const { output, exitCode } = await terminal.run('kubectl get --raw /metrics');
        expect(output).toContain('never/');
        expect(exitCode).toBe(1);
      });

      await test.step('the main document cannot accept it, nor can anything open its window unasked', async () => {
        const state = await gatehouse.invoke('policy.waiting', undefined);
        const digest = state.ok && state.value !== null ? state.value.digest : '';
        await gatehouse.page.keyboard.press('Shift');
        await gatehouse.page.keyboard.press('a');
        expect(await gatehouse.invoke('policy.accept', digest)).toMatchObject({
          ok: false,
          problem: { code: 'sender-refused' },
        });
        expect(await gatehouse.page.evaluate(() => open('app://policy/index.html') === null)).toBe(true);
      });

      await test.step('the window tells it rule by rule; Enter keeps the old policy', async () => {
        const window = await review(electron, gatehouse);
        const opens = window.getByRole('list', { name: 'What opens' });
        await expect(opens).toContainText('everything/all');
        await expect(opens).toContainText('Allows more.');
        await expect(opens).toContainText('never/proxy-verb');
        await expect(opens).toContainText('Denies less.');
        await testInfo.attach(`review-${theme}.png`, { body: await window.screenshot(), contentType: 'image/png' });
        expect(await violations(window)).toEqual([]);
        await expect(window.getByRole('button', { name: 'Keep the old policy' })).toBeFocused();
        await closedByEnter(window);
        expect(await gatehouse.invoke('policy.state', undefined)).toMatchObject({
          value: { digest: before.ok && before.value.digest, waiting: { opens: expect.any(Number) } },
        });
      });

      await test.step('nothing is accepted but what waits, and then by keyboard', async () => {
        const window = await review(electron, gatehouse);
        // The key that opened this window went down in the other.
        await window.keyboard.press('Shift');
        const accepting = await window.evaluate(async () => {
          const { gatehouse: bridge } = globalThis as unknown as {
            gatehouse: { invoke(name: string, argument: unknown): Promise<unknown> };
          };
          return bridge.invoke('policy.accept', 'f'.repeat(64));
        });
        expect(accepting).toMatchObject({ ok: false, problem: { code: 'policy-change-not-waiting' } });
        await expect(window.getByRole('button', { name: 'Accept the change' })).toBeEnabled();
        await window.keyboard.press('Tab');
        await expect(window.getByRole('button', { name: 'Accept the change' })).toBeFocused();
        await closedByEnter(window);
      });

      await test.step('now it is in force', async () => {
        await expect(gatehouse.notices).not.toContainText('waits for you');
        expect((await terminal.run('kubectl get --raw /metrics')).output).not.toContain('never/');
      });
    });
  });
}

test('case 63: an emptied policy folder denies everything and is not filled again', async ({ demo }) => {
  const { gatehouse, terminal, folders } = demo;
  for (const name of ['never', 'confirm', 'everyday']) rmSync(join(folders.root, 'policy', `${name}.yaml`));
  await expect(gatehouse.notices).toContainText('every request is denied');
  expect((await terminal.run('kubectl get pods')).output).toContain('not a first start');
});

test('case 63: without a safe key store each start asks about what opens more than the built-in policy', async ({
  start,
  folders,
}) => {
  const first = await start();
  await expect(first.gatehouse.page.getByRole('contentinfo')).toContainText(/Policy [0-9a-f]{8}/);
  writeFileSync(join(folders.root, 'policy', 'open.yaml'), OPEN);
  const window = await review(first.electron, first.gatehouse);
  await window.getByRole('button', { name: 'Accept the change' }).click();
  await expect(first.gatehouse.notices).not.toContainText('waits for you');
  await first.close();
  const { gatehouse, electron } = await start();
  await expect(gatehouse.page.getByRole('contentinfo')).toContainText('everything is denied');
  const again = await review(electron, gatehouse);
  await expect(again.getByRole('main')).toContainText('no safe key store');
  await again.getByRole('button', { name: 'Accept the change' }).click();
  await expect(
    gatehouse.page.getByRole('contentinfo').getByRole('button', { name: /^Policy [0-9a-f]{8}$/ }),
  ).toBeVisible();
});

async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id} at ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}
