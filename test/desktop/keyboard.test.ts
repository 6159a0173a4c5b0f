import { expect, test } from './launch/demo-test.ts';
import { approveByKeyboard } from './screens/approve-by-keyboard.ts';
import type { ScreenName } from './screens/gatehouse-window.ts';

test('everything is reached and decided without a mouse', async ({ demo }) => {
  const { gatehouse, terminal } = demo;
  const { page, waiting } = gatehouse;
  const { keyboard } = page;
  const palette = page.getByRole('dialog', { name: 'Go to a screen or a cluster' });

  await test.step('the palette opens from inside a terminal and leads to each screen', async () => {
    for (const screen of ['Secrets', 'Approvals', 'Activity', 'Recordings', 'Clusters', 'Settings'] as ScreenName[]) {
      await keyboard.press(screen === 'Secrets' ? 'Control+Shift+K' : 'Control+K');
      await expect(palette).toBeVisible();
      await keyboard.type(screen);
      await keyboard.press('Enter');
      await expect(palette).toBeHidden();
      await expect(gatehouse.heading(screen)).toBeVisible();
    }
  });

  await test.step('Tab reaches every screen from the sidebar', async () => {
    await gatehouse.sidebar.getByRole('button').first().focus();
    const names: string[] = [];
    for (let step = 0; step < 8; step += 1) {
      await keyboard.press('Tab');
      names.push((await page.locator(':focus').textContent()) ?? '');
    }
    expect(names).toEqual(
      expect.arrayContaining(['Terminal', 'Secrets', 'Approvals', 'Activity', 'Recordings', 'Clusters', 'Settings']),
    );
  });

  await test.step('a list is walked with the arrow keys, and its details follow', async () => {
    await keyboard.press('Control+K');
    await keyboard.type('Secrets');
    await keyboard.press('Enter');
    const list = gatehouse.list('Secrets');
    await list.focus();
    await keyboard.press('Home');
    await keyboard.press('ArrowDown');
    await expect(list.getByRole('row', { selected: true })).toHaveCount(1);
    await expect(gatehouse.secret.getByRole('button', { name: /^Reveal / }).first()).toBeVisible();
    await test.step('Enter leads into the details, which are a document of their own, and Escape back', async () => {
      await keyboard.press('Enter');
      await expect(gatehouse.secret.getByRole('main')).toBeFocused();
      await keyboard.press('Tab');
      await expect(gatehouse.secret.getByRole('button', { name: /^Reveal / }).first()).toBeFocused();
      await keyboard.press('Shift+Tab');
      await expect(page.getByRole('button', { name: 'Close details' })).toBeFocused();
      await keyboard.press('Tab');
      await keyboard.press('Escape');
      await expect(list).toBeFocused();
    });
    await expect(list.getByRole('row', { selected: true })).toHaveCount(0);
  });

  await test.step('a new terminal is opened and has the keyboard', async () => {
    await keyboard.press('Control+Shift+T');
    await expect(page.getByRole('tab')).toHaveCount(2);
    await terminal.ready();
    await keyboard.type('kubectl get pods -n payments --as=bob.okafor@larkfield.example');
    await keyboard.press('Enter');
  });

  await test.step('what waits is announced, reached with one shortcut and approved by keys', async () => {
    await expect(page.getByText('Waiting for your approval: List pods')).toBeAttached();
    await keyboard.press('Control+Shift+A');
    await approveByKeyboard(gatehouse);
    await expect(waiting).toBeHidden();
    await terminal.shows(/NAME\s+READY/);
  });

  await test.step('the terminal has the keyboard again', async () => {
    await keyboard.type('echo typed-$((6 * 7))');
    await keyboard.press('Enter');
    await terminal.shows('typed-42');
  });
});
