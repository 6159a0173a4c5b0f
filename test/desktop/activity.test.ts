import { expect, test } from './launch/demo-test.ts';

test('Activity shows each request as it happens, what was decided, and why', async ({ demo }) => {
  const { gatehouse, terminal } = demo;
  const { page } = gatehouse;
  await terminal.run('kubectl get secret payments-db -n payments -o yaml');
  await gatehouse.open('Activity');

  await test.step('a request that was made before', async () => {
    const row = gatehouse.row('Activity', /get secret payments\/payments-db/);
    await expect(row).toContainText('Allowed');
    await expect(row).toContainText('200');
    await row.click();
    const details = page.getByRole('region', { name: /get secret payments\/payments-db/ });
    await expect(details).toContainText('GET /api/v1/namespaces/payments/secrets/payments-db');
    await expect(details).toContainText(/Rule\s*everyday\//);
    await expect(details).toContainText(/Masked\s*4 values/);
    await expect(details).toContainText(/Audit-ID\s*[0-9a-f-]{36}/);
  });

  await test.step('a request that is made while the screen is open', async () => {
    await expect(gatehouse.row('Activity', /list configmaps in storefront/)).toHaveCount(0);
    // The terminal is not in view; its shell goes on all the same.
    await gatehouse.open('Terminal');
    const command = await terminal.start('sleep 1; kubectl get configmaps -n storefront');
    await gatehouse.open('Activity');
    await expect(gatehouse.row('Activity', /list configmaps in storefront/)).toContainText('Allowed');
    await command.end();
  });

  await test.step('a filter by words and by outcome', async () => {
    await gatehouse.open('Terminal');
    await terminal.run('kubectl get pods --as-group=system:masters --as=root');
    await gatehouse.open('Activity');
    await page.getByRole('textbox', { name: 'Filter activity' }).fill('pods');
    await expect(gatehouse.row('Activity', /configmaps/)).toHaveCount(0);
    await page.getByRole('combobox', { name: 'Outcome' }).click();
    await page.getByRole('option', { name: 'Denied' }).click();
    const rows = gatehouse.list('Activity').getByRole('row');
    await expect(rows).toHaveCount(2);
    await expect(rows.nth(1)).toContainText('Denied');
    await expect(rows.nth(1)).toContainText('never/act-as-privileged');
    await page.getByRole('textbox', { name: 'Filter activity' }).fill('nothing like this');
    await page.getByRole('button', { name: 'Clear filter' }).click();
    await expect(gatehouse.row('Activity', /list configmaps in storefront/)).toBeVisible();
  });
});
