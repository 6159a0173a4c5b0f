import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ElectronApplication, Page } from '@playwright/test';
import { expect, test } from './launch/demo-test.ts';
import { hostProcess } from './launch/host-process.ts';
import { readRecordings, recordingFiles } from './launch/recordings-on-disk.ts';
import type { GatehouseWindow } from './screens/gatehouse-window.ts';

/** Opens the player's window on the newest recording of the list. */
async function play(electron: ElectronApplication, gatehouse: GatehouseWindow): Promise<Page> {
  await gatehouse.list('Recordings').getByRole('row').nth(1).click();
  const opening = electron.waitForEvent('window');
  await gatehouse.page.getByRole('button', { name: 'Play', exact: true }).click();
  const player = await opening;
  await expect(player.getByRole('heading', { level: 1, name: 'demo / default' })).toBeVisible();
  return player;
}

test('a terminal that has ended is found in Recordings and replayed beside its API requests', async ({ demo }) => {
  const { gatehouse, terminal, electron } = demo;
  await terminal.run('kubectl get pods -n payments');
  await terminal.run('kubectl get secret payments-db -n payments');
  await terminal.type('exit');
  await expect(gatehouse.page.getByText('The shell ended with exit code 0.')).toBeVisible();

  await gatehouse.open('Recordings');
  const row = gatehouse.row('Recordings', /demo \/ default/);
  await expect(row).toContainText('Ended');
  const player = await play(electron, gatehouse);
  const output = player.getByRole('region', { name: 'Output' });
  const requests = player.getByRole('region', { name: 'API requests' }).getByRole('button');

  await test.step('the requests of the session are listed, each with what was decided', async () => {
    await expect(requests.filter({ hasText: 'list pods in payments' })).toContainText('Allowed');
    await expect(requests.filter({ hasText: 'get secret payments/payments-db' })).toContainText('Allowed');
  });

  await test.step('choosing one jumps there', async () => {
    const request = requests.filter({ hasText: 'get secret payments/payments-db' });
    await request.click();
    await expect(request).toHaveAttribute('aria-current', 'true');
    await expect(output).toContainText('kubectl get secret payments-db');
  });

  await test.step('seek, speed and skip idle', async () => {
    // It has been playing since it was opened; here it has come to its end.
    await expect(player.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
    const position = player.getByRole('slider', { name: 'Position' });
    await position.focus();
    await player.keyboard.press('Home');
    await expect(position).toHaveAttribute('aria-valuetext', '0:00');
    await player.getByRole('combobox', { name: 'Speed' }).click();
    await player.getByRole('option', { name: '8×' }).click();
    await player.getByRole('switch', { name: 'Skip idle' }).click();
    await player.getByRole('button', { name: 'Play', exact: true }).click();
    await expect(output).toContainText('exit');
  });
});

test('a recording plays when it is opened; Space and the button pause it and play it on', async ({ demo }) => {
  const { gatehouse, terminal, electron } = demo;
  await terminal.run('for tick in $(seq 30); do echo tick-$tick; sleep 0.5; done');
  await terminal.type('exit');
  await expect(gatehouse.page.getByText('The shell ended with exit code 0.')).toBeVisible();
  await gatehouse.open('Recordings');
  const player = await play(electron, gatehouse);
  const button = player.getByRole('group', { name: 'Playback' }).getByRole('button');
  const position = player.getByRole('slider', { name: 'Position' });

  await expect(button).toHaveAccessibleName('Pause');
  await player.keyboard.press('Space');
  await expect(button).toHaveAccessibleName('Play');
  await player.keyboard.press('Space');
  await expect(button).toHaveAccessibleName('Pause');
  await position.focus();
  await player.keyboard.press('Space');
  await expect(button).toHaveAccessibleName('Play');
  await button.click();
  await expect(button).toHaveAccessibleName('Pause');
  await player.keyboard.press('Space');
  await expect(button).toHaveAccessibleName('Play');
  await player.getByRole('region', { name: 'Output' }).click();
  await player.keyboard.press('Space');
  await expect(button).toHaveAccessibleName('Pause');

  await test.step('after its end it plays again, from the beginning', async () => {
    await expect(button).toHaveAccessibleName('Play');
    await expect(player.getByRole('region', { name: 'Output' })).toContainText('tick-30');
    await player.keyboard.press('Space');
    await expect(button).toHaveAccessibleName('Pause');
    await expect(player.getByRole('region', { name: 'Output' })).not.toContainText('tick-30');
  });
});

test.describe('a recording whose writer died', () => {
  test('is whole up to the last second after kill -9 of the app, and shown as ended by a crash', async ({
    demo,
    start,
  }) => {
    const { terminal, folders } = demo;
    await terminal.run('kubectl get pods -n payments');
    // A shell that never stops printing, so that there is something to lose at any moment.
    await terminal.type('while sleep 0.1; do echo "tick at $(date +%s%3N)"; done');
    // The screen is the control: what it showed a second before the end must be in the file.
    const shown = async () => lastTick((await terminal.rows()).join('\n'));
    await expect.poll(shown).toBeGreaterThan(0);
    const seen = await shown();
    await expect.poll(shown).toBeGreaterThan(seen + 1_000);
    demo.electron.process().kill('SIGKILL');
    await demo.close();

    const [file = ''] = recordingFiles(folders.recordings);
    const rest = readFileSync(file, 'utf8');
    // What an interrupted write may leave: half a line.
    writeFileSync(file, `${rest}[0.10,"o","tick at 99`);
    const again = await start();
    expect(lastTick(readRecordings(folders.recordings).output)).toBeGreaterThanOrEqual(seen);
    await again.gatehouse.open('Recordings');
    await expect(again.gatehouse.row('Recordings', /demo \/ default/)).toContainText('Ended by a crash');
    const player = await play(again.electron, again.gatehouse);
    await expect(player.getByText('Ended by a crash')).toBeVisible();
    await expect(player.getByRole('region', { name: 'API requests' })).toContainText('list pods in payments');
  });

  test('is ended by a crash after kill -9 of the terminals’ process, and a new shell can be started', async ({
    demo,
  }) => {
    const { terminal, gatehouse, electron } = demo;
    await terminal.run('kubectl get pods -n payments');
    process.kill(await hostProcess(electron, 'terminal'), 'SIGKILL');
    await expect(gatehouse.page.getByText('The shell ended.')).toBeVisible();
    await gatehouse.open('Recordings');
    await expect(gatehouse.row('Recordings', /demo \/ default/)).toContainText('Ended by a crash');

    await gatehouse.open('Terminal');
    await gatehouse.page.getByRole('button', { name: 'Restart' }).click();
    await expect(gatehouse.page.getByText('The shell ended.')).toBeHidden();
    await terminal.ready();
    expect((await terminal.run('kubectl get pods -n payments')).exitCode).toBe(0);
    await gatehouse.open('Recordings');
    await expect(gatehouse.list('Recordings').getByRole('row')).toHaveCount(3);
  });
});

test('recordings and everything else that the app keeps is for its owner alone', async ({ demo }) => {
  const { terminal, folders } = demo;
  await terminal.run('kubectl get pods');
  const { output } = await terminal.run(`find ${folders.root} -not -type l -perm /077 -not -type s | sort`);
  const ours = output.split('\n').filter((line) => line.startsWith(folders.root));
  const kept = ['recordings', 'data', 'kubeconfigs', 'keys', 'policy', 'logs', 'demo', 'shell', 'settings.json'];
  expect(ours.filter((path) => kept.some((name) => path.startsWith(join(folders.root, name))))).toEqual([]);
});

function lastTick(output: string): number {
  return Number([...output.matchAll(/^tick at (\d{13})$/gm)].at(-1)?.[1] ?? 0);
}
