import { expect, test } from './launch/demo-test.ts';
import { hostProcess } from './launch/host-process.ts';

test('a gateway that is killed says so, comes back by itself, and the open terminal goes on', async ({ demo }) => {
  const { gatehouse, terminal, electron } = demo;
  expect((await terminal.run('kubectl get pods -n payments')).exitCode).toBe(0);
  const killed = await hostProcess(electron, 'gateway');
  // The banner stands for a fraction of a second only: seen from within.
  await gatehouse.notices.evaluate((notices) => {
    const seen = new MutationObserver(() => {
      notices.setAttribute('data-seen', `${notices.getAttribute('data-seen') ?? ''}${notices.textContent}`);
    });
    seen.observe(notices, { childList: true, subtree: true, characterData: true });
  });
  process.kill(killed, 'SIGKILL');

  await expect(gatehouse.notices).toHaveAttribute('data-seen', /The gateway stopped and is coming back/);
  await expect(gatehouse.page.getByRole('contentinfo').getByRole('button', { name: 'Gateway running' })).toBeVisible();
  await expect(gatehouse.notices).not.toContainText('The gateway');
  expect(await hostProcess(electron, 'gateway')).not.toBe(killed);
  // The same shell, the same kubeconfig: the gateway has its port, its authority and its clusters again.
  expect((await terminal.run('kubectl get pods -n payments')).exitCode).toBe(0);
});

test('what waited for an approval when the gateway died is not run, and is asked anew', async ({ demo }) => {
  const { gatehouse, terminal, electron } = demo;
  await terminal.run('kubectl get pods -n payments');
  const command = await terminal.start('kubectl delete namespace storefront');
  await expect(gatehouse.waiting).toBeVisible();
  process.kill(await hostProcess(electron, 'gateway'), 'SIGKILL');
  expect((await command.end()).exitCode).toBe(1);
  await expect(gatehouse.waiting).toBeHidden();
  expect((await terminal.run('kubectl get namespace storefront')).exitCode).toBe(0);
});

test('a gateway that keeps failing says so, and a person can start it', async ({ demo }) => {
  const { gatehouse, terminal, electron } = demo;
  const down = gatehouse.notices.getByText('The gateway is down.');
  await expect
    .poll(
      async () => {
        const pid = await hostProcess(electron, 'gateway').catch(() => null);
        if (pid !== null) process.kill(pid, 'SIGKILL');
        return down.isVisible();
      },
      { timeout: 120_000 },
    )
    .toBe(true);
  await gatehouse.page.getByRole('button', { name: 'Start gateway' }).click();
  await expect(gatehouse.page.getByRole('contentinfo').getByRole('button', { name: 'Gateway running' })).toBeVisible();
  await expect(down).toBeHidden();
  const { exitCode, output } = await terminal.run('kubectl get pods -n payments');
  expect(exitCode, output).toBe(0);
});
