import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AppFolders, type DemoApp, expect, test } from './launch/demo-test.ts';

/** Two terminals on the demo cluster, each in a folder of its own; the first in front, and Activity open over it. */
async function workIn({ gatehouse, terminal, folders }: DemoApp, home: string): Promise<void> {
  mkdirSync(join(home, 'shop'));
  mkdirSync(join(home, 'short-lived'));
  await terminal.run(`cd ${join(home, 'shop')} && echo once >>${join(home, 'runs')}`);
  await gatehouse.page.getByRole('button', { name: 'New terminal' }).click();
  await expect(gatehouse.page.getByRole('tab')).toHaveCount(2);
  await terminal.ready();
  await terminal.run(`cd ${join(home, 'short-lived')}`);
  await gatehouse.page.getByRole('tab').first().click();
  await gatehouse.open('Activity');
  await expect
    .poll(() => stored(folders))
    .toMatchObject({
      clusters: [{ slug: 'demo', demo: true }],
      terminals: [{ folder: join(home, 'shop') }, { folder: join(home, 'short-lived') }],
      activeTerminal: 0,
      place: { screen: 'activity' },
    });
}

function stored({ root }: AppFolders): unknown {
  return JSON.parse(readFileSync(join(root, 'workspace.json'), 'utf8'));
}

for (const [how, end] of [
  ['quits', (app: DemoApp) => app.close()],
  [
    'is killed',
    async (app: DemoApp) => {
      const closed = app.electron.waitForEvent('close', { timeout: 0 });
      app.electron.process().kill('SIGKILL');
      await closed;
    },
  ],
] as const) {
  test(`an app that ${how} comes back with its cluster, terminals and screen, and runs nothing again`, async ({
    home,
    start,
  }) => {
    const first = await start(['--demo']);
    await first.terminal.ready();
    await workIn(first, home);
    await end(first);
    expect(statSync(join(first.folders.root, 'workspace.json')).mode & 0o777).toBe(0o600);
    rmSync(join(home, 'short-lived'), { recursive: true });

    const { gatehouse, terminal } = await start();
    const { page } = gatehouse;
    await expect(gatehouse.heading('Activity')).toBeVisible();
    await gatehouse.open('Terminal');
    await expect(page.getByRole('tab')).toHaveCount(2);
    await expect(page.getByRole('tab').first()).toHaveAttribute('aria-selected', 'true');
    await terminal.ready();
    await expect(page.getByText('Nothing was run again.')).toBeVisible();
    expect((await terminal.run('pwd')).output).toContain(join(home, 'shop'));
    expect((await terminal.run('kubectl get pods -n payments')).exitCode).toBe(0);
    expect(readFileSync(join(home, 'runs'), 'utf8')).toBe('once\n');

    await page.getByRole('tab').nth(1).click();
    await expect(
      page.getByText(`a new shell in your home, as ${join(home, 'short-lived')} is not there`),
    ).toBeVisible();
    const line = page.getByRole('status').filter({ hasText: 'Nothing was run again.' });
    await line.getByRole('button', { name: 'Hide' }).click();
    await expect(page.getByText('Nothing was run again.')).toBeHidden();
  });
}

test('what a person decided before a restart is still told', async ({ start }) => {
  const first = await start(['--demo']);
  await first.terminal.ready();
  const command = await first.terminal.start('kubectl delete namespace storefront');
  await first.gatehouse.approve();
  await command.end();
  await first.close();
  const { gatehouse } = await start();
  await gatehouse.open('Approvals');
  await gatehouse.row('Approvals', /storefront/).click();
  await expect(gatehouse.row('Approvals', /storefront/)).toContainText('Approved');
  await expect(gatehouse.chosenRequest.getByText('From before the restart')).toBeVisible();
  await expect(gatehouse.chosenRequest.getByRole('button', { name: 'Approve once' })).toBeHidden();
});

test('a person who wants to begin anew does', async ({ start }) => {
  const first = await start(['--demo']);
  await first.terminal.ready();
  await first.gatehouse.open('Settings');
  await first.gatehouse.page.getByText('Bring back terminals and clusters at start').click();
  await expect.poll(async () => (await first.gatehouse.invoke('settings.read', undefined)).ok).toBe(true);
  await first.gatehouse.invoke('settings.write', { bringBack: false });
  await first.close();
  const { gatehouse } = await start();
  await expect(gatehouse.heading('Clusters')).toBeVisible();
  await gatehouse.open('Terminal');
  await expect(gatehouse.page.getByRole('tab')).toHaveCount(0);
});

test('a workspace that somebody else wrote opens no more than shells in folders', async ({ home, folders, start }) => {
  const write = () => {
    const tab = {
      cluster: 'demo',
      namespace: 'payments',
      folder: '/etc',
      command: `touch ${join(home, 'pwned')}`,
      shell: '/bin/false',
    };
    const terminals = [tab, { ...tab, namespace: '$(touch pwned)' }, { ...tab, folder: '-c id' }];
    const text = JSON.stringify({
      version: 1,
      clusters: [{ slug: 'demo', demo: true }],
      terminals,
      activeTerminal: 99,
    });
    mkdirSync(folders.root, { recursive: true });
    writeFileSync(join(folders.root, 'workspace.json'), text);
  };
  write();
  const { gatehouse, terminal } = await start();
  await gatehouse.open('Terminal');
  await expect(gatehouse.page.getByRole('tab')).toHaveCount(2);
  await gatehouse.page.getByRole('tab').first().click();
  await terminal.ready();
  expect((await terminal.run('pwd')).output).toContain('/etc');
  expect(readFileSync(join(folders.root, 'workspace.json'), 'utf8')).not.toContain('pwned');
});
