import { expect, test } from './launch/demo-test.ts';

const REASON = 'The change window is over';

test('what is open in a cluster is seen in Activity, ended with a reason, and found in Recordings', async ({
  demo,
}) => {
  const { gatehouse, terminal, electron } = demo;
  const { page } = gatehouse;
  const open = page.getByRole('region', { name: 'Open now' });
  await gatehouse.open('Activity');
  await expect(open, 'nothing is open').toBeHidden();
  await gatehouse.open('Terminal');
  const command = await terminal.start('kubectl exec -it -n payments deploy/payments-api -- sh');
  await expect(page.getByRole('button', { name: '1 stream open' })).toBeVisible();
  // Quoted, so that the echo of what is typed is not taken for what the pod said.
  await terminal.type('echo from "the" pod');

  await test.step('who is where, since when, and that it is recorded', async () => {
    await page.getByRole('button', { name: '1 stream open' }).click();
    await expect(open).toContainText(/exec into pod payments\/payments-api-\S+ sh/);
    await expect(open).toContainText('Recorded');
    await expect(open).toContainText(/demo.*local:\S+.*\ds/);
    await open.getByRole('button', { name: /^exec into pod/ }).click();
    await expect(page.getByRole('region', { name: /^exec into pod/ })).toContainText('It is open and recorded.');
  });

  await test.step('it is ended by keyboard, once it was said what is lost', async () => {
    await open.getByRole('button', { name: /^End exec into pod/ }).focus();
    await page.keyboard.press('Enter');
    const question = page.getByRole('dialog', { name: 'End this stream?' });
    await expect(question).toContainText('what was not saved in it is lost');
    await expect(question.getByRole('textbox', { name: 'Reason' })).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(question).toBeHidden();
    await expect(open).toBeVisible();
    await page.keyboard.press('Enter');
    await expect(question.getByRole('textbox', { name: 'Reason' })).toBeFocused();
    await page.keyboard.type(REASON);
    await page.keyboard.press('Enter');
    await expect(question).toBeHidden();
    await expect(open).toBeHidden();
    await expect(gatehouse.list('Activity'), 'the focus goes on in the journal').toBeFocused();
  });

  await test.step('its client printed who ended it and why', async () => {
    const { output, exitCode } = await command.end();
    expect(output).toMatch(new RegExp(`ended by local:\\S+: ${REASON}`));
    expect(exitCode).not.toBe(0);
  });

  await test.step('the journal says so too', async () => {
    await expect(gatehouse.row('Activity', /exec into pod payments/)).toContainText('Ended early');
    const details = page.getByRole('region', { name: /^exec into pod/ });
    await expect(details).toContainText(new RegExp(`Why\\s*This stream was ended by local:\\S+: ${REASON}`));
    await expect(details).toContainText(/Typed\s*\d+ B of standard input/);
    await expect(details).toContainText(/Spoken\s*websocket v5\.channel\.k8s\.io/);
    await details.getByRole('button', { name: 'Show recording' }).click();
  });

  await test.step('its recording plays', async () => {
    const details = page.getByRole('region', { name: /^exec payments\/payments-api/ });
    await expect(details).toContainText('Exec through the gateway');
    await expect(details).toContainText('Closed');
    const opening = electron.waitForEvent('window');
    await details.getByRole('button', { name: 'Play', exact: true }).click();
    const player = await opening;
    await player.getByRole('slider', { name: 'Position' }).focus();
    await player.keyboard.press('End');
    await expect(player.getByRole('region', { name: 'Output' })).toContainText('from the pod');
  });
});

test('a command without a terminal shows its exit code, and its recording is there to export', async ({ demo }) => {
  const { gatehouse, terminal } = demo;
  const { page } = gatehouse;
  await terminal.run("kubectl exec -n payments deploy/payments-api -- sh -c 'echo done; exit 3'");
  await gatehouse.open('Activity');
  const row = gatehouse.row('Activity', /exec into pod payments/);
  await expect(row).toContainText('exit 3');
  await row.click();
  const details = page.getByRole('region', { name: /^exec into pod/ });
  await expect(details).toContainText(/Exit code\s*3/);
  await expect(details).toContainText(/Ended\s*the command was through/);
  await details.getByRole('button', { name: 'Show recording' }).click();
  const recording = page.getByRole('region', { name: /^exec payments\/payments-api/ });
  await expect(recording).toContainText('nothing to play');
  await expect(recording.getByRole('button', { name: 'Play', exact: true })).toHaveCount(0);
  await expect(recording.getByRole('button', { name: 'Export…' })).toBeVisible();
  await recording.getByRole('button', { name: 'Show request' }).click();
  await expect(page.getByRole('region', { name: /^exec into pod/ })).toBeVisible();
});
