import { expect, test } from './launch/demo-test.ts';
import { approveByKeyboard } from './screens/approve-by-keyboard.ts';

const AS = '--as=bob.okafor@larkfield.example';

test('a request that needs a person waits, and runs once it is confirmed beside the terminal', async ({ demo }) => {
  const { gatehouse, terminal } = demo;
  const { page, waiting } = gatehouse;
  const command = await terminal.start(`kubectl get pods -n payments ${AS}`);

  await test.step('a panel slides in over the right, with the exact request, and the terminal stays in view', async () => {
    const request = gatehouse.waitingRequest.getByRole('main');
    await expect(request).toContainText('List pods in namespace payments as bob.okafor@larkfield.example');
    await expect(request).toContainText('/api/v1/namespaces/payments/pods');
    await expect(page.getByText('kubectl waits for your approval')).toBeVisible();
    const width = page.viewportSize()?.width ?? (await page.evaluate(() => innerWidth));
    const panel = await waiting.boundingBox();
    const frame = await page.locator('iframe[title^="Terminal on"]').boundingBox();
    expect(panel?.x ?? 0, 'the terminal is seen beside the panel').toBeGreaterThan((frame?.x ?? 0) + 300);
    expect(panel?.x ?? 0, 'the panel is at the right').toBeGreaterThan(width / 2);
    await terminal.shows('--as=bob');
  });

  await test.step('it did not take the keyboard: what is typed still goes to the shell', async () => {
    await page.keyboard.type('ad');
    await expect(waiting).toBeVisible();
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Backspace');
  });

  await test.step('it is confirmed by keyboard alone', async () => {
    await page.keyboard.press('Control+Shift+A');
    await approveByKeyboard(gatehouse);
    await expect(waiting).toBeHidden();
  });

  await test.step('the terminal shows the result', async () => {
    const { output, exitCode } = await command.end();
    expect(output).toMatch(/NAME\s+READY\s+STATUS/);
    expect(exitCode).toBe(0);
  });

  await test.step('the confirmation covered one request: the same one asks again', async () => {
    const again = await terminal.start(`kubectl get pods -n payments ${AS}`);
    await gatehouse.approve();
    expect((await again.end()).exitCode).toBe(0);
  });

  await test.step('the Approvals screen tells who decided', async () => {
    await gatehouse.open('Approvals');
    await expect(gatehouse.list('Approvals').getByRole('row', { name: /Approved/ })).toHaveCount(2);
    await gatehouse
      .row('Approvals', /Approved/)
      .first()
      .click();
    await expect(gatehouse.chosenRequest.getByText('used once')).toBeVisible();
  });
});

test('a request that is denied does not run, and kubectl says why', async ({ demo }) => {
  const { gatehouse, terminal } = demo;
  const { waiting } = gatehouse;
  const command = await terminal.start(`kubectl delete namespace storefront`);
  await expect(gatehouse.waitingRequest.getByRole('main')).toContainText('Delete namespace storefront');
  await gatehouse.decide(gatehouse.waitingRequest, 'Deny', 'Not during the sale');
  await expect(waiting).toBeHidden();
  const { output, exitCode } = await command.end();
  expect(exitCode).toBe(1);
  expect(output).toContain('Forbidden');
  expect(output).toContain('Not during the sale');
  expect((await terminal.run('kubectl get namespace storefront')).output).toMatch(/storefront\s+Active/);
});

test('what policy never allows does not ask: it is denied with the rule that says so', async ({ demo }) => {
  const { gatehouse, terminal } = demo;
  // With kubectl's list of resources at hand: it does not show what a refused question for that list says.
  await terminal.run('kubectl get pods');
  const { output, exitCode } = await terminal.run('kubectl get pods --as=root --as-group=system:masters');
  expect(exitCode).toBe(1);
  expect(output).toContain('is never allowed');
  await expect(gatehouse.waiting).toBeHidden();
});

test('case 62: what is approved is what was just asked, and what kubectl has given up is said so', async ({ demo }) => {
  const { gatehouse, terminal } = demo;
  const { page, waiting, waitingRequest } = gatehouse;
  const shown = waitingRequest.getByRole('main');

  await test.step('kubectl gives up: the panel, the line under the terminal and the list say what approving does now', async () => {
    expect((await terminal.run('timeout 3 kubectl delete namespace storefront')).exitCode).toBe(124);
    await expect(shown).toContainText('kubectl has gone; approving lets a second run through once');
    await expect(page.getByText('kubectl has gone, and its request still waits')).toBeVisible();
  });

  await test.step('put off, it stays in the count and does not come out again', async () => {
    await page.getByRole('button', { name: 'Decide later' }).click();
    await expect(waiting).toBeHidden();
    await expect(gatehouse.sidebar.getByRole('button', { name: 'Approvals 1 waiting' })).toBeVisible();
  });

  const command = await terminal.start(`kubectl get pods -n payments ${AS}`);
  await test.step('a closed panel opens on the request that was just asked, though the other is due sooner', async () => {
    await expect(shown).toContainText('List pods in namespace payments');
    await expect(waiting).not.toContainText('of 2');
    await gatehouse.approve();
    expect((await command.end()).exitCode).toBe(0);
  });

  await test.step('decided, it leaves what was put off where it was; asked for, that is there', async () => {
    await expect(waiting).toBeHidden();
    await page.keyboard.press('Control+Shift+A');
    await expect(shown).toContainText('Delete namespace storefront');
    await page.keyboard.press('Escape');
    await expect(waiting).toBeHidden();
    await gatehouse.open('Approvals');
    await expect(gatehouse.row('Approvals', /delete namespace storefront/)).toContainText('Client gone');
  });

  await test.step('a request that comes while a Secret is open stays beside it', async () => {
    await gatehouse.open('Terminal');
    const late = await terminal.start(`sleep 6; kubectl get pods -n storefront ${AS}`);
    await gatehouse.open('Secrets');
    await gatehouse.row('Secrets', /payments-db/).click();
    await expect(gatehouse.secret.getByRole('button', { name: /^Reveal password/ })).toBeVisible();
    await expect(page.getByText('Waits for you: list pods in storefront')).toBeVisible();
    await expect(waiting).toBeHidden();
    await page.getByRole('button', { name: 'Review' }).click();
    await gatehouse.decide(gatehouse.chosenRequest, 'Approve once');
    expect((await late.end()).exitCode).toBe(0);
  });
});
