import { expect, test } from './launch/demo-test.ts';

test('a person who starts the app for the first time is led to a guarded terminal on the demo cluster', async ({
  start,
}) => {
  const { gatehouse, terminal } = await start();
  const { page } = gatehouse;

  await test.step('the app opens on Clusters and says what to do first', async () => {
    await expect(gatehouse.heading('Clusters')).toBeVisible();
    const steps = page.getByRole('region', { name: 'First steps' });
    await expect(steps.getByRole('listitem')).toHaveCount(3);
    await expect(steps.getByRole('button', { name: 'Import kubeconfig…' })).toBeVisible();
    await steps.getByRole('button', { name: 'Try the demo cluster' }).click();
  });

  await test.step('the demo cluster connects and a terminal opens on it', async () => {
    await expect(page.getByRole('tab', { selected: true })).toHaveAccessibleName(/demo\s*default/);
    await expect(gatehouse.sidebar.getByRole('button', { name: 'Cluster demo Connected' })).toBeVisible();
    await terminal.ready();
  });

  await test.step('the terminal says that it is recorded, and why', async () => {
    await page.getByRole('button', { name: 'REC: why' }).click();
    await expect(page.getByText('Recorded because every terminal of Gatehouse is')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('contentinfo').getByRole('button', { name: 'Recording this terminal' })).toBeVisible();
  });

  await test.step('plain kubectl works in it', async () => {
    const { exitCode, output } = await terminal.run('kubectl get namespaces');
    expect(output).toMatch(/^payments\s+Active/m);
    expect(exitCode).toBe(0);
  });
});

test('every screen that has nothing to show yet says what would be there', async ({ start }) => {
  const { gatehouse } = await start();
  const empty = {
    Terminal: 'Connect a cluster first',
    Secrets: 'Connect a cluster to see its Secrets',
    Approvals: 'Nothing has asked for your approval yet',
    Recordings: 'Nothing has been recorded yet',
  } as const;
  for (const [screen, title] of Object.entries(empty)) {
    await gatehouse.open(screen as keyof typeof empty);
    await expect(gatehouse.page.getByRole('heading', { name: title })).toBeVisible();
  }
});
