import { mkdirSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './launch/demo-test.ts';
import { hostProcess } from './launch/host-process.ts';

test('a cluster that stops answering is said to be unreachable, everywhere, until it answers again', async ({
  demo,
}) => {
  const { gatehouse, terminal, electron } = demo;
  const { page } = gatehouse;
  const status = page.getByRole('contentinfo');
  await expect(gatehouse.sidebar.getByRole('button', { name: 'Cluster demo Connected' })).toBeVisible();
  const pid = await hostProcess(electron, 'demo cluster');
  process.kill(pid, 'SIGSTOP');
  try {
    await gatehouse.invoke('clusters.look', 'demo');
    await expect(gatehouse.sidebar.getByRole('button', { name: 'Cluster demo Unreachable' })).toBeVisible();
    await expect(status.getByRole('button', { name: /^demo · unreachable/ })).toBeVisible();
    const line = page.getByRole('status').filter({ hasText: /cannot reach cluster .*no answer within 10 s/ });
    await expect(line.getByRole('button', { name: 'Check now' })).toBeVisible();
    await gatehouse.open('Clusters');
    await expect(gatehouse.row('Clusters', /^demo demo/)).toContainText('Unreachable');
    await gatehouse.open('Terminal');
    process.kill(pid, 'SIGCONT');
    await line.getByRole('button', { name: 'Check now' }).click();
    await expect(line).toBeHidden();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await expect(gatehouse.sidebar.getByRole('button', { name: 'Cluster demo Connected' })).toBeVisible();
  expect((await terminal.run('kubectl get pods -n payments')).exitCode).toBe(0);
});

const kubeconfig = (...names: readonly string[]) =>
  JSON.stringify({
    clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
    users: [{ name: 'u', user: { token: 't' } }],
    contexts: names.map((name) => ({ name, context: { cluster: 'c', user: 'u' } })),
  });

test('contexts come and go as tools write kubeconfig files', async ({ home, start }) => {
  const { gatehouse } = await start();
  const { page } = gatehouse;
  await expect(gatehouse.heading('Clusters')).toBeVisible();
  const folder = join(home, '.kube');
  const file = join(folder, 'config');
  const write = (...names: readonly string[]) => {
    writeFileSync(`${file}.lock`, kubeconfig(...names));
    renameSync(`${file}.lock`, file);
  };

  await test.step('a file that was not there before, in a folder that was not there', async () => {
    mkdirSync(folder);
    write('lumen-a', 'lumen-b');
    await expect(gatehouse.row('Clusters', /lumen-a/)).toBeVisible();
  });

  await test.step('what is typed and selected stays', async () => {
    await page.getByRole('textbox', { name: 'Filter clusters' }).fill('lumen');
    await gatehouse.row('Clusters', /lumen-b/).click();
    write('lumen-a', 'lumen-b', 'lumen-c');
    await expect(gatehouse.row('Clusters', /lumen-c/)).toBeVisible();
    await expect(page.getByRole('textbox', { name: 'Filter clusters' })).toHaveValue('lumen');
    await expect(page.getByRole('heading', { name: 'lumen-b' })).toBeVisible();
  });

  await test.step('one that is connected, though nothing answers there, says that, and that it is gone', async () => {
    await gatehouse.invokeByHand('clusters.connect', 'lumen-b');
    await expect(gatehouse.row('Clusters', /lumen-b/)).toContainText('nothing listens there');
    write('lumen-a');
    await expect(gatehouse.row('Clusters', /lumen-c/)).toBeHidden();
    await expect(page.getByRole('heading', { name: 'Gone from the kubeconfig' })).toBeVisible();
    await page.getByRole('button', { name: 'Disconnect', exact: true }).click();
    await expect(gatehouse.row('Clusters', /lumen-b/)).toBeHidden();
  });

  await test.step('a file that is removed', async () => {
    unlinkSync(file);
    await expect(gatehouse.row('Clusters', /lumen-a/)).toBeHidden();
  });
});

test('a credential plugin is run when a person asks for it, and never by the app itself', async ({ home, start }) => {
  const { gatehouse } = await start();
  const { page } = gatehouse;
  await expect(gatehouse.heading('Clusters')).toBeVisible();
  const runs = () => readFileSync(join(home, 'runs'), 'utf8').split('\n').length - 1;
  const plugin = join(home, 'signs-in');
  writeFileSync(plugin, `#!/bin/sh\necho ran >>'${join(home, 'runs')}'\necho 'the browser was closed' >&2\nexit 1\n`, {
    mode: 0o755,
  });
  const connected = await gatehouse.invokeByHand('clusters.startDemo', undefined);
  const demo = connected.ok ? connected.value : null;
  const { cluster } = (await import('yaml')).parse(readFileSync(demo?.file ?? '', 'utf8')).clusters[0];
  mkdirSync(join(home, '.kube'));
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: plugin, interactiveMode: 'Never' };
  const text = JSON.stringify({
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user: { exec } }],
    contexts: [{ name: 'guarded', context: { cluster: 'c', user: 'u' } }],
  });
  writeFileSync(join(home, '.kube', 'config'), text);
  await gatehouse.row('Clusters', /guarded/).click();
  await gatehouse.invokeByHand('clusters.connect', 'guarded');
  await expect(gatehouse.row('Clusters', /guarded/)).toContainText('Sign-in needed');
  await expect(gatehouse.row('Clusters', /guarded/)).toContainText('the browser was closed');
  const before = runs();
  await gatehouse.invoke('clusters.look', 'guarded');
  expect(runs()).toBe(before);
  await page.getByRole('button', { name: 'Sign in again' }).click();
  await expect.poll(runs).toBe(before + 1);
});
