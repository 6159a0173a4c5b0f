import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import type { Settings } from '../../preload/contract.ts';
import { expect, test } from './launch/demo-test.ts';
import { SCREEN_NAMES } from './screens/gatehouse-window.ts';

/** What axe holds to be serious or critical, each with where it is. */
async function violations(page: Page): Promise<string[]> {
  // The legacy mode needs no second page to put its results together, which Electron does not give.
  const { violations: found, passes } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  expect(passes.length, 'axe had something to look at').toBeGreaterThan(10);
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} at ${target.join(' ')}: ${failureSummary}`),
    );
}

for (const theme of ['light', 'dark'] as const satisfies ReadonlyArray<Settings['theme']>) {
  test.describe(`in ${theme} colours`, () => {
    test.use({ settings: { theme } });

    test('no screen keeps anyone out: with nothing in it yet', async ({ start }) => {
      const { gatehouse } = await start();
      await expect(gatehouse.page.locator('html')).toHaveAttribute('data-mantine-color-scheme', theme);
      for (const screen of SCREEN_NAMES) {
        await gatehouse.open(screen);
        expect.soft(await violations(gatehouse.page), screen).toEqual([]);
      }
    });

    test('no screen keeps anyone out: in use', async ({ demo }) => {
      const { gatehouse, terminal, electron } = demo;
      const { page } = gatehouse;
      const check = async (what: string, where = page) => expect.soft(await violations(where), what).toEqual([]);
      await terminal.run('kubectl get pods --all-namespaces');
      await check('Terminal');

      const command = await terminal.start('kubectl get pods --as=bob.okafor@larkfield.example');
      await expect(gatehouse.waiting).toBeVisible();
      await check('a request that waits');
      await gatehouse.open('Approvals');
      await check('Approvals, with one that waits');
      await gatehouse.decide(gatehouse.chosenRequest, 'Approve once');
      await expect(page.getByText('Nothing waits')).toBeVisible();
      await check('Approvals, with one that was approved');
      await command.end();

      await gatehouse.open('Secrets');
      await gatehouse.row('Secrets', /payments-db/).click();
      await gatehouse.secret.getByRole('button', { name: /^Reveal password/ }).click();
      await check('Secrets, with the question for a reason');
      await gatehouse.secret.getByLabel('Why do you need password?').fill('to look at it');
      await gatehouse.secret.getByRole('button', { name: 'Ask to reveal' }).click();
      await expect(gatehouse.secret.getByRole('button', { name: 'Deny' })).toBeEnabled();
      await check('Secrets, with a reveal that waits');
      await gatehouse.decide(gatehouse.secret, 'Approve once', 'seen');
      await expect(gatehouse.secret.getByRole('region', { name: 'Value of password' })).toBeVisible();
      await check('Secrets, with a value');

      await gatehouse.open('Activity');
      await gatehouse
        .row('Activity', /list pods/)
        .first()
        .click();
      await check('Activity');
      await gatehouse.open('Terminal');
      const open = await terminal.start('kubectl exec -it -n payments deploy/payments-api -- sh');
      await gatehouse.open('Activity');
      await page.getByRole('button', { name: /^End exec into pod/ }).click();
      await expect(page.getByRole('dialog')).toContainText('End this stream?');
      await check('Activity, with the question whether to end a stream');
      await page.keyboard.press('Escape');
      await check('Activity, with a stream that is open');
      await gatehouse.open('Recordings');
      await gatehouse.row('Recordings', /exec payments/).click();
      await check('Recordings, with one of a stream');
      await gatehouse.open('Terminal');
      await terminal.type('exit');
      await open.end();
      await gatehouse.open('Clusters');
      await gatehouse.row('Clusters', /demo/).first().click();
      await check('Clusters');
      await gatehouse.open('Settings');
      await check('Settings');
      await page.keyboard.press('Control+K');
      await expect(page.getByRole('dialog', { name: 'Go to a screen or a cluster' })).toBeVisible();
      await check('the palette');
      await page.keyboard.press('Escape');

      await gatehouse.open('Terminal');
      await terminal.type('export KUBECONFIG=/elsewhere');
      await expect(page.getByRole('alertdialog')).toBeVisible();
      await check('a shell that goes around the gateway');

      await gatehouse.open('Recordings');
      await gatehouse.row('Recordings', /demo/).click();
      await check('Recordings');
      const opening = electron.waitForEvent('window');
      await page.getByRole('button', { name: 'Play', exact: true }).click();
      const player = await opening;
      await expect(player.getByRole('region', { name: 'API requests' })).toBeVisible();
      await check('the player', player);
    });
  });
}
