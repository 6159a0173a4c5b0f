import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './launch/demo-test.ts';
import { readRecordings } from './launch/recordings-on-disk.ts';

test('a shell whose KUBECONFIG leads around the gateway is covered, with the way to mend it', async ({ demo }) => {
  const { gatehouse, terminal } = demo;
  const { page } = gatehouse;
  const banner = page.getByRole('alertdialog', { name: 'This shell goes around the gateway' });

  await terminal.type('ours=$KUBECONFIG; export KUBECONFIG=/elsewhere/config');
  await expect(banner).toContainText('/elsewhere/config');
  await expect(banner).toContainText('nothing is checked, masked or approved');
  await expect(banner).toContainText('start-up files');
  // What is typed now goes to the banner and not to the shell under it.
  await expect(banner.getByRole('button', { name: 'Restart shell' })).toBeFocused();

  await test.step('a person may look past it, and mending KUBECONFIG clears it', async () => {
    await banner.getByRole('button', { name: 'Show the shell anyway' }).click();
    await expect(banner).toBeHidden();
    await terminal.type('export KUBECONFIG=/elsewhere/other');
    await expect(banner).toContainText('/elsewhere/other');
    await banner.getByRole('button', { name: 'Show the shell anyway' }).click();
    await terminal.type('export KUBECONFIG=$ours');
    expect((await terminal.run('kubectl get pods -n payments')).exitCode).toBe(0);
    await expect(banner).toBeHidden();
  });

  await test.step('a KUBECONFIG that is taken away is a way around too; a restarted shell is mended', async () => {
    await terminal.type('unset KUBECONFIG');
    await expect(banner).toContainText('KUBECONFIG is not set in this shell any more');
    await banner.getByRole('button', { name: 'Restart shell' }).click();
    await expect(banner).toBeHidden();
    await terminal.ready();
    expect((await terminal.run('kubectl get pods -n payments')).exitCode).toBe(0);
  });
});

test('a start-up file of the shell that exports KUBECONFIG is noticed at the first prompt', async ({ start, home }) => {
  const { gatehouse } = await start();
  appendFileSync(join(home, '.bashrc'), 'export KUBECONFIG=$HOME/.kube/config\n');
  await gatehouse.page.getByRole('button', { name: 'Try the demo cluster' }).click();
  const banner = gatehouse.page.getByRole('alertdialog', { name: 'This shell goes around the gateway' });
  await expect(banner).toContainText(join(home, '.kube/config'));
});

test('what a program prints cannot pass for the report of KUBECONFIG, and the report is not recorded', async ({
  demo,
}) => {
  const { gatehouse, terminal, folders } = demo;
  // No prompt follows until the program ends: the shell's own report cannot cover the forged one up.
  const command = await terminal.start(
    String.raw`printf '\033]6973;token;kubeconfig;/forged\007printed'" once\n"; cat`,
  );
  await terminal.shows('printed once');
  expect(JSON.stringify(await gatehouse.invoke('terminals.list', undefined))).toContain('"bypass":null');
  await expect(gatehouse.page.getByRole('alertdialog')).toBeHidden();
  await gatehouse.page.keyboard.press('Control+D');
  await command.end();
  expect(readRecordings(folders.recordings).text).not.toMatch(/\]6973;[0-9a-f]{8}-/);
});
