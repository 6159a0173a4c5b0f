import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { FIRST_POLICY, firstPolicy, NEW_SINCE_FIRST } from '../proxy/policy/upgrade/first-policy.ts';
import { type AppFolders, expect, test } from './launch/demo-test.ts';
import { answerDialogs, dialogs } from './launch/system-dialogs.ts';

/** The policy folder of somebody who has used Gatehouse since its first version, and changed one rule. */
function policyFolder({ root }: AppFolders): string {
  const folder = join(root, 'policy');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const [name, text] of FIRST_POLICY) writeFileSync(join(folder, name), text, { mode: 0o600 });
  writeFileSync(join(folder, 'never.yaml'), CHANGED);
  return folder;
}

const CHANGED = firstPolicy('never.yaml').replace('verbs: [proxy]', 'verbs: [proxy, get]');
const OFFER = /The built-in policy of this version has \d+ rules( and \d+ sets?)? that your folder lacks/;

for (const theme of ['light', 'dark'] as const) {
  test.describe(`in ${theme} colours`, () => {
    test.use({ settings: { theme } });

    test('a person with an older policy folder takes over what is new in it, by keyboard', async ({
      start,
      folders,
    }) => {
      const folder = policyFolder(folders);
      const { gatehouse, electron } = await start();
      const { page } = gatehouse;
      const section = page.getByRole('region', { name: 'Built-in policy of this version' });
      const before = await gatehouse.invoke('policy.state', undefined);

      await test.step('a calm notice leads to the rules', async () => {
        await expect(gatehouse.notices).toContainText('The built-in policy of this version has');
        await gatehouse.notices.getByRole('button', { name: 'Show rules' }).press('Enter');
        await expect(page.getByRole('heading', { name: 'Built-in policy of this version' })).toBeFocused();
        await expect(section).toContainText(OFFER);
      });

      await test.step('each rule says what it does, and what a person changed stays out of reach', async () => {
        for (const id of NEW_SINCE_FIRST) await expect(section.getByRole('checkbox', { name: id })).toBeChecked();
        await expect(section).toContainText('Denies: "acting as … is never allowed".');
        await section.getByText(/^Left alone: /).focus();
        await page.keyboard.press('Enter');
        const alone = section.getByRole('list', { name: 'Left alone' });
        await expect(alone).toContainText('You changed it, so it is left alone; the built-in one differs.');
        await expect(alone.getByRole('list', { name: /never\/proxy-verb/ })).toHaveText('verbs: without get');
        await expect(alone.getByRole('checkbox')).toHaveCount(0);
        await alone.getByText('never/proxy-verb').scrollIntoViewIfNeeded();
        expect(await violations(page)).toEqual([]);
      });

      await test.step('one rule is left out, and the rest is asked about once more', async () => {
        await section.getByRole('checkbox', { name: 'everyday/namespaces' }).press('Space');
        await answerDialogs(electron, 0);
        await section.getByRole('button', { name: /^Take over \d+ rules/ }).press('Enter');
        await expect.poll(() => dialogs(electron)).toHaveLength(1);
        const [asked = ''] = await dialogs(electron);
        expect(asked).toMatch(/^Take over \d+ rules/);
        expect(asked).toContain('what waits for your approval ends');
        expect(asked).toContain('never/act-as-privileged: tightens');
        expect(asked).not.toContain('everyday/namespaces');
      });

      await test.step('it is in force, in the files, and said with the way back', async () => {
        const result = page.getByRole('status', { name: 'What was taken over' });
        await expect(result).toContainText('never/act-as-privileged');
        await expect(result).toBeFocused();
        const copies = readdirSync(folder).find((name) => name.startsWith('.before-upgrade-')) ?? '';
        await expect(result).toContainText(join(folder, copies));
        expect(readFileSync(join(folder, copies, 'never.yaml'), 'utf8')).toBe(CHANGED);
        const never = readFileSync(join(folder, 'never.yaml'), 'utf8');
        expect(never).toContain('- id: act-as-privileged\n');
        expect(never).toContain('verbs: [proxy, get]');
        expect(readFileSync(join(folder, 'everyday.yaml'), 'utf8')).not.toContain('- id: namespaces\n');
        await expect
          .poll(async () => {
            const state = await gatehouse.invoke('policy.state', undefined);
            return (
              state.ok && before.ok && state.value.status === 'loaded' && state.value.digest !== before.value.digest
            );
          })
          .toBe(true);
        // It was seen and left: it can be had, and is offered no more.
        await expect(gatehouse.notices).not.toContainText('The built-in policy');
        await expect(section).toContainText('Not in your folder: 1 rule');
        expect(await violations(page)).toEqual([]);
      });
    });
  });
}

test('a notice that was put off stays away, also at the next start', async ({ start, folders }) => {
  policyFolder(folders);
  const first = await start();
  const { notices } = first.gatehouse;
  await notices.getByRole('button', { name: 'Not now' }).click();
  await expect(notices).not.toContainText('The built-in policy');
  await first.close();
  const { gatehouse } = await start();
  await gatehouse.open('Settings');
  await expect(gatehouse.page.getByRole('region', { name: 'Built-in policy of this version' })).toContainText(OFFER);
  await expect(gatehouse.notices).not.toContainText('The built-in policy');
});

async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id} at ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}
