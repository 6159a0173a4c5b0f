import { secretValues } from '../../demo/seed/secret-values.ts';
import { expect, test } from './launch/demo-test.ts';
import { leakedSecrets } from './launch/leaked-secrets.ts';

test.use({ settings: { revealSeconds: 5 } });

test('the Secrets screen shows keys, and a value only after a reason, an approval and for a short time', async ({
  demo,
}) => {
  const { gatehouse } = demo;
  const { page, secret } = gatehouse;
  const value = secret.getByRole('region', { name: 'Value of password' });
  const whole = () => page.content();

  await test.step('the list has names, keys and types; search finds by key', async () => {
    await gatehouse.open('Secrets');
    await expect(gatehouse.row('Secrets', /payments-db/)).toContainText('password, replica-password, url, username');
    await page.getByRole('textbox', { name: 'Search secrets' }).fill('signing-key');
    await expect(gatehouse.row('Secrets', /web-session/)).toBeVisible();
    await expect(gatehouse.list('Secrets').getByRole('row')).toHaveCount(2);
    await page.getByRole('textbox', { name: 'Search secrets' }).fill('');
    await page.getByRole('button', { name: 'payments', exact: true }).click();
    await gatehouse.row('Secrets', /payments-db/).click();
  });

  await test.step('until then no value is anywhere in the page, nor in what main answers it', async () => {
    await expect(secret.getByRole('button', { name: 'Reveal password for 5 s' })).toBeVisible();
    expect(leakedSecrets(await whole())).toEqual([]);
    const clusters = await gatehouse.invoke('clusters.list', undefined);
    const cluster = clusters.ok ? clusters.value.find(({ state }) => state === 'connected')?.slug : undefined;
    const answers = JSON.stringify([
      await gatehouse.invoke('secrets.list', { cluster: cluster ?? '', namespace: null }),
      await gatehouse.invoke('approvals.list', undefined),
      await gatehouse.invoke('journal.query', { filter: {}, limit: 1000 }),
    ]);
    expect(answers).toContain('replica-password');
    expect(leakedSecrets(answers)).toEqual([]);
  });

  await test.step('a reveal without a reason cannot be asked for', async () => {
    await secret.getByRole('button', { name: 'Reveal password for 5 s' }).click();
    await expect(secret.getByRole('button', { name: 'Ask to reveal' })).toBeDisabled();
    await secret.getByLabel('Why do you need password?').fill('Rotating the ledger password');
    await secret.getByRole('button', { name: 'Ask to reveal' }).click();
  });

  await test.step('it is decided right there: the approval names the key and the reason', async () => {
    const asked = secret.getByRole('region', { name: /^Approval / });
    await expect(asked).toContainText('Show the value of password of secret payments-db');
    await expect(asked).toContainText('Rotating the ledger password');
    await expect(gatehouse.waiting).toBeHidden();
    await gatehouse.decide(secret, 'Approve once', 'Agreed with the ledger team');
  });

  await test.step('this one value is shown, in its own document alone', async () => {
    await expect(value).toHaveText(secretValues.paymentsDatabasePassword);
    expect(leakedSecrets(await whole())).toEqual([]);
  });

  await test.step('it hides by itself, and nothing of it stays', async () => {
    await expect(value).toBeHidden();
    await expect(secret.getByRole('button', { name: 'Reveal password for 5 s' })).toBeVisible();
    expect(leakedSecrets((await secret.locator('html').innerHTML()) + (await whole()))).toEqual([]);
  });
});
